"""What every picture is put together from: sheets with margins, headings, a time axis, swatches."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from nephoscope.model import Window
from nephoscope.report import style
from nephoscope.report.fleet import Cell

TIME: Final = "Time (UTC)"

Positions = np.ndarray[Any, np.dtype[np.float64]]
_DAY = 86_400  # seconds

WORDS: Final = {
    Cell.MISSING: "missing",
    Cell.STOPPED: "stopped",
    Cell.UNKNOWN: "not known yet",
}
FILLS: Final[dict[Cell, dict[str, Any]]] = {
    Cell.MISSING: {"facecolor": style.MISSING, "edgecolor": "none", "linewidth": 0},
    Cell.STOPPED: {
        "facecolor": style.PAPER,
        "edgecolor": style.HATCH,
        "hatch": style.STRIPES,
        "linewidth": 0,
    },
    Cell.UNKNOWN: {"facecolor": style.PAPER, "edgecolor": "none", "linewidth": 0},
}


class Margins(NamedTuple):
    """CSS pixels between a sheet's edges and its axes."""

    left: float
    right: float
    top: float
    bottom: float


def sheet(width: float, height: float) -> Figure:
    """Return an empty figure of a size in CSS pixels."""
    return Figure(figsize=(width / style.PIXELS, height / style.PIXELS), dpi=style.PIXELS)


def size(figure: Figure) -> tuple[int, int]:
    """Return a figure's width and height in CSS pixels."""
    width, height = figure.get_size_inches()
    return round(width * style.PIXELS), round(height * style.PIXELS)


def place(figure: Figure, margins: Margins) -> Axes:
    """Return axes that fill a figure but for its margins."""
    width, height = size(figure)
    return figure.add_axes(
        (
            margins.left / width,
            margins.bottom / height,
            (width - margins.left - margins.right) / width,
            (height - margins.top - margins.bottom) / height,
        )
    )


def head(axes: Axes, title: str, subtitle: str, aside: str = "") -> None:
    """Write a title and a line below it, flush with the left of the axes, and one on the right."""
    axes.set_title(title, x=0, ha="left", pad=28, fontsize=12, fontweight="bold", color=style.INK)
    beside(axes, (0, 1), (0, 11), style.drawable(subtitle), ha="left", color=style.MUTED)
    beside(axes, (1, 1), (0, 29), aside, ha="right", color=style.MUTED)


def beside(
    axes: Axes, at: tuple[float, float], offset: tuple[float, float], text: str, **look: Any
) -> None:
    """Write a text at a point of the axes (fractions), moved by an offset (typographic points)."""
    axes.annotate(text, at, offset, "axes fraction", "offset points", **look)


def position(*moments: datetime) -> Positions:
    """Return where moments lie on the time axis: in matplotlib's days since 1970."""
    return positions(pd.DatetimeIndex(moments))


def positions(moments: pd.DatetimeIndex) -> Positions:
    """Do the same for an index of whole seconds."""
    return np.asarray(moments.as_unit("s").asi8 / _DAY)


def time_axis(axes: Axes, window: Window) -> None:
    """Let x run over a window in UTC, with the date where a day begins."""
    locator = dates.AutoDateLocator(tz=UTC, minticks=4, maxticks=9)
    formatter = dates.ConciseDateFormatter(
        locator,
        tz=UTC,
        formats=["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%H:%M:%S"],
        zero_formats=["", "%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M"],
        show_offset=False,
    )
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(formatter)
    axes.set_xlim(*position(window.start, window.end))
    axes.set_xlabel(TIME, loc="left")


def swatch(cell: Cell) -> Patch:
    """Return what a legend shows for a state."""
    return Patch(**FILLS[cell], label=WORDS[cell])
