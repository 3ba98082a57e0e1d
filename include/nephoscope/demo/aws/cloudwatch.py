"""CloudWatch of our own: GetMetricData, GetMetricStatistics and ListMetrics, with the real limits.

What AWS's texts leave open is decided so:
* A point appears when its whole period has ended (plus what `timing` says), never before.
* The last bin of a request may reach over EndTime; it is answered whole.
* Nothing finer than a metric's native period is answered, though StartTime is recent.
* Metrics of instances that a region does not have are empty and Complete, as unknown ones are.
* A query of an account that is not linked is Forbidden, the others of the call are answered.
* Series of an instance that is gone are as if they had never been.
* A page of GetMetricData holds only the Ids that have something on it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import Any

import orjson

from nephoscope.demo.aws import cloudwatch_rules as rules
from nephoscope.demo.aws.cloudwatch_holdings import Holdings
from nephoscope.demo.aws.cloudwatch_list import Listing
from nephoscope.demo.aws.cloudwatch_pages import Pages, Place
from nephoscope.demo.aws.cloudwatch_rules import Query, Span
from nephoscope.demo.aws.cloudwatch_statistics import datapoints
from nephoscope.demo.aws.control import Counters, Faults
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.quotas import Spend
from nephoscope.demo.aws.timing import PUNCTUAL, Timing
from nephoscope.demo.aws.wire import Call, Refusal, Reply

Request = dict[str, Any]
Clock = Callable[[], float]


def free(region: str, points: int, age: float) -> None:
    """Take no estimated points from any quota."""


class CloudWatch:
    """Answers the calls that it knows, from a fleet.

    Args:
        fleet: whose metrics they are.
        counters: where it counts what is asked and answered.
        faults: what it fails on purpose.
        clock: returns seconds since 1970.
        linked: the fleets of the accounts that share their metrics with this one.
        timing: when points appear.
        spend: takes a call's estimated points from its quota, or raises `Refusal`.
        removed: ids of instances that are gone.
    """

    def __init__(
        self,
        fleet: Fleet,
        counters: Counters,
        faults: Faults,
        clock: Clock,
        *,
        linked: Sequence[Fleet] = (),
        timing: Timing = PUNCTUAL,
        spend: Spend = free,
        removed: Container[str] = frozenset(),
    ) -> None:
        holdings = [Holdings(one, timing, removed) for one in (fleet, *linked)]
        self._accounts = {"": holdings[0]} | {one.account: one for one in reversed(holdings)}
        self._listing = Listing(holdings)
        self._spend = spend
        self._counters = counters
        self._faults = faults
        self._clock = clock
        self._operations = {
            "GetMetricData": self._get_metric_data,
            "GetMetricStatistics": self._get_metric_statistics,
            "ListMetrics": self._list_metrics,
        }

    def knows(self, operation: str) -> bool:
        """Tell whether it answers the operation."""
        return operation in self._operations

    def answer(self, call: Call) -> Reply:
        """Answer a call in AWS JSON 1.0, or raise `Refusal`."""
        try:
            request = orjson.loads(call.body)
        except orjson.JSONDecodeError as error:
            raise Refusal("SerializationException", str(error)) from error
        answered = self._operations[call.operation](call, request)
        return Reply(orjson.dumps(answered, option=orjson.OPT_SERIALIZE_NUMPY))

    def _get_metric_data(self, call: Call, request: Request) -> Request:
        queries = rules.queries(request)
        now, *begin = rules.state(request) or (self._clock(), 0, 0)
        span = Span.of(request, now, "ValidationException")
        if "NextToken" not in request:
            points = _estimated(queries, span)
            self._spend(call.region, points, now - float(request["StartTime"]))
            self._count(call.region, queries, points)
        pages = Pages(
            self._accounts,
            call.region,
            [query for query in queries if query.returned],
            span,
            rules.newest_first(request),
            lambda query: self._faults.query_status(call, query.metric),
        )
        parts, rest = pages.page(Place(*map(int, begin)), rules.max_datapoints(request))
        results = pages.results(parts)
        self._counters.add(call.region, points_answered=sum(len(r["Values"]) for r in results))
        token = {"NextToken": rules.token(request, now, rest.query, rest.slot)} if rest else {}
        return {"MetricDataResults": results, "Messages": []} | token

    def _count(self, region: str, queries: Sequence[Query], points: int) -> None:
        metrics = {(one.account, one.namespace, one.metric, one.dimensions) for one in queries}
        self._counters.add(
            region,
            queries_asked=len(queries),
            metrics_asked=len(metrics),
            points_estimated=points,
        )

    def _get_metric_statistics(self, call: Call, request: Request) -> Request:
        return datapoints(self._accounts[""], call.region, request, self._clock())

    def _list_metrics(self, call: Call, request: Request) -> Request:
        return self._listing.page(call.region, request, self._clock())


def _estimated(queries: Sequence[Query], span: Span) -> int:
    """Return how many points the window could hold, by which AWS's quota is counted."""
    return sum(-((span.start - span.end) // query.period) for query in queries)
