"""What is missing: a calendar of coverage, the spans without points, and those confirmed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nephoscope.model import Window
from nephoscope.report import canvas, style
from nephoscope.report.fleet import Cell, Fleet, Instance, Span
from nephoscope.report.formats import coverage as covered
from nephoscope.report.formats import lasting, moment, plural
from nephoscope.report.names import printable
from nephoscope.report.part import Column, Finding, Part, Picture, Table

ENOUGH: Final = 99  # per cent of coverage, below which it is a finding

_WIDTH, _ROW = 1080, 34
_WRITTEN = 31  # days up to which a cell has its figure
_NAMED = 3  # instances of a gap
_EACH = 3  # findings


@dataclass(frozen=True, slots=True)
class Gap:
    """Instances that miss the same span."""

    span: Span
    instances: tuple[Instance, ...]
    points: int


def part(fleet: Fleet, calendar: pd.DataFrame, confirmed: pd.DataFrame) -> Part:
    """Tell what is missing.

    Args:
        fleet: of the window.
        calendar: a row a day and namespace, of more days than the window's or as many: day (as
            text), namespace, expected, stored, confirmed, lacking (points), percent of what is
            expected that is stored or confirmed (NaN where nothing was, or nobody audited).
        confirmed: a row a resource and day of the window with gaps that are confirmed: account,
            region, namespace, resource, day, points.
    """
    gaps = missing(fleet)
    drawn = [_picture(calendar)] if calendar["percent"].notna().any() else []
    return Part(
        anchor="gaps",
        title="Gaps",
        lead=(
            "What is stored of what CloudWatch should hold, as the daily audits found it; what "
            "two readings of CloudWatch did not have is confirmed to be a gap of its own, and "
            "does not count as lacking. A stopped instance misses nothing. Below, the spans in "
            "which instances ran and no CPU point is stored."
        ),
        pictures=tuple(drawn),
        tables=(
            Table("coverage", calendar, {}),
            Table("gaps", _spans(gaps), _GAPS),
            Table("confirmed", confirmed, _CONFIRMED),
        ),
        findings=(*_low(calendar, fleet), *_found(gaps)),
    )


_GAPS: Final = {
    "instances": Column("Instances without CPU"),
    "start": Column("From (UTC)", "moment"),
    "end": Column("To (UTC)", "moment"),
    "lasting": Column("Length", "lasting"),
    "points": Column("Points", "number"),
}

_CONFIRMED: Final = {
    "resource": Column("Confirmed by CloudWatch"),
    "namespace": Column("Namespace"),
    "day": Column("Day (UTC)"),
    "points": Column("Points", "number"),
}


def within(calendar: pd.DataFrame, window: Window) -> pd.DataFrame:
    """Return the days of a calendar that are a window's."""
    return calendar[calendar["day"].isin([f"{day.start:%Y-%m-%d}" for day in window.days()])]


def missing(fleet: Fleet) -> list[Gap]:
    """Gather the missing spans, the same of several instances as one; the most points first."""
    spans: dict[tuple[datetime, datetime], list[tuple[Instance, Span]]] = defaultdict(list)
    for one in fleet.instances:
        for span in one.spans(Cell.MISSING):
            spans[span.start, span.end].append((one, span))
    gaps = [
        Gap(found[0][1], tuple(one for one, _ in found), sum(span.points for _, span in found))
        for found in spans.values()
    ]
    return sorted(gaps, key=lambda gap: (-gap.points, gap.span))


def whose(gap: Gap) -> str:
    """Name the instances of a gap."""
    named = ", ".join(one.title for one in gap.instances[:_NAMED])
    more = len(gap.instances) - _NAMED
    return f"{named} and {more:,} more" if more > 0 else named


