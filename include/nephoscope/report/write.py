"""Puts a report into a folder, here or in a bucket: pictures and numbers first, the page last.

A report whose ``index.html`` exists is whole. Writing it again replaces it file by file::

    <root>/index.html                       all reports, the newest first
    <root>/latest.html                      leads to the newest
    <root>/day=2026-11-20/index.html        of a day; of more: days=2026-11-14_2026-11-20
                          heatmap.png  miniature.png  and the other pictures
                          data/cpu.csv  cpu.parquet  and the other numbers
                          instances/<account>_<region>_<instance>.html  .png
                          instances/data/<account>_<region>_<instance>.csv  .parquet
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from matplotlib.figure import Figure

from nephoscope.model import Window
from nephoscope.place import Place, entries, files, put, remove
from nephoscope.report import tables
from nephoscope.report.formats import span
from nephoscope.report.page import (
    Listed,
    Report,
    render,
    render_index,
    render_latest,
    render_single,
)
from nephoscope.report.part import Part, Picture
from nephoscope.report.style import png

INLINE: Final = 12
"""Instances whose pictures the page itself shows."""

_DAY = r"(\d{4}-\d{2}-\d{2})"
_FOLDER = re.compile(rf"day={_DAY}|days={_DAY}_{_DAY}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Written:
    """Where a report lies: its page, as text that finds it again, and all files from its folder."""

    page: str
    files: tuple[str, ...]


def folder_of(window: Window) -> str:
    """Name the folder of the report of a window of whole UTC days.

    Raises:
        ValueError: it is none.
    """
    last = window.end - timedelta(days=1)
    if window.start != Window.day(window.start).start or last != Window.day(last).start:
        raise ValueError(f"a report is of whole days, and {window} is not")
    if window.start == last:
        return f"day={window.start:%Y-%m-%d}"
    return f"days={window.start:%Y-%m-%d}_{last:%Y-%m-%d}"


def window_of(folder: str) -> Window | None:
    """Return the window that `folder_of` named, or None."""
    match = _FOLDER.fullmatch(folder)
    if not match:
        return None
    first, last = (
        datetime.fromisoformat(f"{text}T00:00:00+00:00")
        for text in (match[1] or match[2], match[1] or match[3])
    )
    return Window(first, last + timedelta(days=1))


def write_report(
    root: Place, window: Window, report: Report, miniature: Figure, singles: Iterable[Part]
) -> Written:
    """Write a report, and remove what an earlier one of the same window left.

    Args:
        root: the folder of all reports.
        window: of whole UTC days.
        report: what the page tells.
        miniature: its picture in the list of all.
        singles: instances, one picture and one table each; each is written as it comes.
    """
    folder = root / folder_of(window)
    for below in ("data", "instances", "instances/data"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    put(folder, "miniature.png", png(miniature))
    written = ["index.html", "miniature.png"]
    for part in report.parts:
        written += _put_part(folder, part)
    shown, links = list[Picture](), dict[str, str]()
    for single in singles:
        written += (f"instances/{path}" for path in _put_part(folder / "instances", single))
        (picture,) = single.pictures
        links[picture.name] = f"instances/{picture.name}.html"
        shown += [picture] if len(shown) < INLINE else []
        page = render_single(single, report.header.title)
        put(folder / "instances", f"{picture.name}.html", page.encode())
    written += links.values()
    page = put(folder, "index.html", render(report, shown, links).encode())
    _keep(root, folder.name, written)
    return Written(page, tuple(written))


def _put_part(folder: Place, part: Part) -> Iterator[str]:
    for picture in part.pictures:
        put(folder, f"{picture.name}.png", png(picture.figure, picture.colours))
        yield f"{picture.name}.png"
    for table in part.tables:
        put(folder / "data", f"{table.name}.csv", tables.csv(table.frame))
        put(folder / "data", f"{table.name}.parquet", tables.parquet(table.frame))
        yield from (f"data/{table.name}.{kind}" for kind in ("csv", "parquet"))


def _keep(root: Place, folder: str, names: Iterable[str]) -> None:
    kept = {f"{folder}/{name}" for name in names}
    remove(root, [path for path in files(root, folder) if path not in kept])


def update_latest(root: Place) -> str:
    """Write the list of all whole reports and what leads to the newest; return the list's path.

    Both are made of what is there, so they never go back, in whatever order days are drawn. Each
    is one file, replaced in one step. A report that another process ends meanwhile is seen after
    the writing, and then both are written again.
    """
    reports, path = list[Listed](), ""
    while not path or reports != _whole(root):
        reports = _whole(root)
        path = put(root, "index.html", render_index(reports).encode())
        if reports:
            put(root, "latest.html", render_latest(reports[0]).encode())
    return path


def _whole(root: Place) -> list[Listed]:
    """Return the reports whose page is there, the newest end first, a day before a week."""
    windows = ((window_of(entry.name), entry) for entry in entries(root))
    found = [
        (window.end, window.start, entry.name, span(window))
        for window, entry in windows
        if window and (entry / "index.html").exists()
    ]
    return [Listed(name, title) for _, _, name, title in sorted(found, reverse=True)]
