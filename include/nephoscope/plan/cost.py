"""What a plan asks: its price, the time at AWS's quotas, the room in Elasticsearch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from nephoscope.plan.calls import Query, batches
from nephoscope.plan.shards import Shard
from nephoscope.quantities import dollars, duration, size

DOLLARS_PER_METRIC = 0.01 / 1000
"""GetMetricData's price for a metric asked, whatever the number of points; no free tier."""

DOLLARS_PER_LISTED = 0.005 / 1000
"""S3's price for a LIST call of a bucket of the class Standard (AWS's price list, us-east-1)."""

STATISTICS_AS_ONE = 5
"""So many statistics of a metric count once, as AWS's text has it."""

BYTES_PER_DOCUMENT = 15
BYTES_PER_POINT = 5
"""What a document and each of its points take in Elasticsearch, merged, without copies.

Between what was measured on Elasticsearch 9.5 (`make bench`, and by hand): a document of ten
points takes 50 bytes in 20 days of the stand-in's fleet, 66 in one day of it and 84 where all are
random doubles; here 65. A document of one takes 20 among 288,000 of random doubles, and 30 among
28,000. Segments that are not merged yet take more, tags on documents too; sparse metrics less.
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan asks of AWS and its price in US dollars, by both readings of the price list.

    AWS's text counts up to five statistics of one metric once; a user's bill counted each.
    ``dollars`` is the dearer reading, ``dollars_if_grouped`` the cheaper. What listing the fleet
    takes is not in it: see `projection`. What listing buckets takes is in both.

    Attributes:
        resources: resource days: a resource counts in each day and period that it is asked in.
        series: a statistic of a metric of a resource each, once for all of the plan's days.
        metrics_asked: queries, which AWS bills: a series counts in each day that it is asked of.
        calls: of GetMetricData, as they are cut; each answers in one page.
        points: that can come at the most: sparse metrics and gaps bring fewer.
        seconds: that asking takes at the least, as the run paces itself below AWS's quotas.
        bytes: that the points take in Elasticsearch, as `BYTES_PER_POINT` says.
        lists: calls of ListObjectsV2, at the least.
    """

    resources: int
    series: int
    metrics_asked: int
    calls: int
    points: int
    seconds: float
    bytes: int
    dollars: float
    dollars_if_grouped: float
    lists: int = 0

    def __str__(self) -> str:
        listed = f"{self.lists:,} calls list buckets; " if self.lists else ""
        return (
            f"{listed}{self.metrics_asked:,} metrics asked of {self.series:,} series in "
            f"{self.calls:,} calls, at most {self.points:,} points; {dollars(self.dollars)} "
            f"({dollars(self.dollars_if_grouped)} if five statistics count once), at least "
            f"{duration(self.seconds)} at AWS's quotas, about {size(self.bytes)} in Elasticsearch"
        )


def cost(shards: Iterable[Shard], slots: int = 1) -> Cost:
    """Add up what shards ask.

    A shard of no points asks nothing: it stands for what was refused, or its window is shorter
    than its period.

    Args:
        shards: of one plan.
        slots: how many are read at once, which is what their paces are shared by. The slots are
            those of all regions together: so the times of regions add up, even though each has
            a quota of its own.
    """
    resources = asked = grouped = calls = points = documents = lists = 0
    seconds = 0.0
    series: dict[tuple[str, ...], set[Query]] = defaultdict(set)
    for shard in shards:
        lists += shard.listing.calls if shard.listing else 0
        if not shard.points or shard.listing:
            continue
        series[shard.account, shard.region, shard.namespace].update(shard.queries())
        resources += len(shard.series)
        asked += shard.metrics_asked
        grouped += metrics_if_grouped(shard)
        needed = sum(1 for _ in batches(shard))
        calls += needed
        points += shard.points
        documents += len(shard.series) * shard.window.points(shard.period)
        seconds += _seconds(shard, needed) / slots
    return Cost(
        resources=resources,
        series=sum(map(len, series.values())),
        metrics_asked=asked,
        calls=calls,
        points=points,
        seconds=seconds,
        bytes=BYTES_PER_DOCUMENT * documents + BYTES_PER_POINT * points,
        dollars=asked * DOLLARS_PER_METRIC + lists * DOLLARS_PER_LISTED,
        dollars_if_grouped=grouped * DOLLARS_PER_METRIC + lists * DOLLARS_PER_LISTED,
        lists=lists,
    )


def metrics_if_grouped(shard: Shard) -> int:
    """Count what a shard asks where up to five statistics of a metric are one."""
    metrics = groupby(shard.queries(), key=itemgetter(0, 1))
    return sum(-(-sum(1 for _ in some) // STATISTICS_AS_ONE) for _, some in metrics)


def _seconds(shard: Shard, calls: int) -> float:
    """Return how long a shard's pace makes it take; none without one."""
    pace = shard.pace
    return max(calls / pace.calls, shard.points / pace.points) if pace else 0.0