def _spans(gaps: Sequence[Gap]) -> pd.DataFrame:
    rows = [
        {
            "instances": whose(gap),
            "ids": " ".join(one.instance_id for one in gap.instances),
            "start": gap.span.start,
            "end": gap.span.end,
            "lasting": int((gap.span.end - gap.span.start).total_seconds()),
            "points": gap.points,
        }
        for gap in gaps
    ]
    return pd.DataFrame(rows, columns=["instances", "ids", *list(_GAPS)[1:]])


def _low(calendar: pd.DataFrame, fleet: Fleet) -> list[Finding]:
    """Find namespaces of which less than `ENOUGH` is there, in the days of the window."""
    own = within(calendar, fleet.window)
    sums = own.groupby("namespace")[["expected", "lacking"]].sum()
    return [
        Finding(
            5,
            f"{covered(100 * (1 - lacking / expected))} %",
            str(name),
            f"coverage: {plural(int(lacking), 'point')} of {int(expected):,} are lacking",
        )
        for name, expected, lacking in sums.itertuples()
        if expected and lacking > expected * (1 - ENOUGH / 100)
    ]


def _found(gaps: Sequence[Gap]) -> list[Finding]:
    found = [
        Finding(
            6,
            lasting((gap.span.end - gap.span.start).total_seconds()),
            whose(gap),
            f"no CPU from {moment(gap.span.start)} to {moment(gap.span.end)}: "
            f"{plural(gap.points, 'point')} missing",
        )
        for gap in gaps[:_EACH]
    ]
    if len(gaps) > _EACH:
        rest = sum(gap.points for gap in gaps[_EACH - 1 :])
        text = f"with {plural(rest, 'point')} missing"
        found[-1] = Finding(6, f"{len(gaps) - _EACH + 1:,} more", "gaps", text)
    return found


def _picture(calendar: pd.DataFrame) -> Picture:
    there = calendar.dropna(subset=["percent"])
    worst = there.iloc[int(there["percent"].to_numpy().argmin())]
    days = calendar["day"].nunique()
    caption = (
        f"Every row is a namespace, every column a day (UTC), {plural(days, 'day')} in all; the "
        "figure is the coverage in per cent, rounded down. Grey: not audited, or nothing was "
        f"expected. Lowest: {covered(worst['percent'])} % of {worst['namespace']} on "
        f"{worst['day']}, {plural(int(worst['lacking']), 'point')} lacking."
    )
    alt = f"Calendar of coverage by day and namespace, {plural(days, 'day')}"
    return Picture("calendar", figure(calendar), alt, caption)


@style.styled
def figure(calendar: pd.DataFrame) -> Figure:
    """Draw a calendar: namespaces by days, from 0 to 100 per cent."""
    days, names = calendar["day"].unique(), calendar["namespace"].unique()
    values = calendar["percent"].to_numpy(dtype=float).reshape(len(days), len(names)).T
    sheet = canvas.sheet(_WIDTH, 78 + _ROW * len(names) + 46)
    axes = canvas.place(sheet, canvas.Margins(left=216, right=54, top=78, bottom=46))
    canvas.head(axes, "Coverage", f"{days[0]} to {days[-1]}")
    image = axes.imshow(
        np.ma.masked_invalid(values),
        cmap=colormaps[style.MAGNITUDE].with_extremes(bad=style.MISSING),
        vmin=0,
        vmax=100,
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_yticks(range(len(names)), [style.drawable(printable(name)) for name in names])
    shown = range(0, len(days), max(1, len(days) // 14))
    axes.set_xticks(shown, [f"{datetime.fromisoformat(days[n]):%d %b}" for n in shown])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("Day (UTC)", loc="left")
    axes.set_xticks(np.arange(len(days) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=style.PAPER, linewidth=2)
    axes.tick_params(which="minor", length=0)
    if len(days) <= _WRITTEN:
        _write(axes, values)
    canvas.colour_bar(sheet, image, "Coverage (%)", ticks=range(0, 101, 20))
    return sheet


def _write(axes: Axes, values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            colour = style.INK if value > 60 else style.PAPER
            axes.text(
                column, row, covered(value), ha="center", va="center", color=colour, fontsize=7.5
            )
