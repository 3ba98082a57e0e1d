"""Sorts what is wanted of resources in a window by how it is asked, or why it isn't."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from nephoscope.config.collections import Collection
from nephoscope.coverage import Measure
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
        when = cache(self._when)  # the same for all of a fleet, but for their monitoring
        for one, attributes in wanted:
            detailed, stopped = bool(attributes.get("detailed")), at_rest(one, self.window)
            kinds: dict[Kind, dict[str, tuple[str, ...]]] = defaultdict(dict)
            for metric in one.metrics:
                kind = Kind(one.resource.account, *when(metric, detailed, stopped))
                for statistic, (chosen, hull) in self._each(one, metric, kind).items():
                    asked = kinds[chosen]
                    asked[metric] = (*asked.get(metric, ()), statistic)
                    piles[chosen].widen(hull)
            for chosen, asked in kinds.items():
                only = {m: some for m, some in asked.items() if some != self.statistics[m]}
                series = Series(one.resource.dimensions, tuple(asked), attributes, only)
                piles[chosen].series.append(series)
        return piles

    def _when(self, metric: str, detailed: bool, stopped: bool) -> tuple[int, Reason | None]:
        """Return at which period a metric is asked, or would be, and why it isn't."""
        native = self.collection.native_period(metric, detailed=detailed)
        if outlived(self.window.end, self.collection.keep, self.asked_at):
            return native, "not kept"
        if stopped:
            return native, "stopped"
        period = finest_period(native, self.window.start, self.asked_at)
        return (period, None) if period else (native, "expired")

    def _each(self, one: Seen, metric: str, kind: Kind) -> dict[str, tuple[Kind, Window | None]]:
        """Return the kind of each statistic of a metric, and the hull of its gaps."""
        known = self.held.of(one.resource, self.window)
        if not known or kind.reason not in {None, "expired"}:
            return dict.fromkeys(self.statistics[metric], (kind, None))
        period = None if kind.reason else kind.period
        found: dict[str, tuple[Kind, Window | None]] = {}
        for statistic in self.statistics[metric]:
            stands = standing(known, _measure(metric, statistic), period, self.asked_at)
            if stands is None:
                found[statistic] = kind, None
            else:
                repair = stands.reason is None
                chosen = Kind(kind.account, stands.period, stands.reason, repair)
                found[statistic] = chosen, stands.hull
        return found


@cache
def _measure(metric: str, statistic: str) -> Measure:
    return metric_field(metric), statistic_field(statistic)
