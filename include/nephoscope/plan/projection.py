"""What collections come to in a month, and where asking less often would save."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from nephoscope.config.collections import Collection
from nephoscope.plan.cost import DOLLARS_PER_METRIC, metrics_if_grouped
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Shard
from nephoscope.plan.windows import STORAGE_DAYS

MONTH = timedelta(days=30)

CHEAPER = timedelta(hours=1)
"""How often the suggestion asks. AWS bills metrics, whatever their points, so that it asks a
twelfth of 5-minutely for the same points; all that is given up is up to an hour of freshness."""

WORTH = 1.0
"""US dollars a month, by the dearer reading, from which on a saving is worth saying."""

LIST_PAGE = 500
"""Metrics of one answer of ListMetrics."""

LISTS_FREE = 1_000_000
"""ListMetrics calls a month for which AWS charges nothing, of an account's first million of all
CloudWatch requests together."""

DOLLARS_PER_LIST = 0.01 / 1000


@dataclass(frozen=True, slots=True)
class Bill:
    """Metrics asked in a month and their price in US dollars, by both readings, as `Cost` has."""

    metrics_asked: int
    dollars: float
    dollars_if_grouped: float


@dataclass(frozen=True, slots=True)
class Saving:
    """How many US dollars a month another cadence, in seconds, saves."""

    every: int
    dollars: float
    dollars_if_grouped: float


@dataclass(frozen=True, slots=True)
class Projected:
    """A month of a collection.

    Attributes:
        collection: its name.
        every: how often it is asked, in seconds.
        series: what a run asks of the fleet of now.
        live: the bill of `collect_metrics`.
        daily: the bill of `collect_metrics_daily`, which asks each series once a day; of storage
            that of `collect_storage`, which asks each of three days, and is the only one.
        cheaper: what asking hourly would save; None where that is not worth saying.
    """

    collection: str
    every: int
    series: int
    live: Bill
    daily: Bill
    cheaper: Saving | None


def projected(plan: Plan, collections: Mapping[str, Collection]) -> list[Projected]:
    """Project a plan of each collection's newest window over 30 days, the largest saving first.

    What the plan has been refused is left out.
    """
    shards: dict[str, list[Shard]] = defaultdict(list)
    for shard in plan.shards:
        shards[shard.collection].append(shard)
    found = [
        _storage(name, shards[name])
        if collections[name].of_storage
        else _month(name, collections[name].every, shards[name])
        for name in plan.windows
    ]
    return sorted(found, key=lambda one: one.cheaper.dollars if one.cheaper else 0.0, reverse=True)


def listing_calls(plan: Plan, collections: Mapping[str, Collection], looks: int) -> int:
    """Count the ListMetrics calls of so many looks at the fleet; DescribeInstances is free.

    Each named metric is listed in each region, a namespace whole where a name is a pattern. It
    is the least: other metrics may be listed besides what is asked.
    """
    asked: Counter[tuple[str, str, str, str]] = Counter()
    for shard in plan.shards:
        for metric in (metric for one in shard.series for metric in one.metrics):
            known = metric if metric in collections[shard.collection].names else ""
            asked[shard.connection, shard.region, shard.collection, known] += 1
    calls = 0
    for look in plan.looks:
        for name, one in collections.items():
            listed = [""] if one.has_patterns else one.names
            found = (asked[look.connection, look.region, name, metric] for metric in listed)
            calls += sum(max(1, -(-count // LIST_PAGE)) for count in found)
    return calls * looks


def listing_dollars(calls: int) -> float:
    """Return what AWS charges for so many ListMetrics calls in a month, if there are no others."""
    return max(0, calls - LISTS_FREE) * DOLLARS_PER_LIST


def _month(name: str, every: timedelta, shards: Sequence[Shard]) -> Projected:
    live, daily = _bill(shards, every), _bill(shards, timedelta(days=1))
    hourly = _bill(shards, CHEAPER)
    saving = Saving(
        int(CHEAPER.total_seconds()),
        live.dollars - hourly.dollars,
        live.dollars_if_grouped - hourly.dollars_if_grouped,
    )
    return Projected(
        collection=name,
        every=int(every.total_seconds()),
        series=sum(shard.metrics_asked for shard in shards),
        live=live,
        daily=daily,
        cheaper=saving if every < CHEAPER and saving.dollars >= WORTH else None,
    )


def _storage(name: str, shards: Sequence[Shard]) -> Projected:
    a_day = timedelta(days=1)
    asked = sum(shard.metrics_asked for shard in shards)
    daily = _bill([*shards] * STORAGE_DAYS, a_day)
    return Projected(name, int(a_day.total_seconds()), asked, Bill(0, 0.0, 0.0), daily, None)


def _bill(shards: Sequence[Shard], every: timedelta) -> Bill:
    """Return what asking shards' series so often comes to.

    Windows in which no bin of a series begins ask nothing: those shorter than its period.
    """
    asked = grouped = 0
    for shard in shards:
        if shard.series:
            runs = MONTH // max(every, timedelta(seconds=shard.period))
            asked += runs * shard.metrics_asked
            grouped += runs * metrics_if_grouped(shard)
    return Bill(asked, asked * DOLLARS_PER_METRIC, grouped * DOLLARS_PER_METRIC)
