"""The fleet's CPU as bands: where the middle of it is, how far it spreads, and a week ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from nephoscope.model import Window
from nephoscope.report import canvas, style
from nephoscope.report.fleet import Fleet
from nephoscope.report.formats import lasting, moment, percent, plural, span
from nephoscope.report.heat import step_of
from nephoscope.report.part import Column, Part, Picture, Table

FINEST: Final = 900  # seconds: of finer steps the bands are noise
QUANTILES: Final = {"p5": 5, "p25": 25, "median": 50, "p75": 75, "p95": 95, "max": 100}

_WIDTH, _HEIGHT = 1080, 340

Values = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class Averages:
    """Instances by time: the mean of each one's averages in a step (per cent, NaN where none)."""

    means: Values
    starts: pd.DatetimeIndex
    step: int  # seconds

    @property
    def edges(self) -> pd.DatetimeIndex:
        """The starts and the end of the last step."""
        count = len(self.starts) + 1
        return pd.date_range(self.starts[0], periods=count, freq=f"{self.step}s", unit="s")


def step_for(window: Window) -> int:
    """Return the seconds of a step of the bands: some columns of the heat map, or one."""
    step = step_of(window)
    return -(-FINEST // step) * step


def averages(fleet: Fleet, step: int | None = None) -> Averages:
    """Put a fleet of at least one instance on common steps; an hour's point stands in each."""
    step = step or step_for(fleet.window)
    starts = pd.date_range(
        fleet.window.start, fleet.window.end, freq=f"{step}s", inclusive="left", unit="s"
    )
    rows = [_row(one.points["avg"].to_numpy(), one.step, step) for one in fleet.instances]
    return Averages(np.stack(rows), starts, step)


def _row(values: Values, period: int, step: int) -> Values:
    if period >= step:
        return np.repeat(values, period // step)
    parts = values.reshape(-1, step // period)
    there = np.isfinite(parts)
    sums, counts = np.where(there, parts, 0).sum(axis=1), there.sum(axis=1)
    means: Values = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return means


def bands(found: Averages, last_week: pd.Series[float]) -> pd.DataFrame:
    """Return what is drawn: a row a step, NaN where no instance has a point.

    Args:
        found: the fleet.
        last_week: the median of the fleet a week before, by the start of its step then (UTC).

    Returns:
        timestamp, instances (how many have a point), the quantiles of `QUANTILES`, last_week.
    """
    some = np.isfinite(found.means).any(axis=0)
    values = np.full((len(QUANTILES), len(found.starts)), np.nan)
    values[:, some] = np.nanpercentile(found.means[:, some], [*QUANTILES.values()], axis=0)
    then = last_week.reindex(found.starts - pd.Timedelta(days=7)).to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "timestamp": found.starts,
            "instances": np.isfinite(found.means).sum(axis=0),
            **dict(zip(QUANTILES, values, strict=True)),
            "last_week": then,
        }
    )


def part(found: Averages, last_week: pd.Series[float], window: Window) -> Part:
    """Draw the bands of a fleet; a week ago is left out where nothing is stored of it."""
    rows = bands(found, last_week)
    alt = f"Bands of the fleet's CPU utilization, {span(window)}"
    return Part(
        anchor="bands",
        title="The fleet as bands",
        lead=(
            f"Of all instances that have a point, in steps of {lasting(found.step)}: each "
            "instance counts once, with the mean of its averages in the step."
        ),
        pictures=(Picture("bands", figure(rows, window), alt, _caption(rows)),),
        tables=(Table("bands", rows, {}), Table("days", by_day(rows), _DAYS, most=31)),
    )


_DAYS: Final = {
    "day": Column("Day (UTC)"),
    "instances": Column("Instances", "number"),
    "p5": Column("Lowest p5 %", "percent"),
    "median": Column("Median %", "percent"),
    "last_week": Column("A week before %", "percent"),
    "p95": Column("Highest p95 %", "percent"),
    "max": Column("Max %", "percent"),
}


def by_day(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the extremes of each day, and the medians of its medians."""
    days = rows.groupby(rows["timestamp"].dt.strftime("%Y-%m-%d"))
    how = {"instances": "max", "p5": "min", "median": "median", "last_week": "median"}
    found: pd.DataFrame = days.agg({**how, "p95": "max", "max": "max"})
    return found.rename_axis("day").reset_index()


def _caption(rows: pd.DataFrame) -> str:
    text = (
        "Light: from p5 to p95 of the instances; dark: from p25 to p75; line: the median; dots: "
        "the busiest instance. Where no instance has a point, nothing is drawn."
    )
    there = rows.dropna(subset=["median"])
    if not len(there):
        return text
    high = there.iloc[int(there["median"].to_numpy().argmax())]
    least, most = int(there["instances"].min()), int(there["instances"].max())
    counted = (
        f"{least:,} to {plural(most, 'instance')}" if least < most else plural(most, "instance")
    )
    week = " Dashed: the median of the same time a week before." if _weeks(rows) else ""
    return (
        f"{text}{week} Highest median: {percent(high['median'])} %, "
        f"{moment(high['timestamp'])}, of {counted} a step."
    )


def _weeks(rows: pd.DataFrame) -> bool:
    return bool(rows["last_week"].notna().any())


@style.styled
def figure(rows: pd.DataFrame, window: Window) -> Figure:
    """Draw the bands from the rows of `bands`."""
    sheet = canvas.sheet(_WIDTH, _HEIGHT)
    axes = canvas.place(sheet, canvas.Margins(left=58, right=30, top=70, bottom=50))
    canvas.head(axes, "Fleet CPU Utilization, as bands", span(window))
    axes.set(ylabel=canvas.CPU, ylim=(0, 100), yticks=range(0, 101, 20))
    axes.grid(axis="y")
    canvas.time_axis(axes, window)
    _draw(axes, rows)
    return sheet


def _draw(axes: Axes, rows: pd.DataFrame) -> None:
    x = canvas.positions(pd.DatetimeIndex(rows["timestamp"]))
    for low, high, shade in (("p5", "p95", 0.25), ("p25", "p75", 0.5)):
        axes.fill_between(
            x, rows[low], rows[high], color=style.SKY, alpha=shade, linewidth=0,
            label=f"{low} to {high}",
        )  # fmt: skip
    axes.plot(x, rows["median"], color=style.BLUE, linewidth=1.6, label="median")
    axes.plot(
        x, rows["max"], linestyle="none", marker=".", markersize=2, color=style.ORANGE, label="max"
    )
    keys: list[Line2D | Patch] = [
        Line2D([], [], color=style.BLUE, linewidth=1.6, label="median"),
        Patch(facecolor=style.SKY, alpha=0.7, label="p25 to p75"),
        Patch(facecolor=style.SKY, alpha=0.25, label="p5 to p95"),
        Line2D([], [], color=style.ORANGE, marker=".", linestyle="none", label="busiest"),
    ]
    if _weeks(rows):
        axes.plot(
            x, rows["last_week"], color=style.INK, linestyle="--", linewidth=1, label="last_week"
        )
        keys.append(Line2D([], [], color=style.INK, linestyle="--", label="median a week before"))
    canvas.legend(axes, keys)
