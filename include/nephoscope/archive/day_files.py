"""Day files: all points of a UTC day in one Parquet file for each source and period.

``metrics/account=…/region=…/namespace=…/period=…/day=2026-11-20/points.parquet``: the part of the
archive that is promised to pandas, Athena and DuckDB. The folders are Hive's partitions, their
values percent-encoded. One row a point, sorted by dimensions, metric, statistic and timestamp:

    dimensions  string               canonical JSON, such as {"InstanceId":"i-0c08512debca266ab"}
    metric      string               as CloudWatch names it: CPUUtilization
    statistic   string               as CloudWatch spells it: Average, Sum, p99.9
    timestamp   timestamp[ms, UTC]   the period's start
    value       double               in the metric's unit
    asked_at    timestamp[ms, UTC]   when AWS was asked

The shape was measured on a day of 300 of the stand-in's instances at 300 s, 1.0 M points (zstd's
level 3; CPU of writing and of reading a million points):

    this                                    3.03 bytes a point   0.08 s   0.03 s
    sorted by metric, then dimensions       2.73                 0.08     0.03
    timestamps DELTA_BINARY_PACKED          3.01                 0.09     0.04
    values BYTE_STREAM_SPLIT                3.20                 0.08     0.02
    values in a dictionary                  3.24                 0.10     0.03
    a column a metric and statistic         2.69                 0.04     0.02
    a row a series, its points in lists     2.94                 0.05     0.02

A random double takes 7.56 bytes, 6.99 with BYTE_STREAM_SPLIT. Columns for metrics would save a
tenth, but have no place for each value's ``asked_at``, and their schema would differ from namespace
to namespace and from day to day, which no table of Athena can read. Resources come first because
a document of Elasticsearch is of one. All encodings are Parquet 1's, which every reader knows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from nephoscope.archive.damage import opened
from nephoscope.archive.layout import Source, day_folder, packed, unpacked
from nephoscope.model import Window
from nephoscope.place import Place, files
from nephoscope.points import POINTS

FILE = "points.parquet"

DAY = pa.schema(
    POINTS.field(name)
    for name in ("dimensions", "metric", "statistic", "timestamp", "value", "asked_at")
)
"""The columns of a day file; what else POINTS has are its folders."""

ENCODED: Mapping[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": [name for name in POINTS.names if name != "value"],
}
"""How points are written."""

_KEY = b"nephoscope"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a day file says of itself, in its metadata.

    Attributes:
        source: whose points it has.
        period: in seconds.
        periods: those of all files that were written together.
        attempts: the names of the attempts of landing whose points are in them.
        compacted_at: when, in UTC.
    """

    source: Source
    period: int
    periods: tuple[int, ...]
    attempts: frozenset[str]
    compacted_at: datetime

    def metadata(self) -> dict[str, str]:
        """Return it as a Parquet file keeps it."""
        said = asdict(self) | {"attempts": packed(self.attempts)}
        return {_KEY.decode(): orjson.dumps(said).decode()}

    @classmethod
    def read(cls, metadata: Mapping[bytes, bytes]) -> Facts:
        """Read what `metadata` returned."""
        said = orjson.loads(metadata[_KEY])
        return cls(
            source=Source(**said["source"]),
            period=said["period"],
            periods=tuple(said["periods"]),
            attempts=unpacked(said["attempts"]),
            compacted_at=datetime.fromisoformat(said["compacted_at"]),
        )


@dataclass(frozen=True, slots=True)
class Day:
    """The day files of one source, one for each period.

    Attributes:
        facts: what each says of itself.
        paths: of each, below the archive's root.
        points: how many each has.
    """

    facts: tuple[Facts, ...] = ()
    paths: tuple[str, ...] = ()
    points: tuple[int, ...] = ()

    @property
    def attempts(self) -> frozenset[str]:
        """The attempts whose points are in the files whatever their period.

        None, while a file is missing of those that were to be written together.
        """
        wanted = {period for one in self.facts for period in one.periods}
        if not self.facts or wanted != {one.period for one in self.facts}:
            return frozenset()
        return frozenset.intersection(*(one.attempts for one in self.facts))

    @property
    def compacted_at(self) -> datetime:
        """When the last of the files was written, in UTC."""
        return max(one.compacted_at for one in self.facts)


def folder(source: str, period: int, day: Window) -> str:
    """Return the folder of a day file, below the archive's root.

    Args:
        source: the path of its `Source`.
        period: in seconds.
        day: a UTC day.
    """
    return f"metrics/{source}/period={period}/{day_folder(day)}"


def find_days(root: Place, source: str = "") -> dict[tuple[str, str], list[str]]:
    """Return the paths of day files by the path of their `Source` and the folder of their day.

    Args:
        root: the archive's.
        source: only this one's.
    """
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in files(root, f"metrics/{source}".rstrip("/")):
        if path.endswith(f"/{FILE}"):
            *_, day, _ = parts = path.split("/")
            found["/".join(parts[1:4]), day].append(path)
    return dict(found)


def find_day(root: Place, source: str, day: Window) -> Day:
    """Find the day files of one source and UTC day."""
    return read_day(root, find_days(root, source).get((source, day_folder(day)), []))


def read_day(root: Place, paths: Sequence[str]) -> Day:
    """Read what day files of one source and UTC day say of themselves."""
    facts, points = [], []
    for path in paths:
        with opened(root, path) as parquet:
            facts.append(Facts.read(parquet.metadata.metadata))
            points.append(parquet.metadata.num_rows)
    return Day(tuple(facts), tuple(paths), tuple(points))


def read_points(root: Place, file: str) -> Iterator[pa.Table]:
    """Read a day file as POINTS, a row group at a time: whole resources, in order."""
    with opened(root, file) as parquet:
        facts = Facts.read(parquet.metadata.metadata)
        for group in range(parquet.num_row_groups):
            yield _points(parquet.read_row_group(group), facts)


def _points(table: pa.Table, facts: Facts) -> pa.Table:
    count = table.num_rows
    same = {
        name: pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), [value])
        for name, value in asdict(facts.source).items()
    }
    same["period"] = pa.array(np.full(count, facts.period, np.int32))
    columns = (same[name] if name in same else table[name] for name in POINTS.names)
    return pa.table(dict(zip(POINTS.names, columns, strict=True))).cast(POINTS)
