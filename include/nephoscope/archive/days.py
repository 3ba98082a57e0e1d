"""Compaction: landing of a UTC day into day files.

A day file is written anew, whole, on a local disk and then put into its place at once: a reader
finds the old one or the new one. Killed at any moment and run again, it comes to the same file;
of two at once the later stays, and what it does not have of the other's is still in landing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Generator, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from nephoscope.archive import day_files, landing
from nephoscope.archive.day_files import DAY, ENCODED, FILE, Day, Facts
from nephoscope.archive.layout import Source, day_folder, segment
from nephoscope.archive.spill import Spill
from nephoscope.model import Window
from nephoscope.place import Place, put_file


@dataclass(frozen=True, slots=True)
class Compacted:
    """A day file that was written: its path below the archive's root, and what it holds."""

    path: str
    points: int
    bytes: int


def compact(root: Place, day: Window, asked_at: datetime) -> list[Compacted]:
    """Write the day files of all sources that have landing which is not in them yet.

    Args:
        root: the archive's.
        day: a UTC day.
        asked_at: now, in UTC.
    """
    return [
        written
        for source, names in landing.attempts(root, day).items()
        for written in _compact(root, day, source, names, asked_at)
    ]


def _compact(
    root: Place, day: Window, source: str, names: Sequence[str], asked_at: datetime
) -> Iterator[Compacted]:
    before = day_files.find_day(root, source, day)
    new = [name for name in names if name not in before.attempts]
    if not new:
        return
    with _spilled(root, before.paths, new) as spills:
        whose, planned = landing.read_about(root, new[0])
        periods = spills.periods or (planned,)  # nothing has points: a file says so too
        for period in periods:
            facts = Facts(whose, period, periods, frozenset(names), asked_at)
            yield _write(root, day_files.folder(source, period, day), facts, spills.of(period))


@dataclass(frozen=True, slots=True)
class Kept:
    """What the archive has of a source and UTC day.

    Attributes:
        source: whose points they are.
        day: that they are of.
        compacted: its day files.
        landed: the names of the attempts that are not in these.
    """

    source: Source
    day: Window
    compacted: Day
    landed: tuple[str, ...]


def kept(
    root: Place, days: Iterable[Window], namespaces: Collection[str] | None = None
) -> Iterator[Kept]:
    """Yield what the archive has of UTC days, source by source.

    Args:
        root: the archive's.
        days: each from midnight to midnight.
        namespaces: only these; all if None.
    """
    known = day_files.find_days(root)
    folders = {f"namespace={segment(name)}" for name in namespaces or ()}
    for day in days:
        landed = landing.attempts(root, day)
        found = {source: paths for (source, of), paths in known.items() if of == day_folder(day)}
        for source in sorted(found.keys() | landed.keys()):
            if namespaces is None or source.rpartition("/")[2] in folders:
                compacted = day_files.read_day(root, found.get(source, []))
                names = landed.get(source, [])
                new = tuple(name for name in names if name not in compacted.attempts)
                facts = compacted.facts
                whose = facts[0].source if facts else landing.read_about(root, new[0])[0]
                yield Kept(whose, day, compacted, new)


def newest(root: Place, kept: Kept) -> Iterator[tuple[int, pa.Table]]:
    """Yield points as a day file has them, each once, its newest value, after their period (s).

    A table has some whole resources; no other of the period has points of these.
    """
    if kept.landed:
        with _spilled(root, kept.compacted.paths, kept.landed) as spills:
            for period in spills.periods:
                yield from ((period, table) for table in spills.of(period).tables())
        return
    for facts, path in zip(kept.compacted.facts, kept.compacted.paths, strict=True):
        yield from ((facts.period, table) for table in day_files.read_points(root, path))


def count_points(
    root: Place, namespace: str, days: Iterable[Window]
) -> dict[tuple[str, Window, int], int]:
    """Count the points of a namespace that the archive holds of UTC days.

    They are in day files and in landing; however often a point was read, it counts once. Of what
    is compacted, the files' metadata is read alone.

    Returns:
        Counts by the path of a `Source`, UTC day and period (s).
    """
    return {
        (one.source.path, one.day, period): points
        for one in kept(root, days, {namespace})
        for period, points in _count(root, one).items()
    }


def _count(root: Place, kept: Kept) -> dict[int, int]:
    """Count points by period."""
    counts: dict[int, int] = defaultdict(int)
    if not kept.landed:
        for facts, points in zip(kept.compacted.facts, kept.compacted.points, strict=True):
            counts[facts.period] += points
        return counts
    for period, table in newest(root, kept):
        counts[period] += table.num_rows
    return counts


@contextmanager
def _spilled(root: Place, paths: Sequence[str], names: Sequence[str]) -> Generator[_Spills]:
    """Put the points of day files and of attempts away."""
    with ExitStack() as stack:
        spills = _Spills(stack)
        for table in _tables(root, paths, names):
            spills.add(table)
        yield spills


def _tables(root: Place, paths: Sequence[str], names: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the points of day files and of attempts."""
    for path in paths:
        yield from day_files.read_points(root, path)
    for name in names:
        yield from landing.read_points(root, name)


def _write(root: Place, folder: str, facts: Facts, spill: Spill) -> Compacted:
    """Write a day file."""
    points = 0
    with TemporaryDirectory(prefix="nephoscope-") as temporary:
        file = Path(temporary) / FILE
        with pq.ParquetWriter(file, DAY, **ENCODED) as writer:
            writer.add_key_value_metadata(facts.metadata())
            for table in spill.tables():
                writer.write_table(table, max(table.num_rows, 1))  # a row group, however large
                points += table.num_rows
        (root / folder).mkdir(parents=True, exist_ok=True)
        put_file(root / folder, FILE, file)
        return Compacted(f"{folder}/{FILE}", points, file.stat().st_size)


class _Spills:
    """A spill for each period: a shard that waited long is asked at a coarser one than planned.

    Args:
        stack: closes their files, which have no names: who is killed leaves none.
    """

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._spills: dict[int, Spill] = {}

    @property
    def periods(self) -> tuple[int, ...]:
        """The periods that there are, in seconds."""
        return tuple(sorted(self._spills))

    def of(self, period: int) -> Spill:
        """Return the spill of a period."""
        if period not in self._spills:
            self._spills[period] = Spill(self._file(), self._file())
        return self._spills[period]

    def add(self, table: pa.Table) -> None:
        """Put points away."""
        for period in pc.unique(table["period"]).to_pylist():
            self.of(period).add(table.filter(pc.equal(table["period"], period)))

    def _file(self) -> IO[bytes]:
        file = TemporaryFile()  # ruff: ignore[open-file-with-context-handler] - the stack closes it
        return self._stack.enter_context(file)
