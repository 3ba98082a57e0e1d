"""How `nephoscope coverage` shows what it found: as a table and sentences, or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nephoscope.cli.coverage_found import Found
from nephoscope.coverage import Coverage, Gap, Lack

_WIDTH = 170  # of the table: a figure that is cut short is worse than a line that wraps
_NAMES = ("collection", "namespace", "account", "region", "period")
_COUNTS = {
    "resource_days": "resource days",
    "expected": "expected",
    "stored": "stored",
    "confirmed": "confirmed",
    "lacking": "lacking",
}
_MOST = 3  # spans of a gap, and series; JSON has all


def as_json(found: Found) -> dict[str, Any]:
    """Return what was found as JSON has it."""
    return {
        "rows": found.rows,
        "total": found.total,
        "not_audited": found.not_audited,
        "not_covered": found.not_covered,
        "worst": [_one(day) for day in found.worst],
    }


def _one(day: Coverage) -> dict[str, Any]:
    return {
        "day": f"{day.day.start:%Y-%m-%d}",
        "account": day.resource.account,
        "region": day.resource.region,
        "namespace": day.resource.namespace,
        "dimensions": dict(day.resource.dimensions),
        "period": day.period,
        "state": day.state,
        "expected": day.expected,
        "lacking": day.lacking,
        **day.details(),
    }


def show(found: Found, percent: float) -> None:
    """Print the table, then what the figures alone don't say."""
    console = Console(soft_wrap=True)
    console.width = max(console.width, _WIDTH)
    console.print(table(found))
    for sentence in sentences(found, percent):
        console.print(escape(sentence))


def table(found: Found) -> Table:
    """Return the rows and their sum; names are escaped."""
    summed = found.total
    shown = Table(show_footer=True, box=None, padding=(0, 2, 0, 0))
    for name in _NAMES:
        shown.add_column(name, footer="total" if name == "collection" else "", no_wrap=True)
    for name, title in _COUNTS.items():
        shown.add_column(title, f"{summed[name]:,}", justify="right", no_wrap=True)
    shown.add_column("%", _percent(summed), justify="right", no_wrap=True)
    shown.add_column("by state", _states(summed), no_wrap=True)
    for row in found.rows:
        names = ", ".join(row["collections"]), *(str(row[name]) for name in _NAMES[1:])
        counts = (f"{row[name]:,}" for name in _COUNTS)
        shown.add_row(*map(escape, names), *counts, _percent(row), _states(row))
    return shown


def _percent(row: Mapping[str, Any]) -> str:
    """Write a percentage rounded down: 100 is said of what is whole alone."""
    value = row["percent"]
    return "" if value is None else f"{int(value * 100) / 100:.2f}"


def _states(row: Mapping[str, Any]) -> str:
    states = sorted(row["states"].items(), key=itemgetter(1), reverse=True)
    return ", ".join(f"{count:,} {state}" for state, count in states)


def sentences(found: Found, percent: float) -> Iterator[str]:
    """Yield what there is to say below the table."""
    for day in found.worst:
        yield f"{_whose(day)} lacks {day.lacking:,} of {day.expected:,} points"
        for lack in day.lacks:
            if said := _said(lack):
                yield f"  {said}"
    if found.not_audited:
        days = f"{len(found.not_audited)} day{'s' * (len(found.not_audited) != 1)}"
        yield f"{days} not audited: {', '.join(found.not_audited)}"
    if found.not_covered:
        yield f"nothing is said of the collections {', '.join(found.not_covered)}"
    if unsettled := found.total["states"].get("not settled"):
        yield f"{unsettled:,} resource days had not settled when they were asked"
    if unknown := found.total["states"].get("unknown"):
        yield f"{unknown:,} resource days are unknown: nobody saw whether the resource ran"
    below = "reached" if found.reaches(percent) else "not reached"
    yield f"{percent:g} % is {below}"


def _whose(day: Coverage) -> str:
    whose = day.resource
    place = f"{whose.account}/{whose.region} {whose.namespace} {whose.key}"
    return f"{day.day.start:%Y-%m-%d} {place} at {day.period} s"


def _said(lack: Lack) -> str:
    """Say when measures lack something that is not confirmed, and why."""
    spans = [_span(gap) for gap in lack.gaps if not gap.confirmed]
    return f"{_few(spans)}: {_few([*map('.'.join, lack.measures)])}" if spans else ""


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _span(gap: Gap) -> str:
    start, end = (f"{bound:%H:%M}" for bound in (gap.span.start, gap.span.end))
    read = "CloudWatch had nothing" if gap.first_read else ""
    why = gap.reason or read
    end = "24:00" if end == "00:00" else end
    return f"{start} to {end}" + (f" ({why})" if why else "")
