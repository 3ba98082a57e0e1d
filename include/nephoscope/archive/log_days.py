"""Compaction of logs: landing of a UTC day into one file for each log group.

``logs/account=…/region=…/group=…/day=2026-11-20/events.parquet``: for pandas, Athena, DuckDB
and replay. The folders are Hive's partitions, their values percent-encoded; the rows are those of
`EVENTS`, each event once, as it was read last, sorted by time and id.

A file is written anew, whole, on a local disk and then put into its place at once. Memory is that
of a slice of the day, of about `SLICE` events where they are spread evenly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nephoscope.archive import log_landing
from nephoscope.archive.damage import opened, told
from nephoscope.archive.layout import day_folder, packed, unpacked
from nephoscope.archive.log_landing import EVENTS_FILE, LogSource, read_about, write_file
from nephoscope.events import EVENTS
from nephoscope.model import Window
from nephoscope.place import Place, files, put_file

FOLDER = "logs"
FILE = "events.parquet"

SLICE = 200_000
"""Events that are sorted at once, about."""


@dataclass(frozen=True, slots=True)
class Compacted:
    """A day file that was written: its path below the archive's root, and what it holds."""

    path: str
    events: int
    bytes: int


@dataclass(frozen=True, slots=True)
class LogDay:
    """What a day file says of itself.

    Attributes:
        source: whose events it has.
        attempts: the names of the attempts of landing that are in it.
        compacted_at: when, in UTC.
        events: how many it has.
    """

    source: LogSource
    attempts: frozenset[str]
    compacted_at: datetime
    events: int

    @classmethod
    def of(cls, about: Mapping[str, Any], events: int) -> LogDay:
        """Read what `_about` wrote."""
        moment = datetime.fromisoformat(about["compacted_at"])
        return cls(LogSource(**about["source"]), unpacked(about["attempts"]), moment, events)


def day_file(source: str, day: Window) -> str:
    """Return the path of a day file, by the path of its `LogSource`."""
    return f"{FOLDER}/{source}/{day_folder(day)}/{FILE}"


def find_log_days(root: Place) -> dict[tuple[str, str], str]:
    """Return the paths of all day files, by the path of their `LogSource` and the day's folder."""
    found = {}
    for path in files(root, FOLDER):
        if path.endswith(f"/{FILE}"):
            parts = path.split("/")
            found["/".join(parts[1:-2]), parts[-2]] = path
    return found


def read_log_day(root: Place, path: str) -> LogDay | None:
    """Read what a day file says of itself; None where there is none."""
    if not (root / path).exists():
        return None
    with opened(root, path) as parquet:
        return LogDay.of(read_about(parquet), parquet.metadata.num_rows)


def compact_logs(root: Place, day: Window, asked_at: datetime) -> list[Compacted]:
    """Write the day files of all log groups that have landing which is not in them yet.

    Args:
        root: the archive's.
        day: a UTC day.
        asked_at: now, in UTC.
    """
    return [
        written
        for source, names in log_landing.attempts(root, day).items()
        for written in _compact(root, day, source, names, asked_at)
    ]


def _compact(
    root: Place, day: Window, source: str, names: Sequence[str], asked_at: datetime
) -> Iterator[Compacted]:
    path = day_file(source, day)
    before = read_log_day(root, path)
    attempts = before.attempts if before else frozenset()
    new = [name for name in names if name not in attempts]
    if not new:
        return
    paths = [path] * bool(before) + [f"{name}{EVENTS_FILE}" for name in new]
    about = _about(log_landing.source_of(root, paths[-1]), attempts.union(names), asked_at)
    with TemporaryDirectory(prefix="nephoscope-") as temporary, ExitStack() as stack:
        whole = Path(temporary) / FILE
        events = write_file(whole, merged(root, open_all(stack, root, paths), day), about)
        folder, _, file = path.rpartition("/")
        (root / folder).mkdir(parents=True, exist_ok=True)
        put_file(root / folder, file, whole)
        yield Compacted(path, events, whole.stat().st_size)


def _about(source: LogSource, attempts: frozenset[str], asked_at: datetime) -> dict[str, Any]:
    """Return what a day file says of itself."""
    said = {"source": asdict(source), "attempts": packed(attempts)}
    return {**said, "compacted_at": asked_at.isoformat()}


def open_all(stack: ExitStack, root: Place, paths: Iterable[str]) -> dict[str, pq.ParquetFile]:
    """Open files of events for as long as the stack lasts; they come by their paths."""
    found = {}
    for path in paths:
        with told(root, path):
            file = stack.enter_context((root / path).open("rb"))
            found[path] = stack.enter_context(pq.ParquetFile(file))
    return found


def merged(root: Place, files: Mapping[str, pq.ParquetFile], day: Window) -> Iterator[pa.Table]:
    """Yield the events of files, each once, sorted; of two readings of one, the later.

    Args:
        root: the archive's.
        files: of EVENTS of one log group, by their paths.
        day: that they are of.
    """
    count = sum(one.metadata.num_rows for one in files.values())
    slices = max(1, -(-count // SLICE))
    bounds = [day.start + (day.end - day.start) * n / slices for n in range(slices + 1)]
    for start, end in pairwise(bounds):
        parts = [
            part for path, file in files.items() for part in _between(root, path, file, start, end)
        ]
        if parts:
            yield _once(pa.concat_tables(parts))


def _between(
    root: Place, path: str, file: pq.ParquetFile, start: datetime, end: datetime
) -> Iterator[pa.Table]:
    """Yield a file's events of a span; row groups that have none are not read."""
    for number in range(file.num_row_groups):
        said = file.metadata.row_group(number).column(0).statistics
        if said is None or (said.min < end and said.max >= start):
            with told(root, path):
                table = file.read_row_group(number).cast(EVENTS)
            times = table["timestamp"]
            first, last = (pa.scalar(one, times.type) for one in (start, end))
            yield table.filter(pc.and_(pc.greater_equal(times, first), pc.less(times, last)))


def _once(table: pa.Table) -> pa.Table:
    """Return a table's events, each once, sorted by time and id."""
    keys = [("timestamp", "ascending"), ("event_id", "ascending"), ("asked_at", "ascending")]
    table = table.take(pc.sort_indices(table, keys))
    ids = table["event_id"].combine_chunks()
    last = np.ones(len(ids), np.bool_)
    last[:-1] = pc.not_equal(ids[1:], ids[:-1]).to_numpy(zero_copy_only=False)
    return table.filter(pa.array(last))
