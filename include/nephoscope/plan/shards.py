"""Shards: parts of a run that are read and loaded on their own, each some seconds of work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from nephoscope.aws.pacing import Pace
from nephoscope.model import Dimensions, Window

QUERIES = (10_000, 40_000)
"""Of one shard, in a small run and at the most: 20 to 80 calls of 500 queries."""

POINTS = (1_000_000, 8_000_000)
"""Of one shard, estimated, in a small run and at the most: 10 to 80 full pages."""

MANY = 100
"""About so many shards a run has at the most; a shard takes 250 bytes of XCom."""

KEYS_OF_A_PAGE = 1000
"""Of ListObjectsV2."""

Statistics = Mapping[str, tuple[str, ...]]
"""The statistics that are asked of each metric, by the metric's name."""


@dataclass(frozen=True, slots=True)
class Series:
    """A resource and which of its metrics are asked.

    ``attributes`` are what it was in the shard's window, where that is known. ``only`` are the
    statistics of those metrics of which not all are asked that the shard names.
    """

    dimensions: Dimensions
    metrics: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    only: Statistics = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listing:
    """A bucket that is listed object by object instead of asked of CloudWatch.

    Attributes:
        bucket: its name.
        depth: levels of prefixes that are walked.
        objects: how many CloudWatch counted lately; None where that is not known.
    """

    bucket: str
    depth: int
    objects: int | None = None

    @property
    def calls(self) -> int:
        """The calls that it takes at the least: each prefix may take one more."""
        return max(1, -(-(self.objects or 0) // KEYS_OF_A_PAGE))


@dataclass(frozen=True, slots=True)
class Shard:
    """What one extract task asks: series of one account, region, collection, period and window.

    ``account`` is the one that owns the series; ``linked`` says that it is not the connection's
    own, but one that shares its metrics with it (CloudWatch cross-account observability). The
    window lies in one UTC day; that of a ``repair`` is the hull of the gaps of its series. A shard
    that has a ``refusal`` could not be planned: it says why, and fails when it is extracted, so
    that a denied region is seen as a failed task and never as a shorter list.
    """

    name: str
    connection: str
    account: str
    region: str
    collection: str
    namespace: str
    period: int
    window: Window
    statistics: Statistics
    series: tuple[Series, ...]
    linked: bool = False
    repair: bool = False
    pace: Pace | None = None
    refusal: str = ""
    listing: Listing | None = None

    def queries(self) -> Iterator[tuple[Dimensions, str, str]]:
        """Yield the shard's queries: dimensions, metric and statistic of each."""
        for one in self.series:
            for metric in one.metrics:
                for statistic in self.statistics_of(one, metric):
                    yield one.dimensions, metric, statistic

    def statistics_of(self, one: Series, metric: str) -> tuple[str, ...]:
        """Return the statistics that are asked of a metric of one of the series."""
        return one.only.get(metric) or self.statistics[metric]

    @property
    def metrics_asked(self) -> int:
        """The number of queries, which is what AWS bills when each statistic counts."""
        return sum(map(self.queries_of, self.series))

    def queries_of(self, one: Series) -> int:
        """Count what is asked of one of the series."""
        return sum(len(self.statistics_of(one, metric)) for metric in one.metrics)

    @property
    def points(self) -> int:
        """The number of points that the shard can bring at the most."""
        return self.metrics_asked * self.window.points(self.period) if self.series else 0


def cut(wholes: Sequence[Shard]) -> tuple[Shard, ...]:
    """Cut what a run asks into shards of some seconds to a minute of work, whole resources each.

    A run of a small fleet is cut so that its slots have something to do at once; one of a large
    fleet into about `MANY` shards, so that what Airflow keeps of each stays small in sum.

    Args:
        wholes: all series of an account, region, collection, period and day, one shard each.
    """
    queries = _between(QUERIES, sum(one.metrics_asked for one in wholes) // MANY)
    points = _between(POINTS, sum(one.points for one in wholes) // MANY)
    return tuple(part for one in wholes for part in _parts(one, queries, points))


def _between(limits: tuple[int, int], size: int) -> int:
    least, most = limits
    return min(most, max(least, size))


def _parts(whole: Shard, queries: int, points: int) -> Iterator[Shard]:
    most = max(1, min(queries, points // max(1, whole.window.points(whole.period))))
    for number, series in enumerate(split(whole, most), start=1):
        yield replace(whole, name=f"{whole.name}/{number}", series=series)


def split(whole: Shard, most: int) -> Iterator[tuple[Series, ...]]:
    """Cut series into parts of so many queries at the most, or of one resource that has more."""
    part: list[Series] = []
    queries = 0
    for one in whole.series:
        more = whole.queries_of(one)
        if part and queries + more > most:
            yield tuple(part)
            part, queries = [], 0
        part.append(one)
        queries += more
    if part:
        yield tuple(part)
