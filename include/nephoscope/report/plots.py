"""The picture of one instance: its CPU over time, in per cent, with the gaps left open."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nephoscope.model import Window
from nephoscope.report import canvas, style
from nephoscope.report.fleet import Cell, Instance
from nephoscope.report.names import shorten

TITLE: Final = "AWS EC2 CPU Utilization"
CPU: Final = "CPU Utilization (%)"

_SCALES = (10, 25, 50, 100)  # per cent; the first that holds the window's maximum
_WIDE = 0.08  # of the axes: a span that has room for its word
_NAME = 36  # characters


@style.styled
def cpu_plot(one: Instance, window: Window) -> Figure:
    """Draw an average with a band up to the maximum; nothing where nothing is stored."""
    figure = canvas.sheet(660, 320)
    axes = canvas.place(figure, canvas.Margins(left=58, right=30, top=70, bottom=50))
    name = f"{shorten(one.name, _NAME)}  ·  " if one.name else ""
    canvas.head(axes, TITLE, f"{name}{one.instance_id}", _facts(one, window))
    _scale(axes, one)
    canvas.time_axis(axes, window)
    _curve(axes, one)
    shaded = [cell for cell in (Cell.MISSING, Cell.STOPPED) if _shade(axes, one, cell)]
    _legend(axes, [*_curve_keys(), *map(canvas.swatch, shaded)])
    return figure


def _facts(one: Instance, window: Window) -> str:
    day = f"{window.start:%d %B %Y}"
    if not one.numbers.stored:
        return day
    return f"{day}  ·  p95 {one.numbers.p95:.1f} %  ·  max {one.numbers.max:.1f} %"


def _scale(axes: Axes, one: Instance) -> None:
    values = one.points[["avg", "max"]].to_numpy()
    peak = np.max(values, initial=0, where=np.isfinite(values))
    top = next((scale for scale in _SCALES if peak <= scale), _SCALES[-1])
    axes.set(ylabel=CPU, ylim=(0, top), yticks=np.linspace(0, top, 6))
    axes.grid(axis="y")


def _curve(axes: Axes, one: Instance) -> None:
    x = canvas.positions(one.times)
    average, maximum = one.points["avg"].to_numpy(), one.points["max"].to_numpy()
    axes.fill_between(x, average, maximum, color=style.SKY, alpha=0.4, linewidth=0, label="maximum")
    axes.plot(x, average, color=style.BLUE, clip_on=False, label="average")
    there = np.isfinite(average)
    alone = there & ~np.append(there[1:], False) & ~np.append(False, there[:-1])
    axes.vlines(x[alone], average[alone], maximum[alone], color=style.SKY, alpha=0.6)
    axes.plot(x[alone], average[alone], "o", color=style.BLUE, markersize=2.5, label="alone")


def _curve_keys() -> list[Line2D | Patch]:
    return [
        Line2D([], [], color=style.BLUE, label="average"),
        Patch(facecolor=style.SKY, alpha=0.4, label="maximum"),
    ]


def _shade(axes: Axes, one: Instance, cell: Cell) -> bool:
    """Shade the spans of a state, with its word in the wide ones; tell whether there are any."""
    left, right = axes.get_xlim()
    spans = one.spans(cell)
    for span in spans:
        begin, end = canvas.position(span.start, span.end)
        axes.axvspan(begin, end, zorder=0.9, **canvas.FILLS[cell])
        if end - begin > _WIDE * (right - left):
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
    return bool(spans)


def _legend(axes: Axes, keys: list[Line2D | Patch]) -> None:
    axes.legend(
        handles=keys,
        loc="upper right",
        bbox_to_anchor=(1, -0.14),
        ncols=len(keys),
        borderaxespad=0,
        borderpad=0,
        handlelength=1.6,
        columnspacing=1.4,
        fontsize=8,
    )
