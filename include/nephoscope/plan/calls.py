"""Calls: a shard's queries, cut into as few calls of GetMetricData as its limits allow."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator

from nephoscope.model import Dimensions
from nephoscope.plan.shards import Shard

Query = tuple[Dimensions, str, str]
"""Dimensions, metric and statistic."""

CALL_QUERIES = 500
CALL_POINTS = 100_800
"""GetMetricData's limits of one call; a page of the answer holds as many points."""


def batches(shard: Shard) -> Iterator[list[Query]]:
    """Cut a shard's queries into calls, not between the metrics of a resource if it fits.

    A call asks for no more points than the shard's pace has a second: more than what AWS's
    bucket holds at once would be refused for ever.
    """
    most = _most_queries(shard)
    part: list[Query] = []
    for _, group in itertools.groupby(shard.queries(), key=operator.itemgetter(0)):
        queries = list(group)
        if part and len(part) + len(queries) > most:
            yield part
            part = []
        part += queries
        while len(part) > most:
            yield part[:most]
            part = part[most:]
    if part:
        yield part


def _most_queries(shard: Shard) -> int:
    points = min(CALL_POINTS, int(shard.pace.points)) if shard.pace else CALL_POINTS
    of_a_query = max(1, shard.window.points(shard.period))  # a short window may hold none
    return max(1, min(CALL_QUERIES, points // of_a_query))
