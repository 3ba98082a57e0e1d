"""GetMetricData: reads a shard's series, all pages merged, every answer's status kept."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from nephoscope.cloud import explained
from nephoscope.errors import SourceError
from nephoscope.model import Dimensions, Window, dimensions_key
from nephoscope.plan.shards import Shard
from nephoscope.points import POINTS

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import GetMetricDataInputTypeDef, MetricDataQueryTypeDef

CALL_QUERIES = 500
CALL_POINTS = 100_800
"""GetMetricData's limits of one call; a page of the answer holds as many points."""

ASKS = 3
"""How often a series is asked that CloudWatch answered with an error of its own."""

Query = tuple[Dimensions, str, str]
"""Dimensions, metric and statistic."""


@dataclass(slots=True)
class Answer:
    """What CloudWatch answered to one query, over all pages.

    ``timestamps`` are epoch seconds. ``status`` is the last page's StatusCode: Complete,
    InternalError, Forbidden, or PartialData where the paging ended without being complete.
    """

    query: Query
    timestamps: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    status: str = ""
    messages: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether CloudWatch has given all that it holds."""
        return self.status == "Complete"


def extract(
    shard: Shard, cloudwatch: CloudWatchClient, asked_at: datetime
) -> Iterator[tuple[pa.Table, list[Answer]]]:
    """Read a shard, one call's queries at a time.

    Yields:
        The points of whole resources, as POINTS, and the answers that they came in.

    Raises:
        AccessDenied: AWS refuses the call.
        SourceError: a call failed after all its tries.
    """
    place = f"{shard.account}/{shard.region}"
    for queries in batches(shard):
        with explained(place):
            answers = read(cloudwatch, shard.window, shard.period, shard.namespace, queries)
        yield table(shard, answers, asked_at), answers


def batches(shard: Shard) -> Iterator[list[Query]]:
    """Cut a shard's queries into calls, not between the metrics of a resource if it fits."""
    most = max(1, min(CALL_QUERIES, CALL_POINTS // shard.window.points(shard.period)))
    part: list[Query] = []
    for _, group in itertools.groupby(shard.queries(), key=operator.itemgetter(0)):
        queries = list(group)
        if part and len(part) + len(queries) > most:
            yield part
            part = []
        part += queries
        while len(part) > CALL_QUERIES:
            yield part[:CALL_QUERIES]
            part = part[CALL_QUERIES:]
    if part:
        yield part


def read(
    cloudwatch: CloudWatchClient,
    window: Window,
    period: int,
    namespace: str,
    queries: Sequence[Query],
) -> list[Answer]:
    """Ask up to 500 queries; those that CloudWatch fails to answer are asked again."""
    answers = {query: Answer(query) for query in queries}
    waiting = list(queries)
    for _ in range(ASKS):
        asked = _ask(cloudwatch, window, period, namespace, waiting)
        answers |= {answer.query: answer for answer in asked}
        waiting = [a.query for a in asked if a.status in {"InternalError", "PartialData", ""}]
        if not waiting:
            break
    return list(answers.values())


def _ask(
    cloudwatch: CloudWatchClient,
    window: Window,
    period: int,
    namespace: str,
    queries: Sequence[Query],
) -> list[Answer]:
    """Ask once and merge the pages by Id: one Id may come on several."""
    answers = [Answer(query) for query in queries]
    request: GetMetricDataInputTypeDef = {
        "MetricDataQueries": [_query(i, namespace, period, q) for i, q in enumerate(queries)],
        "StartTime": window.start,
        "EndTime": window.end,
        "ScanBy": "TimestampAscending",
    }
    while True:
        page = cloudwatch.get_metric_data(**request)
        for result in page["MetricDataResults"]:
            answer = answers[int(result["Id"][1:])]
            answer.timestamps += _epochs(result["Timestamps"])
            answer.values += result["Values"]
            answer.status = result["StatusCode"]
            answer.messages += [f"{m['Code']}: {m['Value']}" for m in result.get("Messages", [])]
        token = page.get("NextToken")
        if not token:
            return answers
        if token == request.get("NextToken"):
            raise SourceError("CloudWatch's paging does not advance")
        request["NextToken"] = token


def _query(number: int, namespace: str, period: int, query: Query) -> MetricDataQueryTypeDef:
    dimensions, metric, statistic = query
    return {
        "Id": f"q{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": namespace,
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
            },
            "Period": period,
            "Stat": statistic,
        },
    }


def _epochs(timestamps: Sequence[Any]) -> Sequence[float]:
    """Return epoch seconds, also of the datetimes of a client without `decode_fast`."""
    if timestamps and isinstance(timestamps[0], datetime):
        return [moment.timestamp() for moment in timestamps]
    return timestamps


def table(shard: Shard, answers: Sequence[Answer], asked_at: datetime) -> pa.Table:
    """Lay answers out as POINTS."""
    counts = [len(answer.values) for answer in answers]
    total = sum(counts)
    seconds = np.array([t for a in answers for t in a.timestamps], dtype=np.float64)
    milliseconds = (seconds * 1000).astype(np.int64)
    values = np.array([v for a in answers for v in a.values], dtype=np.float64)
    dimensions = [dimensions_key(answer.query[0]) for answer in answers]
    columns = [
        *(_same(name, total) for name in (shard.account, shard.region, shard.namespace)),
        _repeated(dimensions, counts),
        _repeated([answer.query[1] for answer in answers], counts),
        _repeated([answer.query[2] for answer in answers], counts),
        pa.array(np.full(total, shard.period, dtype=np.int32)),
        pa.array(milliseconds).cast(POINTS.field("timestamp").type),
        pa.array(values),
        pa.array(np.full(total, int(asked_at.timestamp() * 1000))).cast(
            POINTS.field("asked_at").type
        ),
    ]
    return pa.Table.from_arrays(columns, schema=POINTS)


def _same(name: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), [name])


def _repeated(names: Sequence[str], counts: Sequence[int]) -> pa.DictionaryArray:
    encoded = pa.array(names, pa.string()).dictionary_encode()
    codes = np.repeat(encoded.indices.to_numpy(), counts).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes), encoded.dictionary)
