"""Puts a report into a folder, here or in a bucket: pictures and numbers first, the page last.

A report whose ``index.html`` exists is whole. Writing it again replaces it file by file::

    <root>/index.html                       all days, the newest first
    <root>/day=2026-11-20/index.html
                          heatmap.png  miniature.png
                          cpu/<account>_<region>_<instance>.png
                          data/cpu.csv  cpu.parquet  instances.csv  heatmap.csv
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from matplotlib.figure import Figure

from nephoscope.model import Window
from nephoscope.place import Place, files, put, remove
from nephoscope.report import canvas, tables
from nephoscope.report.fleet import Fleet
from nephoscope.report.heat import Heat, heat
from nephoscope.report.maps import heat_map, miniature
from nephoscope.report.page import Facts, Picture, render_day, render_index
from nephoscope.report.plots import cpu_plot
from nephoscope.report.style import png

FIGURES = 50  # instances that get a picture of their own

_DAY = re.compile(r"day=(\d{4}-\d{2}-\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """Where a report lies, as text that finds it again."""

    page: str
    heat_map: str | None  # None where there was no instance
    cpu: tuple[str, ...]
    data: tuple[str, ...]


def write_day(root: Place, fleet: Fleet, facts: Facts, figures: int = FIGURES) -> ReportPaths:
    """Draw and write the report of one UTC day.

    Args:
        root: the folder of all reports.
        fleet: the day's instances.
        facts: what the page's header adds.
        figures: how many instances get a picture of their own, the highest p95 first.

    Raises:
        ValueError: the fleet's window is not one day.
    """
    if fleet.window != Window.day(fleet.window.start):
        raise ValueError(f"the report of a day can't be one of {fleet.window}")
    folder = root / f"day={fleet.window.start:%Y-%m-%d}"
    for part in ("cpu", "data"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    shown = heat(fleet) if fleet.instances else None
    data = _put_numbers(folder / "data", fleet, shown)
    cpu = {
        one.file: _draw(folder, f"cpu/{one.file}.png", cpu_plot(one, fleet.window))
        for one in fleet.instances[:figures]
    }
    _draw(folder, "miniature.png", miniature(shown))
    overview = _draw(folder, "heatmap.png", heat_map(fleet, shown)) if shown else None
    page = put(folder, "index.html", render_day(fleet, facts, shown, overview, cpu).encode())
    _keep(folder, {f"{file}.png" for file in cpu})
    return ReportPaths(
        page=page,
        heat_map=str(folder / overview.path) if overview else None,
        cpu=tuple(str(folder / picture.path) for picture in cpu.values()),
        data=data,
    )


def update_latest(root: Place) -> str:
    """Write the list of all whole reports, the newest first, and return its path.

    It is made of what is there, so it never goes back, in whatever order days are drawn.
    """
    named = ((_DAY.fullmatch(entry.name), entry) for entry in root.iterdir())
    days = [match[1] for match, entry in named if match and (entry / "index.html").exists()]
    return put(root, "index.html", render_index(sorted(days, reverse=True)).encode())


def _draw(folder: Place, path: str, figure: Figure) -> Picture:
    parent, _, name = path.rpartition("/")
    put(folder / parent if parent else folder, name, png(figure))
    return Picture(path, *canvas.size(figure))


def _put_numbers(folder: Place, fleet: Fleet, shown: Heat | None) -> tuple[str, ...]:
    cpu = tables.cpu(fleet)
    files = {
        "cpu.csv": tables.csv(cpu),
        "cpu.parquet": tables.parquet(cpu),
        "instances.csv": tables.csv(tables.instances(fleet)),
    }
    if shown:
        files["heatmap.csv"] = tables.csv(tables.heat_map(shown))
    return tuple(put(folder, name, content) for name, content in files.items())


def _keep(folder: Place, names: Iterable[str]) -> None:
    """Remove the pictures that an earlier drawing left and the page no longer shows."""
    kept = {f"cpu/{name}" for name in names}
    remove(folder, [path for path in files(folder, "cpu") if path not in kept])
