"""Shards: parts of a run that are read and loaded on their own, each some seconds of work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nephoscope.model import Dimensions, Window

MAX_QUERIES = 10_000
"""Of one shard: 20 calls of GetMetricData at its limit of 500 queries."""

MAX_POINTS = 1_000_000
"""Of one shard, estimated: 10 full pages of 100,800 points."""

Statistics = Mapping[str, tuple[str, ...]]
"""The statistics that are asked of each metric, by the metric's name."""


@dataclass(frozen=True, slots=True)
class Shard:
    """What one extract task asks: series of one account, region, collection, period and window.

    ``series`` are a resource's dimensions and the metrics that are asked of it. A shard that has
    a ``refusal`` could not be planned: it says why, and fails when it is extracted, so that a
    denied region is seen as a failed task and never as a shorter list.
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
    series: tuple[tuple[Dimensions, tuple[str, ...]], ...]
    refusal: str = ""

    def queries(self) -> Iterator[tuple[Dimensions, str, str]]:
        """Yield the shard's queries: dimensions, metric and statistic of each."""
        for dimensions, metrics in self.series:
            for metric in metrics:
                for statistic in self.statistics[metric]:
                    yield dimensions, metric, statistic

    @property
    def metrics_asked(self) -> int:
        """The number of queries, which is what AWS bills when each statistic counts."""
        return sum(len(self.statistics[m]) for _, metrics in self.series for m in metrics)

    @property
    def points(self) -> int:
        """The number of points that the shard can bring at the most."""
        return self.metrics_asked * self.window.points(self.period)


Series = tuple[Dimensions, tuple[str, ...]]


def split(
    series: Iterable[Series], statistics: Statistics, points: int
) -> Iterator[tuple[Series, ...]]:
    """Cut series into shards' worth, whole resources each.

    Args:
        series: dimensions and metrics of each resource.
        statistics: what is asked of each metric.
        points: how many points one query brings at the most.
    """
    part: list[Series] = []
    queries = 0
    for one in series:
        more = sum(len(statistics[metric]) for metric in one[1])
        if part and (queries + more > MAX_QUERIES or (queries + more) * points > MAX_POINTS):
            yield tuple(part)
            part, queries = [], 0
        part.append(one)
        queries += more
    if part:
        yield tuple(part)
