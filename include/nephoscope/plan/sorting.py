"""Sorts what is wanted of resources in a window by how it is asked, or why it isn't."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from nephoscope.config.collections import Collection
from nephoscope.coverage import Coverage, Measure
from nephoscope.model import Seen, Window, outlived
from nephoscope.plan.fleet import at_rest
from nephoscope.plan.held import Held, standing
from nephoscope.plan.periods import finest_period
from nephoscope.plan.shards import Series, Statistics
from nephoscope.plan.unasked import Reason
from nephoscope.store.names import metric_field, statistic_field


class Kind(NamedTuple):
    """What the series of a shard have in common.

    Attributes:
        account: the owning one.
        period: in seconds.
        reason: why they are not asked, if so.
        repair: whether only their gaps are asked.
    """

    account: str
    period: int
    reason: Reason | None = None
    repair: bool = False


@dataclass(slots=True)
class Pile:
    """Series of one kind, and the hull of their gaps where these alone are asked."""

    series: list[Series] = field(default_factory=list)
    hull: Window | None = None

    def widen(self, hull: Window | None) -> None:
        """Take in the gaps of one more series."""
        if hull and self.hull:
            hull = Window(min(hull.start, self.hull.start), max(hull.end, self.hull.end))
        self.hull = hull or self.hull


@dataclass(frozen=True, slots=True)
class Sorting:
    """Sorts the resources of one collection.

    Attributes:
        collection: what is wanted.
        window: when; it lies in one day.
        asked_at: now, in UTC.
        held: what is there already.
        statistics: of each metric.
    """

    collection: Collection
    window: Window
    asked_at: datetime
    held: Held
    statistics: Statistics

    def piles(self, wanted: Iterable[tuple[Seen, Mapping[str, Any]]]) -> dict[Kind, Pile]:
        """Sort resources, each with its attributes in the window."""
        piles: dict[Kind, Pile] = defaultdict(Pile)
        kind_of = cache(self._kind)  # the same for all of a fleet, but for their monitoring
        for one, attributes in wanted:
            detailed, stopped = bool(attributes.get("detailed")), at_rest(one, self.window)
            known = self.held.of(one.resource, self.window)
            kinds: dict[Kind, dict[str, tuple[str, ...]]] = defaultdict(dict)
            for metric in one.metrics:
                kind = kind_of(one.resource.account, metric, detailed, stopped)
                if not known or kind.reason not in {None, "expired"}:
                    kinds[kind][metric] = self.statistics[metric]
                    continue
                for statistic in self.statistics[metric]:
                    chosen, hull = self._stands(known, (metric, statistic), kind)
                    asked = kinds[chosen]
                    asked[metric] = (*asked.get(metric, ()), statistic)
                    piles[chosen].widen(hull)
            for chosen, asked in kinds.items():
                only = {m: some for m, some in asked.items() if some != self.statistics[m]}
                series = Series(one.resource.dimensions, tuple(asked), attributes, only)
                piles[chosen].series.append(series)
        return piles

    def _kind(self, account: str, metric: str, detailed: bool, stopped: bool) -> Kind:
        """Return at which period a metric is asked whole, or would be, and why it isn't."""
        native = self.collection.native_period(metric, detailed=detailed)
        if outlived(self.window.end, self.collection.keep, self.asked_at):
            return Kind(account, native, "not kept")
        if stopped:
            return Kind(account, native, "stopped")
        period = finest_period(native, self.window.start, self.asked_at)
        return Kind(account, period) if period else Kind(account, native, "expired")

    def _stands(
        self, known: Sequence[Coverage], series: tuple[str, str], kind: Kind
    ) -> tuple[Kind, Window | None]:
        """Return the kind of a metric and statistic, and the hull of its gaps."""
        period = None if kind.reason else kind.period
        stands = standing(known, _measure(*series), period, self.asked_at)
        if stands is None:
            return kind, None
        repair = stands.reason is None
        return Kind(kind.account, stands.period, stands.reason, repair), stands.hull


@cache
def _measure(metric: str, statistic: str) -> Measure:
    return metric_field(metric), statistic_field(statistic)
