"""What CloudWatch holds of an account: which series, which of their bins, and the values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from nephoscope.demo.aws.cloudwatch_rules import Dimensions, Span
from nephoscope.demo.aws.cloudwatch_series import Series, namespaces
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_rhythm import Hash
from nephoscope.demo.aws.fleet_statistics import Bins, Values
from nephoscope.demo.aws.timing import Timing


@dataclass(frozen=True, slots=True)
class Asked:
    """A statistic that is asked of bins of a series; there is one bin at least."""

    series: Series
    bins: Bins
    statistic: str

    @property
    def shape(self) -> tuple[str, str, int, int, Bins]:
        """What those have in common that are computed together."""
        one = self.series
        return one.namespace, one.metric, one.native, len(one.rows), self.bins


class Holdings:
    """What CloudWatch holds of a fleet, as series with slots and values.

    Args:
        fleet: whose metrics they are.
        timing: when points appear.
        removed: ids of instances whose series are gone.
    """

    def __init__(self, fleet: Fleet, timing: Timing, removed: Container[str]) -> None:
        self.account = fleet.account
        self._timing = timing
        self._removed = removed
        self._namespaces = namespaces(fleet)
        self._listed = cache(self._list)

    def listed(self, region: str, namespace: str | None) -> Iterator[tuple[Series, float]]:
        """Return a region's series, each with when it is listed first; of None all namespaces'."""
        for name in self._namespaces if namespace is None else (namespace,):
            yield from self._listed(region, name)

    def gone(self, series: Series) -> bool:
        """Tell whether it was a removed instance's."""
        return series.owner in self._removed

    def series(
        self, region: str, namespace: str, metric: str, dimensions: Dimensions
    ) -> Series | None:
        """Find a series by its exact set of dimensions; None if there is none."""
        of = self._namespaces.get(namespace)
        one = of.find(region, metric, dimensions) if of else None
        return one if one and not self.gone(one) else None

    def slots(self, series: Series | None, period: int, span: Span) -> Bins:
        """Return the bins that CloudWatch could hold points of."""
        if series is None or period % series.native or period % span.finest:
            return Bins(span.start, period, 0)
        begin = Bins(span.start, period, 0).aligned(series.native)
        ended = int((span.now - self._timing.soonest - begin) // period)
        last = min(-((span.start - span.end) // period), ended)
        first = max(0, -((span.start - span.kept) // period))
        return Bins(span.start + first * period, period, max(0, last - first))

    def values(self, asked: Sequence[Asked | None], now: float) -> list[Values]:
        """Return the values of each that CloudWatch shows now, NaN where it has no point."""
        found = [np.empty(0)] * len(asked)
        alike: dict[tuple[str, str, int, int, Bins], list[tuple[int, Asked]]] = defaultdict(list)
        for place, one in enumerate(asked):
            if one is not None:
                alike[one.shape].append((place, one))
        for group in alike.values():
            places, members = zip(*group, strict=True)
            for place, values in zip(places, self._together(members, now), strict=True):
                found[place] = values
        return found

    def _list(self, region: str, namespace: str) -> list[tuple[Series, float]]:
        of = self._namespaces.get(namespace)
        if of is None:
            return []
        keys = of.statistics.samples.key.tolist()
        return [
            (one, one.first + self._timing.listing(keys[one.rows[0]])) for one in of.all(region)
        ]

    def _together(self, asked: Sequence[Asked], now: float) -> list[Values]:
        """Compute what is alike in shape; each series' samples only once."""
        series, bins = asked[0].series, asked[0].bins
        rows = {rows: n for n, rows in enumerate(dict.fromkeys(one.series.rows for one in asked))}
        names = sorted({one.statistic for one in asked})
        statistics = self._namespaces[series.namespace].statistics
        members = np.array(list(rows), dtype=np.int64)
        table = statistics.many(members, series.metric, series.native, bins, names)
        self._show(table, statistics.samples.key[members[:, 0]], series, bins, now)
        return [table[one.statistic][rows[one.series.rows]] for one in asked]

    def _show(
        self, table: dict[str, Values], keys: Hash, series: Series, bins: Bins, now: float
    ) -> None:
        """Make of values what is shown of them by now."""
        ends = bins.ends(series.native)
        begin = np.searchsorted(ends, now - self._timing.settled, side="right")
        if begin < bins.count:
            factors = self._timing.factors(keys, series.number, ends[begin:], now)
            for name, values in table.items():
                values[:, begin:] *= np.ceil(factors) if name == "SampleCount" else factors
