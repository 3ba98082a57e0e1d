"""The pictures of logs: errors by group and time, and of instances beside their CPU."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from nephoscope.model import Window
from nephoscope.report import canvas, style
from nephoscope.report.formats import span
from nephoscope.report.names import shorten

_WIDTH: Final = 1080  # CSS pixels, as all below
_ROW: Final = 22
_PANEL: Final = 150
_NAME: Final = 34  # characters of a label

_INSTANCE = ["account", "region", "instance_id"]
_QUIET = "#EEF1F4"  # events, and no error


@style.styled
def by_group(counts: pd.DataFrame, shown: pd.DataFrame, window: Window, step: int) -> Figure:
    """Draw errors: a row a log group of `shown`, a column a step."""
    starts = pd.date_range(window.start, window.end, freq=f"{step}s", inclusive="left")
    errors = _grid(counts, shown, starts, "errors")
    margins = canvas.Margins(left=250, right=54, top=78, bottom=50)
    figure = canvas.sheet(_WIDTH, max(_ROW * len(shown), 44) + margins.top + margins.bottom)
    axes = canvas.place(figure, margins)
    canvas.head(axes, "Errors by log group", span(window))
    edges = canvas.position(window.start, window.end)
    extent = (edges[0], edges[-1], len(shown), 0)
    look: dict[str, Any] = {"aspect": "auto", "interpolation": "nearest", "extent": extent}
    axes.set_facecolor(style.MISSING)
    quiet = np.where(np.isfinite(errors), 0.0, np.nan)
    plain = colormaps[style.MAGNITUDE].with_extremes(under=_QUIET, bad=(0, 0, 0, 0))
    axes.imshow(np.ma.masked_invalid(quiet), cmap=plain, vmin=1, vmax=2, **look)
    most = max(float(np.nanmax(errors, initial=0)), 2.0)
    colours = colormaps[f"{style.MAGNITUDE}_r"].with_extremes(bad=(0, 0, 0, 0))
    some = np.ma.masked_invalid(np.where(errors > 0, errors, np.nan))
    image = axes.imshow(some, cmap=colours, norm=LogNorm(1, most), **look)
    labels = [
        style.drawable(f"{shorten(one['group'], _NAME)}  {one['region']}")
        for one in shown.to_dict("records")
    ]
    axes.set_yticks(np.arange(len(shown)) + 0.5, labels, color=style.INK)
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    canvas.time_axis(axes, window)
    canvas.colour_bar(figure, image, "errors a step", ticks=_ticks(most), format="{x:,.0f}")
    return figure


def _ticks(most: float) -> list[float]:
    """Return what a logarithmic bar names: its ends and the tens between."""
    tens = [10.0**n for n in range(1, 10) if 10.0**n < most / 2]
    return [1.0, *tens, most]


def _grid(
    counts: pd.DataFrame, shown: pd.DataFrame, starts: pd.DatetimeIndex, column: str
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a column of counts, groups by steps; NaN where nothing was logged."""
    keys = ["account", "region", "group"]
    rows = pd.MultiIndex.from_frame(shown[keys])
    grid = counts.pivot_table(index=keys, columns="timestamp", values=column, aggfunc="sum")
    values: np.ndarray[Any, np.dtype[np.float64]] = grid.reindex(
        index=rows, columns=starts
    ).to_numpy(dtype=float)
    return values


@style.styled
def beside_cpu(
    instances: pd.DataFrame, cpu: pd.DataFrame, shown: pd.DataFrame, window: Window, step: int
) -> Figure:
    """Draw a panel an instance of `shown`: errors a step as bars, the average CPU as a line."""
    figure = canvas.sheet(_WIDTH, _PANEL * len(shown) + 70)
    for number, one in enumerate(shown.to_dict("records")):
        below = len(shown) - 1 - number
        margins = canvas.Margins(58, 58, 62 + _PANEL * number, 54 + _PANEL * below)
        axes = canvas.place(figure, margins)
        title = style.drawable(f"{shorten(one['instance_id'], _NAME)}  ·  {one['region']}")
        axes.set_title(title, loc="left", fontsize=9, color=style.INK, pad=4)
        _bars(axes, _of(instances, one), window, step)
        _line(axes, _of(cpu, one))
        canvas.time_axis(axes, window)
        if below:
            axes.set_xlabel("")
    keys: list[Line2D | Patch] = [
        Patch(facecolor=style.ORANGE, label="errors"),
        Line2D([], [], color=style.BLUE, label=canvas.CPU),
    ]
    figure.legend(handles=keys, loc="upper right", ncols=2, fontsize=8)
    return figure


def _of(rows: pd.DataFrame, one: Any) -> pd.DataFrame:
    """Return the rows of an instance."""
    return rows[(rows[_INSTANCE] == [one[name] for name in _INSTANCE]).all(axis=1)]


def _bars(axes: Axes, counted: pd.DataFrame, window: Window, step: int) -> None:
    width = canvas.position(window.start + pd.Timedelta(seconds=step)) - canvas.position(
        window.start
    )
    x = canvas.positions(pd.DatetimeIndex(counted["timestamp"]))
    axes.bar(x, counted["errors"], width=width[0], align="edge", color=style.ORANGE)
    axes.set_ylabel("errors")
    axes.set_ylim(0, max(float(counted["errors"].max()), 1.0) * 1.1)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))


def _line(axes: Axes, points: pd.DataFrame) -> None:
    """Draw the CPU over the right axis; where a point is missing, no line."""
    right = axes.twinx()
    right.set(ylim=(0, 100), yticks=(0, 50, 100))
    right.set_ylabel("CPU (%)")
    right.spines["right"].set_visible(True)
    if points.empty:
        return
    period = int(points["period"].iloc[0])
    times = pd.DatetimeIndex(points["timestamp"])
    whole = pd.date_range(times.min(), times.max(), freq=f"{period}s")
    values = pd.Series(points["cpu"].to_numpy(dtype=float), times).reindex(whole)
    right.plot(canvas.positions(whole), values, color=style.BLUE, linewidth=1)
