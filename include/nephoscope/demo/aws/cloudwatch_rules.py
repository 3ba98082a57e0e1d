"""CloudWatch's rules about a request: its shape, its limits, its times, and how long data is kept.

The limits and the rounding are those of AWS's API reference for GetMetricData and
GetMetricStatistics. What the stand-in cannot do (metric math, statistics other than the five and
percentiles) it refuses, and says so.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import orjson

from nephoscope.demo.aws.fleet_statistics import PERCENTILE, SIMPLE
from nephoscope.demo.aws.wire import Refusal

MAX_QUERIES = 500
MAX_POINTS = 100_800
MAX_STATISTICS_POINTS = 1440
MAX_DIMENSIONS = 30
PAGE_OF_METRICS = 500
LISTED_FOR = 14 * 86400
"""ListMetrics knows what had data in the last two weeks, in seconds."""

KEPT = ((15 * 86400, 60), (63 * 86400, 300), (455 * 86400, 3600))
"""The finest period that is kept until an age; both in seconds."""

_ID = re.compile(r"[a-z][a-zA-Z0-9_]{0,254}")
_FAST_PERIODS = {1, 5, 10, 20, 30}

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One MetricStat query of GetMetricData; the dimensions are sorted.

    Attributes:
        account: whose metric it is; "" is the caller's own.
    """

    id: str
    label: str
    namespace: str
    metric: str
    dimensions: Dimensions
    period: int
    statistic: str
    returned: bool
    account: str


@dataclass(frozen=True, slots=True)
class Span:
    """What time is asked for, as CloudWatch rounds it, in seconds since 1970.

    Attributes:
        start: the first bin's, rounded down by its age to 1, 5 or 60 minutes.
        end: exclusive, its seconds dropped.
        finest: the finest period, in seconds, that CloudWatch still has at the start's age.
        kept: nothing that began earlier is held any more.
        now: when it was asked.
    """

    start: int
    end: int
    finest: int
    kept: int
    now: float

    @classmethod
    def of(cls, request: dict[str, Any], now: float, code: str) -> Span:
        """Read a request's StartTime and EndTime; the code is that of a refusal."""
        start, end = (float(required(request, name)) for name in ("StartTime", "EndTime"))
        if start >= end:
            message = "The parameter StartTime must be less than the parameter EndTime."
            raise Refusal(code, message)
        finest = next((period for age, period in KEPT if now - start < age), 3600)
        return cls(
            start=int(start // finest) * finest,
            end=int(end // 60) * 60,
            finest=finest,
            kept=int(now) - KEPT[-1][0],
            now=now,
        )


def required(request: dict[str, Any], name: str) -> Any:
    """Return a member of a request that AWS demands."""
    if request.get(name) is None:
        message = f"The request must contain the parameter {name}."
        raise Refusal("MissingRequiredParameterException", message)
    return request[name]


def queries(request: dict[str, Any]) -> list[Query]:
    """Read and judge the queries of GetMetricData."""
    asked = required(request, "MetricDataQueries")
    if not 1 <= len(asked) <= MAX_QUERIES:
        bound = f"greater than {MAX_QUERIES}" if asked else "less than 1"
        raise invalid(f"The collection MetricDataQueries must not have a size {bound}.")
    read = list(starmap(_query, enumerate(asked, 1)))
    if len({query.id for query in read}) < len(read):
        raise invalid("The values for parameter id in MetricDataQueries are not unique.")
    return read


def max_datapoints(request: dict[str, Any]) -> int:
    """Return how many points a page of GetMetricData may have."""
    limit: int = request.get("MaxDatapoints", MAX_POINTS)
    if not 1 <= limit <= MAX_POINTS:
        raise invalid(f"The parameter MaxDatapoints must be between 1 and {MAX_POINTS}.")
    return limit


def newest_first(request: dict[str, Any]) -> bool:
    """Tell the order of the points that ScanBy asks for; newest first is AWS's default."""
    order = request.get("ScanBy", "TimestampDescending")
    if order not in {"TimestampDescending", "TimestampAscending"}:
        raise invalid(f"The value {order} for parameter ScanBy is invalid.")
    return bool(order == "TimestampDescending")


def period(value: int, code: str) -> int:
    """Judge a period."""
    if value in _FAST_PERIODS or (value >= 60 and value % 60 == 0):
        return value
    message = "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60."
    raise Refusal(code, message)


def statistic(name: str, code: str) -> str:
    """Judge a statistic."""
    if name in SIMPLE or PERCENTILE.fullmatch(name):
        return name
    message = f"The value {name} for parameter Stat is not supported by the stand-in."
    raise Refusal(code, message)


def dimensions(items: list[dict[str, str]]) -> Dimensions:
    """Read a list of dimensions; their order means nothing."""
    if len(items) > MAX_DIMENSIONS:
        raise invalid(f"The collection Dimensions must not have a size above {MAX_DIMENSIONS}.")
    return tuple(sorted((required(item, "Name"), required(item, "Value")) for item in items))


def invalid(message: str) -> Refusal:
    """Return the refusal that GetMetricData answers to most that is wrong."""
    return Refusal("ValidationException", message)


def token(request: dict[str, Any], *state: float) -> str:
    """Return a NextToken that holds numbers, good for this request only."""
    return base64.urlsafe_b64encode(orjson.dumps([_fingerprint(request), *state])).decode()


def state(request: dict[str, Any]) -> list[float] | None:
    """Return the numbers in a request's NextToken, None if it is the first page's."""
    if not (given := request.get("NextToken")):
        return None
    try:
        fingerprint, *numbers = orjson.loads(base64.urlsafe_b64decode(given))
        numbers = [float(number) for number in numbers]
    except ValueError as error:
        raise Refusal("InvalidNextToken", "The next token is not valid.") from error
    if fingerprint != _fingerprint(request):
        raise Refusal("InvalidNextToken", "The next token belongs to another request.")
    return numbers


def _fingerprint(request: dict[str, Any]) -> str:
    rest = {name: value for name, value in request.items() if name != "NextToken"}
    return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _query(place: int, item: dict[str, Any]) -> Query:
    name = required(item, "Id")
    where = f"MetricDataQueries.member.{place}"
    if not _ID.fullmatch(name):
        pattern = "^[a-z][a-zA-Z0-9_]*$"
        raise invalid(f"The value {name} for parameter {where}.Id is not matching {pattern}.")
    if "Expression" in item or "MetricStat" not in item:
        raise invalid(f"{where} must have a MetricStat; the stand-in has no metric math.")
    stat = item["MetricStat"]
    metric = required(stat, "Metric")
    return Query(
        id=name,
        label=item.get("Label") or required(metric, "MetricName"),
        namespace=required(metric, "Namespace"),
        metric=required(metric, "MetricName"),
        dimensions=dimensions(metric.get("Dimensions", [])),
        period=period(required(stat, "Period"), "ValidationException"),
        statistic=statistic(required(stat, "Stat"), "ValidationException"),
        returned=item.get("ReturnData", True),
        account=item.get("AccountId", ""),
    )
