"""Reading logs back: the events of a day, and how many the archive holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pyarrow as pa

from nephoscope.archive import log_landing
from nephoscope.archive.layout import day_folder, day_of
from nephoscope.archive.log_days import find_log_days, merged, open_all, read_log_day
from nephoscope.archive.log_landing import EVENTS_FILE, LogSource
from nephoscope.model import Window
from nephoscope.place import Place, files


@dataclass(frozen=True, slots=True)
class KeptLogs:
    """What the archive has of a log group and UTC day: files of events that may overlap."""

    source: LogSource
    day: Window
    paths: tuple[str, ...]


def log_days(root: Place) -> list[Window]:
    """Return the UTC days that the archive has log events of, in order."""
    folders = {folder for _, folder in find_log_days(root)}
    folders |= {path.split("/")[1] for path in files(root, log_landing.FOLDER)}
    return sorted(day_of(folder) for folder in folders)


def kept_logs(root: Place, days: Iterable[Window]) -> Iterator[KeptLogs]:
    """Yield what the archive has of UTC days: the day's file, and landing that is not in it."""
    known = find_log_days(root)
    for day in days:
        landed = log_landing.attempts(root, day)
        found = {source: path for (source, of), path in known.items() if of == day_folder(day)}
        for source in sorted(found.keys() | landed.keys()):
            compacted = read_log_day(root, found[source]) if source in found else None
            attempts = compacted.attempts if compacted else frozenset()
            new = [f"{one}{EVENTS_FILE}" for one in landed.get(source, []) if one not in attempts]
            paths = [found[source], *new] if source in found else new
            yield KeptLogs(log_landing.source_of(root, paths[-1]), day, tuple(paths))


def newest_events(root: Place, kept: KeptLogs) -> Iterator[pa.Table]:
    """Yield the events of a log group and day, each once, sorted."""
    with ExitStack() as stack:
        yield from merged(root, open_all(stack, root, kept.paths), kept.day)


def count_events(root: Place, days: Sequence[Window]) -> dict[tuple[str, Window], int]:
    """Count the events that the archive holds, by the path of a `LogSource` and UTC day."""
    return {
        (one.source.path, one.day): sum(table.num_rows for table in newest_events(root, one))
        for one in kept_logs(root, days)
    }
