"""GetMetricStatistics: several statistics of one metric, 1,440 points at most."""

from __future__ import annotations

from typing import Any

import numpy as np

from nephoscope.demo.aws import cloudwatch_rules as rules
from nephoscope.demo.aws.cloudwatch_holdings import Asked, Holdings
from nephoscope.demo.aws.cloudwatch_rules import Span
from nephoscope.demo.aws.fleet_statistics import SIMPLE
from nephoscope.demo.aws.wire import Refusal

_INVALID = "InvalidParameterValueException"
_COMBINATION = "InvalidParameterCombinationException"


def datapoints(
    holdings: Holdings, region: str, request: dict[str, Any], now: float
) -> dict[str, Any]:
    """Answer GetMetricStatistics; a Unit that is not the metric's finds nothing."""
    metric = rules.required(request, "MetricName")
    namespace = rules.required(request, "Namespace")
    period = rules.period(rules.required(request, "Period"), _INVALID)
    names = _statistics(request)
    span = Span.of(request, now, _INVALID)
    _limit(span, period)
    dimensions = rules.dimensions(request.get("Dimensions", []))
    series = holdings.series(region, namespace, metric, dimensions)
    bins = holdings.slots(series, period, span)
    points = []
    if series and bins.count and request.get("Unit", series.unit) == series.unit:
        columns = holdings.values([Asked(series, bins, name) for name in names], now)
        points = [
            {"Timestamp": start, "Unit": series.unit} | _columns(names, values)
            for start, *values in zip(bins.starts.tolist(), *columns, strict=True)
            if not np.isnan(values[0])
        ]
    # AWS's points come in no order, and a client that relies on one should notice here.
    return {"Label": metric, "Datapoints": points[1::2] + points[::2]}


def _statistics(request: dict[str, Any]) -> list[str]:
    names = [*request.get("Statistics", ()), *request.get("ExtendedStatistics", ())]
    if not names:
        raise Refusal(_COMBINATION, "Either Statistics or ExtendedStatistics must be specified.")
    return [rules.statistic(name, _INVALID) for name in names]


def _limit(span: Span, period: int) -> None:
    asked = -((span.start - span.end) // period)
    if asked > rules.MAX_STATISTICS_POINTS:
        raise Refusal(
            _COMBINATION,
            f"You have requested up to {asked:,} datapoints, which exceeds the limit of"
            f" {rules.MAX_STATISTICS_POINTS:,}. You may reduce the datapoints requested by"
            " increasing Period, or decreasing the time range.",
        )


def _columns(names: list[str], values: list[float]) -> dict[str, Any]:
    found = dict(zip(names, values, strict=True))
    simple = {name: value for name, value in found.items() if name in SIMPLE}
    extended = {name: value for name, value in found.items() if name not in SIMPLE}
    return simple | ({"ExtendedStatistics": extended} if extended else {})
