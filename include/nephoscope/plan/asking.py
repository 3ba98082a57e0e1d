"""What to ask of one place's resources for one collection on one day, and at which period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from nephoscope.aws.pacing import Pace
from nephoscope.config.accounts import Quotas
from nephoscope.config.catalogue import catalogue
from nephoscope.config.collections import Collection
from nephoscope.model import Seen, Window
from nephoscope.plan.discovery import Place
from nephoscope.plan.fleet import Fleet, Remembered, runs
from nephoscope.plan.held import Held
from nephoscope.plan.shards import Shard, Statistics
from nephoscope.plan.sorting import Kind, Pile, Sorting
from nephoscope.plan.unasked import Unasked

OF_QUOTA = 0.9
"""The part of AWS's quota that shards take; the rest is for the estimate's error and others."""

RECENT = timedelta(hours=3)
"""A call whose StartTime is younger has a quota of points of its own (GetMetricData)."""


@dataclass(frozen=True, slots=True)
class Looked:
    """Where and when (UTC) a run looked at the fleet, and by which question."""

    connection: str
    region: str
    question: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a plan; `planning.Plan` says what its pieces are. Wholes are not yet cut."""

    wholes: list[Shard] = field(default_factory=list)
    refused: list[Shard] = field(default_factory=list)
    unasked: list[Unasked] = field(default_factory=list)
    silent: list[Remembered] = field(default_factory=list)
    looks: list[Looked] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Asking:
    """Plans one collection of one place in a window that lies in one day.

    Attributes:
        name: the collection's.
        collection: what is wanted.
        fleet: of whom.
        window: when.
        asked_at: now, in UTC.
        slots: how many shards may be read at once.
        held: what is there already.
    """

    name: str
    collection: Collection
    fleet: Fleet
    window: Window
    asked_at: datetime
    slots: int
    held: Held

    def part(self) -> Part:
        """Plan it."""
        wanted = [self._wanted(one) for one in self._candidates()]
        wanted = [one for one in wanted if one.metrics]
        statistics = self._statistics(wanted)
        asked = sum(len(statistics[metric]) for one in wanted for metric in one.metrics)
        if asked > self.collection.limit:
            return Part(refused=[self._too_many(asked)])
        part = Part(silent=self.fleet.remembered(wanted))
        sorting = Sorting(self.collection, self.window, self.asked_at, self.held, statistics)
        piles = sorting.piles((one, self.fleet.attributes(one)) for one in wanted)
        for kind, pile in piles.items():
            shard = self._shard(kind, pile, statistics)
            if kind.reason:
                part.unasked.append(Unasked(kind.reason, shard))
            else:
                part.wholes.append(shard)
        return part

    def _candidates(self) -> Iterator[Seen]:
        """Yield the resources that the collection is about, and those that the owner names."""
        named = self.fleet.named(self.collection)
        for one in self.fleet.candidates(self.collection, self.window):
            tags = self.fleet.attributes(one).get("tags")
            fits = self.collection.fits(one.resource.dimensions) and self.collection.wants(tags)
            if fits or one.resource in named:
                yield one

    def _wanted(self, one: Seen) -> Seen:
        """Return a resource with the metrics that are asked of it.

        Besides those that it has had, a running instance has some that all instances have:
        ListMetrics shows the metrics of a new one up to 15 minutes late.
        """
        metrics = set(one.metrics)
        if one.resource in self.fleet.listed and runs(one, self.window):
            metrics |= _always(self.collection.namespace)
        asked = sorted(metric for metric in metrics if self.collection.asked(metric))
        return replace(one, metrics=tuple(asked))

    def _statistics(self, wanted: Iterable[Seen]) -> Statistics:
        metrics = sorted({metric for one in wanted for metric in one.metrics})
        asked = ((metric, self.collection.asked(metric)) for metric in metrics)
        return {metric: found.statistics for metric, found in asked if found}

    def _shard(self, kind: Kind, pile: Pile, statistics: Statistics) -> Shard:
        place = self.fleet.discovery.place
        name = f"{kind.account}/{place.region}/{self.name}/{self.window.start:%Y-%m-%d}"
        return Shard(
            name=f"{name}/{kind.period}s{' repair' if kind.repair else ''}",
            connection=place.account.connection,
            account=kind.account,
            region=place.region,
            collection=self.name,
            namespace=self.collection.namespace,
            period=kind.period,
            window=pile.hull or self.window,
            statistics=statistics,
            series=tuple(pile.series),
            linked=kind.account != self.fleet.discovery.owner,
            repair=kind.repair,
            pace=self._pace(place.account.quotas),
        )

    def _pace(self, quotas: Quotas) -> Pace:
        """Return a shard's share of the quotas that it has with others of its place."""
        recent = self.asked_at - self.window.start < RECENT
        points = quotas.points if recent else quotas.points_older
        share = OF_QUOTA / self.slots
        return Pace(calls=share * quotas.calls, points=share * points)

    def _too_many(self, asked: int) -> Shard:
        place = self.fleet.discovery.place
        reason = (
            f"{place}: the collection {self.name} would ask {asked:,} series of "
            f"{self.window.start:%Y-%m-%d}, over its limit of {self.collection.limit:,}: name "
            "its metrics, filter its resources, or raise its limit"
        )
        return refusal(f"{place}/{self.name}", place, self.name, self.window, reason)


def _always(namespace: str) -> set[str]:
    """Return the metrics that every running resource of a namespace has."""
    known = catalogue().get(namespace)
    return {name for name, metric in known.metrics.items() if metric.always} if known else set()


def refusal(what: str, place: Place, collection: str, window: Window, reason: str) -> Shard:
    """Return the shard that stands for what could not be planned."""
    return Shard(
        name=f"{what} refused",
        connection=place.account.connection,
        account="",
        region=place.region,
        collection=collection,
        namespace="",
        period=0,
        window=Window(window.start, min(window.end, Window.day(window.start).end)),
        statistics={},
        series=(),
        refusal=reason,
    )
