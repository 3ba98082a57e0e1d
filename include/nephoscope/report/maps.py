"""The fleet's heat map and its miniature: instances by time, fixed from 0 to 100 per cent."""

from __future__ import annotations

from typing import Final

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator

from nephoscope.report import canvas, formats, style
from nephoscope.report.fleet import Cell, Fleet, runs
from nephoscope.report.heat import NAMED, Heat, labels

TITLE: Final = "Fleet CPU Utilization"

_WIDTH = 1080  # CSS pixels, as all below
_ROW = 14
_LOWEST, _HIGHEST = 42, 840  # of the axes


@style.styled
def heat_map(fleet: Fleet, shown: Heat) -> Figure:
    """Draw a fleet of at least one instance: a row each, the highest p95 on top.

    More rows than the picture has pixels share one, which then shows the highest of them.
    """
    named = len(fleet.instances) <= NAMED
    margins = canvas.Margins(left=216 if named else 76, right=54, top=78, bottom=50)
    figure = canvas.sheet(_WIDTH, _height(shown) + margins.top + margins.bottom)
    axes = canvas.place(figure, margins)
    canvas.head(axes, TITLE, _subtitle(fleet, shown))
    image = _cells(axes, shown)
    (_names if named else _ranks)(axes, fleet)
    canvas.time_axis(axes, fleet.window)
    _key(figure, image, shown)
    return figure


@style.styled
def miniature(shown: Heat | None) -> Figure:
    """Draw the heat map alone, small, for a list of reports; nothing without an instance."""
    figure = canvas.sheet(320, 160)
    axes = canvas.place(figure, canvas.Margins(0, 0, 0, 0))
    axes.set_axis_off()
    if shown:
        _cells(axes, shown)
    return figure


def _height(shown: Heat) -> int:
    rows = len(shown.highest)
    if rows <= NAMED:
        return max(rows * _ROW, _LOWEST)
    return rows * max(_HIGHEST // rows, 1)


def _subtitle(fleet: Fleet, shown: Heat) -> str:
    count = len(fleet.instances)
    instances = "1 instance" if count == 1 else f"{count:,} instances, the highest p95 on top"
    stacked = f", {shown.stack} to a row" if shown.stack > 1 else ""
    return f"{formats.span(fleet.window)}  ·  {instances}{stacked}"


def _cells(axes: Axes, shown: Heat) -> AxesImage:
    """Paint values in colour and missing in grey, then cover what is stopped or unknown."""
    edges = canvas.positions(shown.edges)
    rows = len(shown.highest) * shown.stack
    image = axes.imshow(
        np.ma.masked_invalid(shown.highest),
        cmap=colormaps[style.MAGNITUDE].with_extremes(bad=style.MISSING),
        vmin=0,
        vmax=100,
        aspect="auto",
        interpolation="nearest",
        extent=(edges[0], edges[-1], rows, 0),
    )
    for cell in (Cell.STOPPED, Cell.UNKNOWN):
        boxes = [
            _box(edges[first], edges[last + 1], row * shown.stack, shown.stack)
            for row, cells in enumerate(shown.cells)
            for first, last in runs(cells == cell)
        ]
        axes.add_collection(
            PolyCollection(boxes, label=canvas.WORDS[cell], **canvas.FILLS[cell]), autolim=False
        )
    axes.set_ylim(shown.instances, 0)
    return image


def _box(left: float, right: float, top: float, height: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, top + height), (left, top + height)]


def _names(axes: Axes, fleet: Fleet) -> None:
    """Label every row with its name on the left and its p95 on the right; part them by white."""
    middles = np.arange(len(fleet.instances)) + 0.5
    axes.set_yticks(middles, [style.drawable(name, style.MONO) for name in labels(fleet)])
    for label in axes.get_yticklabels():
        label.set(fontfamily=style.MONO, fontsize=8, color=style.INK)
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    for middle, one in zip(middles, fleet.instances, strict=True):
        p95 = one.numbers.p95
        value = "\N{EN DASH}" if np.isnan(p95) else f"{p95:.1f}"
        axes.annotate(
            value,
            (1, middle),
            (34, 0),
            ("axes fraction", "data"),
            "offset points",
            ha="right",
            va="center",
            fontsize=8,
            color=style.MUTED,
            annotation_clip=False,
        )
    canvas.beside(axes, (1, 1), (34, 4), "p95 %", ha="right", fontsize=8, color=style.MUTED)
    left, right = axes.get_xlim()
    lines = [[(left, row), (right, row)] for row in range(1, len(fleet.instances))]
    axes.add_collection(LineCollection(lines, colors=style.PAPER, linewidths=1), autolim=False)


def _ranks(axes: Axes, fleet: Fleet) -> None:
    count = len(fleet.instances)
    locator = MaxNLocator(8, integer=True, steps=[1, 2, 5, 10])
    ranks = [1, *(int(rank) for rank in locator.tick_values(1, count) if 1 < rank <= count)]
    axes.set_yticks([rank - 0.5 for rank in ranks], [f"{rank:,}" for rank in ranks])
    axes.set_ylabel("Instances by p95")


def _key(figure: Figure, image: AxesImage, shown: Heat) -> None:
    """Explain the colours, above the map on the right, where a tall picture shows it first."""
    width, height = canvas.size(figure)
    canvas.colour_bar(figure, image, canvas.CPU, ticks=range(0, 101, 20))
    kinds = [cell for cell in (Cell.MISSING, Cell.STOPPED) if (shown.cells == cell).any()]
    figure.legend(
        handles=list(map(canvas.swatch, kinds)),
        loc="center right",
        bbox_to_anchor=((width - 54 - 250 - 20) / width, 1 - 31 / height),
        ncols=len(kinds) or 1,
        borderaxespad=0,
        fontsize=8,
    )
