"""What AWS will charge."""

from collections.abc import Iterable
from dataclasses import dataclass

from nephoscope.plan.shards import Shard

DOLLARS_PER_METRIC = 0.01 / 1000
"""GetMetricData's price for a metric asked, whatever the number of points; no free tier."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan asks of AWS and its price in US dollars, by both readings of the price list.

    AWS's text counts up to five statistics of one metric once; a user's bill counted each.
    ``dollars`` is the dearer reading, ``dollars_if_grouped`` the cheaper.
    """

    resources: int
    metrics_asked: int
    points: int
    dollars: float
    dollars_if_grouped: float


def cost(shards: Iterable[Shard]) -> Cost:
    """Add up what shards ask."""
    resources = asked = grouped = points = 0
    for shard in shards:
        resources += len(shard.series)
        asked += shard.metrics_asked
        grouped += sum(
            -(-len(shard.statistics_of(one, metric)) // 5)
            for one in shard.series
            for metric in one.metrics
        )
        points += shard.points
    return Cost(resources, asked, points, asked * DOLLARS_PER_METRIC, grouped * DOLLARS_PER_METRIC)
