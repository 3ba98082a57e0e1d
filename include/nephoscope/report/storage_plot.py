"""The picture of what is stored in S3: bytes by storage class, a step a day."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nephoscope.model import Window
from nephoscope.quantities import size
from nephoscope.report import canvas, style
from nephoscope.report.names import printable, shorten

TITLE: Final = "AWS S3 Storage"
MOST: Final = 6
OTHERS: Final = "all others"

_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", style.MUTED)
_UNITS = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"), (1, "B"))


@style.styled
def classes_plot(classes: pd.DataFrame, window: Window) -> Figure:
    """Draw the bytes of each storage class as steps: nothing on a day that is not whole.

    Args:
        classes: storage_type, day (midnight, UTC) and bytes, a row a day.
        window: of whole days.
    """
    return _steps(_lines(classes), window, "Size", "all buckets, by storage class")


@style.styled
def growth_plot(classes: pd.DataFrame, window: Window) -> Figure:
    """Draw likewise what each storage class has more than on its first day."""
    lines = _lines(classes)
    since = lines - lines.bfill().iloc[0]
    return _steps(since, window, "Growth", "all buckets, since the first day")


def _steps(lines: pd.DataFrame, window: Window, what: str, of: str) -> Figure:
    figure = canvas.sheet(980, 340)
    axes = canvas.place(figure, canvas.Margins(left=66, right=190, top=70, bottom=50))
    grid = pd.date_range(window.start, window.end, freq="D")
    unit, name = _unit(float(np.nanmax(lines.abs().to_numpy(float))))
    ends = []
    by_class = lines.reindex(grid[:-1]).items()
    for colour, (storage_type, values) in zip(_COLOURS, by_class, strict=False):
        heights, edges = values.to_numpy(float) / unit, canvas.positions(grid)
        axes.stairs(heights, edges, baseline=None, color=colour, linewidth=1.8)
        newest = values.dropna().iloc[-1]
        ends.append((newest / unit, f"{_shown(str(storage_type))}  {_size(newest)}", colour))
    axes.set(ylabel=f"{what} ({name})")
    axes.margins(y=0.08)
    axes.grid(axis="y")
    canvas.time_axis(axes, window)
    canvas.head(axes, TITLE, of, f"{(window.end - window.start).days} days")
    if what == "Size":
        axes.set_ylim(bottom=0)
    _label(axes, ends)
    return figure


def _lines(classes: pd.DataFrame) -> pd.DataFrame:
    """Return bytes by day, a column a class; of many classes the small ones together."""
    wide = classes.pivot_table(index="day", columns="storage_type", values="bytes", aggfunc="sum")
    order = wide.ffill().iloc[-1].sort_values(ascending=False).index
    if len(order) <= MOST:
        return wide[order]
    some, rest = order[:MOST], order[MOST:]
    return wide[some].assign(**{OTHERS: wide[rest].sum(axis=1, min_count=1)})


def _shown(name: str) -> str:
    return style.drawable(shorten(printable(name), 26))


def _size(of: float) -> str:
    return size(of) if of >= 0 else f"-{size(-of)}"


def _label(axes: Axes, ends: list[tuple[float, str, str]]) -> None:
    """Write each line's name beside its end; names that would touch are moved apart."""
    low, high = axes.get_ylim()
    below = np.inf
    for height, text, colour in sorted(ends, reverse=True):
        at = min((height - low) / (high - low), below - 0.075)
        below = at
        axes.annotate(
            text,
            (1, at),
            (8, 0),
            "axes fraction",
            "offset points",
            color=colour,
            va="center",
            fontsize=8,
        )


def _unit(of: float) -> tuple[int, str]:
    return next((one for one in _UNITS if of >= one[0]), _UNITS[-1])
