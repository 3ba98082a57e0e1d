"""The pages of GetMetricData: which bins of which query stand on one, and what is written of them.

A query has a slot for each bin that CloudWatch could hold. A page takes the slots of the queries
in their order until it is full, so an Id goes over several pages where a page ends within it. A
query that nothing is held of (an unknown metric, too fine a period) has no slot and is Complete.
A query that a fault rule fails has its status in place of all its slots.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

import numpy as np

from nephoscope.demo.aws.cloudwatch_holdings import Holdings, Series
from nephoscope.demo.aws.cloudwatch_rules import Query, Span
from nephoscope.demo.aws.fleet_statistics import Bins, Values

Failing = Callable[[Query], str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """The bins of one query that stand on one page, and the status that the query has there."""

    query: Query
    series: Series | None
    bins: Bins
    status: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: the query's number and how many of its slots went before."""

    query: int = 0
    slot: int = 0


@dataclass(frozen=True, slots=True)
class Pages:
    """The answer to one request, whose pages can be had in any order.

    Attributes:
        failing: returns the status by which a query fails on purpose, asked once for each.
    """

    holdings: Holdings
    region: str
    queries: Sequence[Query]
    span: Span
    backwards: bool
    failing: Failing

    def page(self, begin: Place, room: int) -> tuple[list[Part], Place | None]:
        """Return what stands on a page with room for so many points, and where the next begins."""
        parts: list[Part] = []
        place, slot = begin.query, begin.slot
        while place < len(self.queries):
            part, left = self._part(self.queries[place], slot, room)
            if part is None:
                return parts, Place(place, slot)
            parts.append(part)
            room -= part.bins.count
            if left:
                return parts, Place(place, slot + part.bins.count)
            place, slot = place + 1, 0
        return parts, None

    def _part(self, query: Query, slot: int, room: int) -> tuple[Part | None, int]:
        """Return what of a query fits, None if nothing does, and how many slots are left."""
        holdings = self.holdings
        series = holdings.series(self.region, query.namespace, query.metric, query.dimensions)
        slots = holdings.slots(series, query.period, self.span)
        if slots.count and not room:
            return None, slots.count - slot
        if slot == 0 and (status := self.failing(query)):
            return Part(query, None, slots.part(0, 0), status), 0
        count = min(room, slots.count - slot)
        left = slots.count - slot - count
        bins = slots.part(left if self.backwards else slot, count)
        return Part(query, series, bins, "PartialData" if left else "Complete"), left

    def results(self, parts: Sequence[Part]) -> list[dict[str, Any]]:
        """Write the parts as GetMetricData does, timestamps as seconds since 1970."""
        values = self.holdings.values([(p.series, p.bins, p.query.statistic) for p in parts])
        return list(starmap(self._result, zip(parts, values, strict=True)))

    def _result(self, part: Part, values: Values) -> dict[str, Any]:
        held = ~np.isnan(values)
        stamps = part.bins.starts
        if not held.all():
            stamps, values = stamps[held], values[held]
        if self.backwards:
            stamps, values = stamps[::-1].copy(), values[::-1].copy()
        return {
            "Id": part.query.id,
            "Label": part.query.label,
            "Timestamps": stamps,
            "Values": values,
            "StatusCode": part.status,
        }
