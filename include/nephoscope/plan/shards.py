"""Shards: parts of a run that are read and loaded on their own, each some seconds of work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nephoscope.model import Dimensions, Window

MAX_QUERIES = 10_000
"""Of one shard: 20 calls of GetMetricData at its limit of 500 queries."""

MAX_POINTS = 1_000_000
"""Of one shard, estimated: 10 full pages of 100,800 points."""

Statistics = Mapping[str, tuple[str, ...]]
"""The statistics that are asked of each metric, by the metric's name."""


@dataclass(frozen=True, slots=True)
class Series:
    """A resource and which of its metrics are asked.

    ``fields`` are what its documents carry of it besides: names, type, tags, by ECS's names.
    """

    dimensions: Dimensions
    metrics: tuple[str, ...]
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a shard may ask: GetMetricData calls, and points as AWS estimates them, a second."""

    calls: float
    points: float


@dataclass(frozen=True, slots=True)
class Shard:
    """What one extract task asks: series of one account, region, collection, period and window.

    ``account`` is the one that owns the series; ``linked`` says that it is not the connection's
    own, but one that shares its metrics with it (CloudWatch cross-account observability). The
    window lies in one UTC day. A shard that has a ``refusal`` could not be planned: it says why,
    and fails when it is extracted, so that a denied region is seen as a failed task and never as
    a shorter list.
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
    pace: Pace | None = None
    refusal: str = ""

    def queries(self) -> Iterator[tuple[Dimensions, str, str]]:
        """Yield the shard's queries: dimensions, metric and statistic of each."""
        for one in self.series:
            for metric in one.metrics:
                for statistic in self.statistics[metric]:
                    yield one.dimensions, metric, statistic

    @property
    def metrics_asked(self) -> int:
        """The number of queries, which is what AWS bills when each statistic counts."""
        return sum(len(self.statistics[m]) for one in self.series for m in one.metrics)

    @property
    def points(self) -> int:
        """The number of points that the shard can bring at the most."""
        return self.metrics_asked * self.window.points(self.period)


def split(
    series: Iterable[Series], statistics: Statistics, points: int
) -> Iterator[tuple[Series, ...]]:
    """Cut series into shards' worth, whole resources each.

    Args:
        series: resources with their metrics.
        statistics: what is asked of each metric.
        points: how many points one query brings at the most.
    """
    part: list[Series] = []
    queries = 0
    for one in series:
        more = sum(len(statistics[metric]) for metric in one.metrics)
        if part and (queries + more > MAX_QUERIES or (queries + more) * points > MAX_POINTS):
            yield tuple(part)
            part, queries = [], 0
        part.append(one)
        queries += more
    if part:
        yield tuple(part)
