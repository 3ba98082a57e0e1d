"""Reading back: the points of some days, as CloudWatch gave them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from nephoscope.archive import day_files, landing
from nephoscope.archive.layout import day_folder, day_of, segment
from nephoscope.model import Window
from nephoscope.place import Place, files


def points(
    root: Place,
    window: Window,
    *,
    accounts: Collection[str] | None = None,
    regions: Collection[str] | None = None,
    namespaces: Collection[str] | None = None,
) -> Iterator[pa.Table]:
    """Yield the points of a window as POINTS, day by day.

    Of each day and source come the day files, and then the attempts that are not in them, in the
    order of their runs: loaded in this order, the newest values stay.

    Args:
        root: the archive's.
        window: in UTC.
        accounts: only these; all if None.
        regions: likewise.
        namespaces: likewise.
    """
    wanted = [
        values and {f"{name}={segment(one)}" for one in values}
        for name, values in (("account", accounts), ("region", regions), ("namespace", namespaces))
    ]
    known = day_files.find_days(root)
    for part in window.days():
        day = Window.day(part.start)
        landed = landing.attempts(root, day)
        folders = {
            source: paths for (source, name), paths in known.items() if name == day_folder(day)
        }
        for source in sorted(folders.keys() | landed.keys()):
            if all(v is None or one in v for one, v in zip(source.split("/"), wanted, strict=True)):
                for table in _points(root, folders.get(source, []), landed.get(source, [])):
                    yield table if part == day else _within(table, part)


def _points(root: Place, paths: Sequence[str], names: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the points of a source and day, of its day files and of younger landing."""
    compacted = day_files.read_day(root, paths).attempts
    for path in paths:
        yield from day_files.read_points(root, path)
    for name in names:
        if name not in compacted:
            yield from landing.read_points(root, name)


def _within(table: pa.Table, window: Window) -> pa.Table:
    times = table["timestamp"]
    starts, ends = (pa.scalar(bound, times.type) for bound in (window.start, window.end))
    return table.filter(pc.and_(pc.greater_equal(times, starts), pc.less(times, ends)))


def days(root: Place) -> list[Window]:
    """Return the UTC days that the archive has points of, in order."""
    folders = {folder for _, folder in day_files.find_days(root)}
    folders |= {path.split("/")[1] for path in files(root, "landing")}
    return sorted(day_of(folder) for folder in folders)
