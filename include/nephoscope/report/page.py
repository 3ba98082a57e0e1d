"""The page: one static HTML file that needs no script, for a browser, a mail and a sheet of A4."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import floor, isnan

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined

from nephoscope.quantities import priced
from nephoscope.report.fleet import Cell, Fleet, Instance, Span
from nephoscope.report.heat import Heat
from nephoscope.spending import Spending

_GAPS = 50  # rows of the table of gaps
_BUSIEST = 10


@dataclass(frozen=True, slots=True)
class Facts:
    """What the run and the store know beyond the points. Moments are UTC."""

    asked_at: datetime  # when the store was read for this report
    newest: datetime | None  # the newest stored point
    ingested: datetime | None  # when AWS was last asked, of all documents read
    documents: int
    spending: Spending | None  # of the run that drew it; None where none was noted


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture beside the page: its path from there, its size in CSS pixels."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Gap:
    """Instances that miss the same span."""

    span: Span
    instances: tuple[Instance, ...]
    points: int


@dataclass(frozen=True, slots=True)
class Extreme:
    """One value that stands out: per cent, of which instance and when."""

    value: float
    instance: Instance
    at: datetime


def render_day(
    fleet: Fleet,
    facts: Facts,
    shown: Heat | None,
    heat_map: Picture | None,
    cpu: Mapping[str, Picture],
) -> str:
    """Write the page of a day.

    Args:
        fleet: what it tells of.
        facts: what its header adds.
        shown: the heat map's bins; None where the fleet is empty, as the next.
        heat_map: the fleet's picture.
        cpu: the pictures of instances, by `Instance.file`.
    """
    measured = [one for one in fleet.instances if one.numbers.stored]
    return (
        _templates()
        .get_template("day.html.jinja")
        .render(
            fleet=fleet,
            facts=facts,
            shown=shown,
            heat_map=heat_map,
            cpu=cpu,
            gaps=_gaps(fleet),
            gaps_shown=_GAPS,
            busiest=measured[:_BUSIEST],
            quietest=measured[-1] if measured else None,
            hottest=max(
                (_peak(one, "avg") for one in measured), key=lambda high: high.value, default=None
            ),
            peaks={one.file: _peak(one, "max") for one in measured},
            states=Counter(one.state for one in fleet.instances).most_common(),
            accounts=sorted({one.account for one in fleet.instances}),
            regions=sorted({one.region for one in fleet.instances}),
            missing=fleet.count(Cell.MISSING),
            stored=fleet.count(Cell.STORED),
            in_progress=facts.asked_at < fleet.window.end,
        )
    )


def render_index(days: Sequence[str]) -> str:
    """Write the list of reports; `days` are ISO dates, the newest first."""
    dates = [datetime.fromisoformat(day) for day in days]
    return _templates().get_template("reports.html.jinja").render(days=dates)


def _peak(one: Instance, column: str) -> Extreme:
    """Find the highest value of an instance that has a stored point; its average without maxima."""
    values = one.points[column].fillna(one.points["avg"])
    at = values.index[int(np.nanargmax(values.to_numpy()))]
    return Extreme(float(values.max()), one, at.to_pydatetime())


def _gaps(fleet: Fleet) -> list[Gap]:
    """Gather the missing spans, the same of several instances as one; the most points first."""
    missing: dict[tuple[datetime, datetime], list[tuple[Instance, Span]]] = defaultdict(list)
    for one in fleet.instances:
        for span in one.spans(Cell.MISSING):
            missing[span.start, span.end].append((one, span))
    gaps = [
        Gap(found[0][1], tuple(one for one, _ in found), sum(span.points for _, span in found))
        for found in missing.values()
    ]
    return sorted(gaps, key=lambda gap: (-gap.points, gap.span))


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("nephoscope.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "percent": percent,
        "coverage": coverage,
        "number": "{:,}".format,
        "dollars": priced,
        "lasting": lasting,
        "day": "{:%-d %B %Y}".format,
        "moment": "{:%-d %b %Y %H:%M}".format,
        "clock": "{:%H:%M}".format,
    }
    return templates


def percent(value: float) -> str:
    """Write per cent with one decimal; a dash for what is not known."""
    return "\N{EN DASH}" if isnan(value) else f"{value:.1f}"


def coverage(value: float) -> str:
    """Write a coverage rounded down: 100 is said of what is whole alone."""
    return "\N{EN DASH}" if isnan(value) else f"{floor(value * 10) / 10:g}"


def lasting(seconds: float) -> str:
    """Write a length of time in its units: ``3 h 15 min``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in units if count) or "0 s"
