"""How `nephoscope plan` shows what it found: two tables, and what they don't say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from nephoscope.cli.plan_found import KEYS, Found
from nephoscope.plan.cost import DOLLARS_PER_LISTED
from nephoscope.plan.logs import LogPlan
from nephoscope.plan.projection import LISTS_FREE, MONTH, Bill, Projected, listing_dollars
from nephoscope.plan.unasked import Reason
from nephoscope.quantities import dollars, duration, size

_WIDTH = 150  # of the tables: a figure that is cut short is worse than a line that wraps
_COLUMNS: dict[str, tuple[str, Callable[[Any], str]]] = {
    "resources": ("resource days", "{:,}".format),
    "series": ("series", "{:,}".format),
    "metrics_asked": ("asked", "{:,}".format),
    "calls": ("calls", "{:,}".format),
    "points": ("points", "{:,}".format),
    "seconds": ("time", duration),
    "bytes": ("stored", size),
    "dollars": ("US$", "{:,.4f}".format),
    "dollars_if_grouped": ("grouped", "{:,.4f}".format),
}
_UNASKED: dict[Reason, str] = {
    "whole": "are there already and ask nothing.",
    "read lately": "lack what CloudWatch had nothing of lately: they are asked again later.",
    "lost": "lack what CloudWatch may no longer hold at their period.",
    "stopped": "are not asked: the instances were stopped.",
    "expired": "are not asked: CloudWatch keeps nothing for longer than 455 days.",
    "not kept": "are not asked: they are older than `keep` says.",
}


def show(found: Found) -> None:
    """Print the tables, each with its sentences."""
    console = Console(soft_wrap=True)
    console.width = max(console.width, _WIDTH)
    console.print(table(found))
    for sentence in sentences(found):
        console.print(escape(sentence))
    if found.projection:
        console.print("\n30 days of this fleet, as it is now, in US$:")
        console.print(month(found))
        for sentence in suggestions(found):
            console.print(escape(sentence))
    for sentence in buckets(found):
        console.print(escape(sentence))
    for reason in found.refused:
        console.print(f"[red]refused:[/] {escape(reason)}")
    if found.logs:
        console.print(escape(_logs(found.logs)))
    if found.note:
        console.print(escape(found.note))


def table(found: Found) -> Table:
    """Return the costs of the days; names are escaped."""
    shown = Table(show_footer=True, box=None, padding=(0, 2, 0, 0))
    for key in KEYS:
        shown.add_column(key, footer="total" if key == "account" else "", no_wrap=True)
    for key, (title, form) in _COLUMNS.items():
        shown.add_column(title, form(found.total[key]), justify="right", no_wrap=True)
    for row in found.rows:
        names = (escape(str(row[key])) for key in KEYS)
        shown.add_row(*names, *(form(row[key]) for key, (_, form) in _COLUMNS.items()))
    return shown


def sentences(found: Found) -> Iterator[str]:
    """Yield what there is to say of the days."""
    yield (
        "AWS's price list counts up to five statistics of a metric once (grouped); a bill was "
        "seen to count each."
    )
    if found.gaps:
        yield f"{found.gaps:,} series of days that are there have gaps: only these are asked."
    for reason, count in found.unasked.items():
        yield f"{count:,} resource days {_UNASKED[reason]}"


def month(found: Found) -> Table:
    """Return what collections come to in a month; names are escaped."""
    shown = Table(show_footer=True, box=None, padding=(0, 2, 0, 0))
    shown.add_column("collection", "total", no_wrap=True)
    for title in ("every", "series"):
        shown.add_column(title, justify="right", no_wrap=True)
    bills: dict[str, Callable[[Projected], Bill]] = {
        "collect_metrics": lambda one: one.live,
        "collect_metrics_daily": lambda one: one.daily,
    }
    for title, bill in bills.items():
        both = [bill(one) for one in found.projection]
        each, grouped = (sum(b.dollars for b in both), sum(b.dollars_if_grouped for b in both))
        shown.add_column(title, f"{each:,.2f}", justify="right", no_wrap=True)
        shown.add_column("grouped", f"{grouped:,.2f}", justify="right", no_wrap=True)
    for one in found.projection:
        prices = (
            f"{price:,.2f}"
            for bill in bills.values()
            for price in (bill(one).dollars, bill(one).dollars_if_grouped)
        )
        shown.add_row(escape(one.collection), _every(one.every), f"{one.series:,}", *prices)
    return shown


def suggestions(found: Found) -> Iterator[str]:
    """Yield what would make a month cheaper, and what listing the fleet adds to it."""
    for one in found.projection:
        if one.series and not one.live.metrics_asked:
            yield f"{one.collection}: of storage, so `collect_storage` asks three days of it a day."
        if (cheaper := one.cheaper) is not None:
            yield (
                f"{one.collection}: every: {_every(cheaper.every)} would save "
                f"{dollars(cheaper.dollars)} ({dollars(cheaper.dollars_if_grouped)} grouped) a "
                f"month, for the same points up to {_every(cheaper.every)} later."
            )
    if found.list_calls > LISTS_FREE:
        yield (
            f"Listing the fleet takes {found.list_calls:,} calls of ListMetrics: "
            f"{dollars(listing_dollars(found.list_calls))} after the first million."
        )


def buckets(found: Found) -> Iterator[str]:
    """Yield what it takes to list buckets, which are listed once a day."""
    if found.listings:
        price = f"{dollars(1000 * DOLLARS_PER_LISTED)} for 1,000 calls, AWS's price in us-east-1"
        yield f"\nListing buckets object by object, once a day ({price}):"
    for one in found.listings:
        known = one["objects"] is not None
        of = f"{one['objects']:,} objects" if known else "objects not counted yet"
        month = dollars(one["dollars"] * MONTH.days)
        yield f"  {one['bucket']}: {of}, {one['calls']:,} calls or more, {month} in 30 days"


def _logs(plan: LogPlan) -> str:
    return (
        f"Logs: {plan.groups:,} log groups, by their size about {plan.calls:,} calls of "
        f"FilterLogEvents, which are free, at least {duration(plan.seconds)} at AWS's quota, and "
        f"{size(plan.bytes)}, which take about as much in Elasticsearch."
    )


def _every(seconds: int) -> str:
    """Write a span as `collections.yaml` has it."""
    units = {"d": 86_400, "h": 3600, "m": 60}
    unit = next((name for name, of in units.items() if seconds % of == 0), "s")
    return f"{seconds // units.get(unit, 1)}{unit}"
