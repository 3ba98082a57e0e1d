"""What every picture is put together from: sheets with margins, headings, a time axis, swatches."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedFormatter, FixedLocator

from nephoscope.model import Window
from nephoscope.report import style
from nephoscope.report.fleet import Cell

TIME: Final = "Time (UTC)"
CPU: Final = "CPU Utilization (%)"

Positions = np.ndarray[Any, np.dtype[np.float64]]
_DAY = 86_400  # seconds
_TICKS = (
    300,
    900,
    1800,
    3600,
    10800,
    21600,
    43200,
    *(_DAY * days for days in (1, 2, 7, 14, 28, 91)),
)

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
    # y is given: else matplotlib lays the ticks out once more to see whether a title hits them
    axes.set_title(
        title, x=0, y=1, ha="left", pad=28, fontsize=12, fontweight="bold", color=style.INK
    )
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
    """Let x run over a window in UTC, with the date where a day begins.

    Ticks are fixed: matplotlib's own for dates take longer than the rest of a small picture.
    """
    span = (window.end - window.start).total_seconds()
    step = timedelta(seconds=next((one for one in _TICKS if span / one <= 9), _TICKS[-1]))
    moments = [window.start + n * step for n in range(int(span / step.total_seconds()) + 1)]
    labels = [f"{one:%d %b}" if one.hour == one.minute == 0 else f"{one:%H:%M}" for one in moments]
    axes.xaxis.set_major_locator(FixedLocator(position(*moments).tolist()))
    axes.xaxis.set_major_formatter(FixedFormatter(labels))
    axes.set_xlim(*position(window.start, window.end))
    axes.set_xlabel(TIME, loc="left")


def colour_bar(figure: Figure, image: AxesImage, title: str, **look: Any) -> None:
    """Explain the colours of an image, above it on the right."""
    width, height = size(figure)
    bar = figure.add_axes(((width - 54 - 250) / width, 1 - 36 / height, 250 / width, 10 / height))
    figure.colorbar(image, cax=bar, orientation="horizontal", **look)
    bar.set_title(title, fontsize=8, color=style.MUTED, pad=3)
    bar.tick_params(length=0, labelsize=8, pad=2)
    bar.minorticks_off()
    bar.spines[:].set_visible(False)


def legend(axes: Axes, keys: list[Line2D | Patch]) -> None:
    """Explain lines and areas, below the axes on the right."""
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


def swatch(cell: Cell) -> Patch:
    """Return what a legend shows for a state."""
    return Patch(**FILLS[cell], label=WORDS[cell])
