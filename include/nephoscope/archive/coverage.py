"""Coverage in the archive: what the audit found, beside the points that it is about.

``coverage/account=…/region=…/namespace=…/day=2026-11-20/coverage.parquet``, one row a resource and
period:

    dimensions  string               canonical JSON, such as {"InstanceId":"i-0c08512debca266ab"}
    period      int32                seconds
    state       string               `coverage.State`
    final       bool                 whether the day had settled when CloudWatch was asked
    expected    int64                points, of all measures
    stored      int64                those of them that are stored
    confirmed   int64                those of them that CloudWatch does not have
    details     string               JSON: the spans that are missing, stopped, unknown, unsettled
    measures    list<string>         of which points are expected, such as CPUUtilization.avg
    sparse      list<string>         which were answered, and of which none are expected

It is the memory of the audit: a gap is confirmed by readings that lie days apart, and answers are
kept for seven.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from nephoscope.archive.layout import Source, day_folder, parquet_of
from nephoscope.coverage import Coverage, Key, State, details_read, measure_read
from nephoscope.model import Resource, Window, dimensions_from_key
from nephoscope.place import Place, files, put

FILE = "coverage.parquet"

ROWS = pa.schema(
    [
        pa.field("dimensions", pa.string(), nullable=False),
        pa.field("period", pa.int32(), nullable=False),
        pa.field("state", pa.string(), nullable=False),
        pa.field("final", pa.bool_(), nullable=False),
        pa.field("expected", pa.int64(), nullable=False),
        pa.field("stored", pa.int64(), nullable=False),
        pa.field("confirmed", pa.int64(), nullable=False),
        pa.field("details", pa.string(), nullable=False),
        pa.field("measures", pa.list_(pa.string())),
        pa.field("sparse", pa.list_(pa.string())),
    ]
)
"""One row a resource and period."""

_KEY = b"nephoscope"


def keep_coverage(root: Place, days: Iterable[Coverage]) -> None:
    """Put days into their files; what these say of other resources and periods stays."""
    found: dict[tuple[Source, Window], dict[Key, Coverage]] = defaultdict(dict)
    for one in days:
        whose = one.resource
        source = Source(whose.account, whose.region, whose.namespace)
        found[source, one.day][one.key] = one
    for (source, day), new in found.items():
        folder = _folder(source, day)
        (root / folder).mkdir(parents=True, exist_ok=True)
        both = {**_read(root, folder), **new}
        put(root / folder, FILE, parquet_of(_table(source, day, both)))


def kept_coverage(root: Place, sources: Iterable[Source], day: Window) -> dict[Key, Coverage]:
    """Read what was found of sources on a UTC day; nothing where nothing was."""
    return {
        key: one for source in sources for key, one in _read(root, _folder(source, day)).items()
    }


def read_coverage(root: Place, day: Window) -> Iterator[list[Coverage]]:
    """Yield what was found on a UTC day, source by source."""
    for _, some in read_coverages(root, [day]):
        yield some


def read_coverages(
    root: Place, days: Collection[Window]
) -> Iterator[tuple[Window, list[Coverage]]]:
    """Yield what was found on UTC days, after the day, source by source."""
    for source, day in _known(root, days):
        yield day, [*_read(root, f"coverage/{source}/{day_folder(day)}").values()]


def count_coverage(root: Place, days: Collection[Window]) -> dict[tuple[str, Window], int]:
    """Count the resource days of UTC days, by the path of a `Source` and day, from metadata."""
    counts = {}
    for source, day in _known(root, days):
        with (root / f"coverage/{source}/{day_folder(day)}/{FILE}").open("rb") as opened:
            counts[source, day] = pq.read_metadata(opened).num_rows
    return counts


def _known(root: Place, days: Collection[Window]) -> Iterator[tuple[str, Window]]:
    """Yield the paths of the sources that something was found of on UTC days, each with the day."""
    folders = {day_folder(day): day for day in days}
    for path in files(root, "coverage"):
        folder, _, file = path.removeprefix("coverage/").rpartition("/")
        source, _, name = folder.rpartition("/")
        if file == FILE and (day := folders.get(name)):
            yield source, day


def _folder(source: Source, day: Window) -> str:
    return f"coverage/{source.path}/{day_folder(day)}"


def _table(source: Source, day: Window, days: Mapping[Key, Coverage]) -> pa.Table:
    rows = [
        {
            "dimensions": one.resource.key,
            "period": one.period,
            "state": str(one.state),
            "final": one.final,
            "expected": one.expected,
            "stored": one.stored,
            "confirmed": one.confirmed,
            "details": orjson.dumps(one.details()).decode(),
            "measures": list(map(".".join, one.measures)),
            "sparse": list(map(".".join, one.sparse)),
        }
        for _, one in sorted(days.items())
    ]
    about = {"source": asdict(source), "day": f"{day}"}
    return pa.Table.from_pylist(rows, schema=ROWS.with_metadata({_KEY: orjson.dumps(about)}))


def _read(root: Place, folder: str) -> dict[Key, Coverage]:
    """Read a file; nothing where there is none."""
    if f"{folder}/{FILE}" not in files(root, folder):
        return {}
    table = pq.read_table(pa.BufferReader((root / folder / FILE).read_bytes()))
    about = orjson.loads(table.schema.metadata[_KEY])
    source, day = Source(**about["source"]), Window.parse(about["day"])
    found = (_coverage(source, day, row) for row in table.to_pylist())
    return {one.key: one for one in found}


def _coverage(source: Source, day: Window, row: Mapping[str, Any]) -> Coverage:
    dimensions = dimensions_from_key(row["dimensions"])
    return Coverage(
        resource=Resource(source.account, source.region, source.namespace, dimensions),
        day=day,
        state=State(row["state"]),
        **{name: row[name] for name in ("period", "final", "expected", "stored", "confirmed")},
        **details_read(orjson.loads(row["details"])),
        measures=tuple(map(measure_read, row.get("measures", ()))),
        sparse=tuple(map(measure_read, row.get("sparse", ()))),
    )
