"""Requests: the calls of GetMetricData as AWS wants them written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nephoscope.plan.calls import Query
from nephoscope.plan.shards import Shard

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import GetMetricDataInputTypeDef, MetricDataQueryTypeDef


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
