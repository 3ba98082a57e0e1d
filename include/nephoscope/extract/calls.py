"""Calls: a shard's queries, cut into as few calls of GetMetricData as its limits allow."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nephoscope.extract.answers import Query
from nephoscope.plan.shards import Shard

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import GetMetricDataInputTypeDef, MetricDataQueryTypeDef

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
    return max(1, min(CALL_QUERIES, points // shard.window.points(shard.period)))


def request(shard: Shard, period: int, queries: Sequence[Query]) -> GetMetricDataInputTypeDef:
    """Return the request of up to 500 of a shard's queries, whose Ids are their numbers.

    CloudWatch's bins begin at StartTime, so it is the first multiple of the period in the window.
    """
    first = -(-int(shard.window.start.timestamp()) // period) * period
    return {
        "MetricDataQueries": [
            _query(shard, period, number, query) for number, query in enumerate(queries)
        ],
        "StartTime": datetime.fromtimestamp(first, UTC),
        "EndTime": shard.window.end,
        "ScanBy": "TimestampAscending",
    }


def _query(shard: Shard, period: int, number: int, query: Query) -> MetricDataQueryTypeDef:
    dimensions, metric, statistic = query
    asked: MetricDataQueryTypeDef = {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": shard.namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
            },
            "Period": period,
            "Stat": statistic,
        },
    }
    if shard.linked:
        asked["AccountId"] = shard.account
    return asked
