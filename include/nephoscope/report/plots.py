"""The picture of one instance: its CPU over time and what goes with it, the gaps left open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter

from nephoscope.model import Window
from nephoscope.report import canvas, style
from nephoscope.report.fleet import Cell, Instance
from nephoscope.report.formats import lasting, span
from nephoscope.report.names import shorten

TITLE: Final = "AWS EC2 CPU Utilization"

_WIDTH, _CPU, _PANEL, _APART = 660, 200, 56, 30  # CSS pixels
_SCALES = (10, 25, 50, 100)  # per cent; the first that holds the window's maximum
_WIDE = 0.08  # of the axes: a span that has room for its word
_NAME = 36  # characters


@dataclass(frozen=True, slots=True)
class Panel:
    """A strip below the CPU: its title, its unit, and which columns it draws under which word."""

    title: str
    unit: str
    lines: tuple[tuple[str, str], ...]


PANELS: Final = (
    Panel("Network", "B", (("network_in", "in"), ("network_out", "out"))),
    Panel("Disk (EBS)", "B", (("disk_read", "read"), ("disk_write", "written"))),
    Panel("CPU credits", "", (("credits", "balance"),)),
    Panel("Status check failed", "", (("failed", "1 = failed"),)),
)

_COLOURS = (style.BLUE, style.ORANGE)

Values = np.ndarray[Any, np.dtype[np.float64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]


@style.styled
def cpu_plot(one: Instance, window: Window, more: pd.DataFrame | None = None) -> Figure:
    """Draw an average with a band up to the maximum; nothing where nothing is stored.

    Args:
        one: whose.
        window: what the time axis shows.
        more: columns of `PANELS` by timestamp (UTC); those that are there are drawn below.
    """
    there = set() if more is None else {name for name in more if more[name].notna().any()}
    panels = [panel for panel in PANELS if there & {name for name, _ in panel.lines}]
    figure, (axes, *strips) = _sheet(len(panels))
    name = f"{shorten(one.name, _NAME)}  ·  " if one.name else ""
    canvas.head(axes, TITLE, f"{name}{one.instance_id}", _facts(one, window))
    _scale(axes, one)
    _curve(axes, one)
    _words(axes, [(style.BLUE, "average"), (style.DEEP, "band: up to the maximum")])
    for strip, panel in zip(strips, panels, strict=True):
        _strip(strip, panel, more if more is not None else pd.DataFrame(), one.step)
    for part in (axes, *strips):
        canvas.time_axis(part, window)
        for cell in (Cell.MISSING, Cell.STOPPED):
            _shade(part, one, cell, named=part is axes)
    for part in (axes, *strips)[:-1]:
        part.set_xlabel("")
        part.tick_params(axis="x", labelbottom=False)
    return figure


def _sheet(strips: int) -> tuple[Figure, list[Axes]]:
    """Return a figure and its axes, from the top: nothing is shared, which is slow."""
    height = 70 + _CPU + strips * (_APART + _PANEL) + 50
    figure, top, found = canvas.sheet(_WIDTH, height), 70, []
    for tall in (_CPU, *[_PANEL] * strips):
        margins = canvas.Margins(left=58, right=30, top=top, bottom=height - top - tall)
        found.append(canvas.place(figure, margins))
        top += tall + _APART
    return figure, found


def _facts(one: Instance, window: Window) -> str:
    if not one.numbers.stored:
        return span(window)
    return f"{span(window)}  ·  p95 {one.numbers.p95:.1f} %  ·  max {one.numbers.max:.1f} %"


def _scale(axes: Axes, one: Instance) -> None:
    values = one.points[["avg", "max"]].to_numpy()
    peak = np.max(values, initial=0, where=np.isfinite(values))
    top = next((scale for scale in _SCALES if peak <= scale), _SCALES[-1])
    axes.set(ylabel=canvas.CPU, ylim=(0, top), yticks=np.linspace(0, top, 6))
    axes.grid(axis="y")


def _curve(axes: Axes, one: Instance) -> None:
    x = canvas.positions(one.times)
    average, maximum = one.points["avg"].to_numpy(), one.points["max"].to_numpy()
    axes.fill_between(x, average, maximum, color=style.SKY, alpha=0.4, linewidth=0, label="maximum")
    axes.add_line(Line2D(x, average, color=style.BLUE, clip_on=False, label="average"))
    alone = _alone(average)
    if alone.any():
        axes.vlines(x[alone], average[alone], maximum[alone], color=style.SKY, alpha=0.6)
    _dots(axes, x, average, style.BLUE)


def _alone(values: Values) -> Mask:
    """Tell which values have none beside them: a line would not show them."""
    there = np.isfinite(values)
    found: Mask = there & ~np.append(there[1:], False) & ~np.append(False, there[:-1])
    return found


def _dots(axes: Axes, x: Values, values: Values, colour: str) -> None:
    alone = _alone(values)
    axes.add_line(
        Line2D(
            x[alone], values[alone], linestyle="", marker="o", color=colour, markersize=2.5,
            label="alone",
        )
    )  # fmt: skip


def _strip(axes: Axes, panel: Panel, more: pd.DataFrame, step: int) -> None:
    """Draw the columns of a panel, from 0 to the highest."""
    drawn = [(name, word) for name, word in panel.lines if name in more]
    x = canvas.positions(pd.DatetimeIndex(more.index))
    for (name, _), colour in zip(drawn, _COLOURS, strict=False):
        values = more[name].to_numpy(dtype=float)
        axes.add_line(Line2D(x, values, color=colour, linewidth=0.9, label=name))
        _dots(axes, x, values, colour)
    highest = np.nanmax(more[[name for name, _ in drawn]].to_numpy(dtype=float), initial=0)
    top = float(highest) or 1.0
    axes.set(ylim=(-0.05 * top, 1.08 * top), yticks=[0, top])  # a line of zeros shows
    axes.yaxis.set_major_formatter(EngFormatter(panel.unit, places=0, sep="\N{NO-BREAK SPACE}"))
    axes.tick_params(labelsize=7.5)
    each = f", bytes in {lasting(step)}" if panel.unit else ""
    canvas.beside(axes, (0, 1), (0, 5), f"{panel.title}{each}", color=style.INK, fontsize=8.5)
    _words(axes, list(zip(_COLOURS, (word for _, word in drawn), strict=False)))


def _words(axes: Axes, words: list[tuple[str, str]]) -> None:
    """Explain the colours in words of the same colours, above the axes on the right."""
    for number, (colour, word) in enumerate(reversed(words)):
        offset = -sum(len(later) + 3 for _, later in words[len(words) - number :]) * 4.6
        canvas.beside(axes, (1, 1), (offset, 5), word, ha="right", color=colour, fontsize=8)


def _shade(axes: Axes, one: Instance, cell: Cell, *, named: bool) -> None:
    """Shade the spans of a state, with its word in the wide ones."""
    left, right = axes.get_xlim()
    for span_ in one.spans(cell):
        begin, end = canvas.position(span_.start, span_.end)
        axes.axvspan(begin, end, zorder=0.9, **canvas.FILLS[cell])
        if named and end - begin > _WIDE * (right - left):
            axes.text(
                (begin + end) / 2,
                0.5,
                canvas.WORDS[cell],
                transform=axes.get_xaxis_transform(),
                ha="center",
                va="center",
                color=style.MUTED,
                backgroundcolor=canvas.FILLS[cell]["facecolor"],
            )
