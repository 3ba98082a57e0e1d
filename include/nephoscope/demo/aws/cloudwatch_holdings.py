"""What CloudWatch holds of the fleet: which series, which of their bins, and the values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nephoscope.demo.aws.cloudwatch_rules import Dimensions, Span
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import CREDIT_METRICS, METRICS, NAMESPACE, Instance
from nephoscope.demo.aws.fleet_samples import Samples
from nephoscope.demo.aws.fleet_statistics import Bins, Statistics, Values, native_period

GROUP_DIMENSION = "AutoScalingGroupName"
INSTANCE_DIMENSION = "InstanceId"
GROUP_PERIOD = 300


@dataclass(frozen=True, slots=True)
class Series:
    """What CloudWatch holds under one metric: an instance's samples, or a whole group's."""

    instances: tuple[Instance, ...]
    metric: str
    native: int
    group: bool


Asked = tuple[Series | None, Bins, str]
"""A series, its bins and the statistic over each."""


class Holdings:
    """What CloudWatch holds of a fleet, as series with slots and values.

    Args:
        fleet: whose metrics they are.
        lag: seconds from the end of a period until its point appears.
    """

    def __init__(self, fleet: Fleet, lag: int) -> None:
        self.fleet = fleet
        self.lag = lag
        self._statistics = Statistics(Samples(fleet))

    def series(
        self, region: str, namespace: str, metric: str, dimensions: Dimensions
    ) -> Series | None:
        """Find a series by its exact set of dimensions; None if there is none."""
        if namespace != NAMESPACE or metric not in METRICS or len(dimensions) != 1:
            return None
        ((name, value),) = dimensions
        if name == GROUP_DIMENSION and metric not in CREDIT_METRICS:
            members = self.fleet.groups.get((region, value))
            return Series(members, metric, GROUP_PERIOD, group=True) if members else None
        one = self.fleet.by_id.get(value) if name == INSTANCE_DIMENSION else None
        if one is None or one.region != region or not one.has(metric):
            return None
        return Series((one,), metric, native_period(one, metric), group=False)

    def slots(self, series: Series | None, period: int, span: Span) -> Bins:
        """Return the bins that CloudWatch could hold points of."""
        if series is None or period % series.native or period % span.finest:
            return Bins(span.start, period, 0)
        aligned = -(-span.start // series.native) * series.native
        ended = int((span.now - self.lag - aligned) // period)
        last = min(-((span.start - span.end) // period), ended)
        first = max(0, -((span.start - span.kept) // period))
        return Bins(span.start + first * period, period, max(0, last - first))

    def values(self, asked: Sequence[Asked]) -> list[Values]:
        """Return the values of each, NaN where CloudWatch has no point."""
        found: dict[int, Values] = {}
        alike: dict[tuple[str, int, Bins], list[int]] = defaultdict(list)
        for place, (series, bins, statistic) in enumerate(asked):
            if series is None or bins.count == 0:
                found[place] = np.empty(0)
            elif series.group:
                found[place] = self._group(series, bins, statistic)
            else:
                alike[series.metric, series.native, bins].append(place)
        for (metric, native, bins), places in alike.items():
            instances = [_first(asked[place][0]) for place in places]
            names = [asked[place][2] for place in places]
            values = self._instances(instances, names, metric, native, bins)
            found.update(zip(places, values, strict=True))
        return [found[place] for place in range(len(asked))]

    def _group(self, series: Series, bins: Bins, statistic: str) -> Values:
        rows = _rows(series.instances)
        return self._statistics.together(rows, series.metric, bins, [statistic])[statistic]

    def _instances(
        self,
        instances: Sequence[Instance],
        statistics: Sequence[str],
        metric: str,
        native: int,
        bins: Bins,
    ) -> list[Values]:
        """Compute one statistic for each instance; each instance's samples only once."""
        rows = {one: row for row, one in enumerate(dict.fromkeys(instances))}
        names = sorted(set(statistics))
        table = self._statistics.many(_rows(tuple(rows)), metric, native, bins, names)
        return [table[name][rows[one]] for one, name in zip(instances, statistics, strict=True)]


def _first(series: Series | None) -> Instance:
    assert series is not None
    return series.instances[0]


def _rows(instances: tuple[Instance, ...]) -> NDArray[np.int64]:
    return np.array([one.index for one in instances], dtype=np.int64)
