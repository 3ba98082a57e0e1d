"""The pages of GetMetricData: which bins of which query stand on one, and what is written of them.

A query has a slot for each bin that CloudWatch could hold. A page takes the slots of the queries
in their order until it is full, so an Id goes over several pages where a page ends within it. A
query that nothing is held of (an unknown metric, too fine a period) has no slot and is Complete.
A query that a fault rule fails, or that names an account which does not share its metrics, has its
status in place of all its slots, and a message.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nephoscope.demo.aws.cloudwatch_holdings import Asked, Holdings
from nephoscope.demo.aws.cloudwatch_rules import Query, Span
from nephoscope.demo.aws.fleet_rhythm import Whole
from nephoscope.demo.aws.fleet_statistics import Values

Failing = Callable[[Query], str | None]

_FORBIDDEN = "Forbidden"
_MESSAGES = {
    _FORBIDDEN: "You are not authorized to read this metric.",
    "InternalError": "An internal error occurred. Ask for this metric again.",
}


@dataclass(frozen=True, slots=True)
class Part:
    """The bins of one query that stand on one page, and the status that the query has there.

    Attributes:
        asked: None if there are no bins.
    """

    query: Query
    asked: Asked | None
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
        accounts: what each account holds that the request may name; the caller's own is "" too.
        failing: returns the status by which a query fails on purpose, asked once for each.
    """

    accounts: Mapping[str, Holdings]
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
            count = part.asked.bins.count if part.asked else 0
            room -= count
            if left:
                return parts, Place(place, slot + count)
            place, slot = place + 1, 0
        return parts, None

    def _part(self, query: Query, slot: int, room: int) -> tuple[Part | None, int]:
        """Return what of a query fits, None if nothing does, and how many slots are left."""
        holdings = self.accounts.get(query.account)
        if holdings is None:
            return Part(query, None, _FORBIDDEN), 0
        series = holdings.series(self.region, query.namespace, query.metric, query.dimensions)
        slots = holdings.slots(series, query.period, self.span)
        if slots.count and not room:
            return None, slots.count - slot
        if slot == 0 and (status := self.failing(query)):
            return Part(query, None, status), 0
        if series is None or slots.count == 0:
            return Part(query, None, "Complete"), 0
        count = min(room, slots.count - slot)
        left = slots.count - slot - count
        bins = slots.part(left if self.backwards else slot, count)
        asked = Asked(series, bins, query.statistic)
        return Part(query, asked, "PartialData" if left else "Complete"), left

    def results(self, parts: Sequence[Part]) -> list[dict[str, Any]]:
        """Write the parts as GetMetricData does, timestamps as seconds since 1970."""
        places: dict[str, list[int]] = defaultdict(list)
        for place, part in enumerate(parts):
            if part.asked:
                places[part.query.account].append(place)
        values: dict[int, Values] = {}
        for account, of in places.items():
            asked = [one for place in of if (one := parts[place].asked)]
            found = self.accounts[account].values(asked, self.span.now)
            values.update(zip(of, found, strict=True))
        return [self._result(part, values.get(place)) for place, part in enumerate(parts)]

    def _result(self, part: Part, values: Values | None) -> dict[str, Any]:
        stamps: Sequence[int] | Whole = []
        if part.asked and values is not None:
            stamps = part.asked.bins.starts
            held = ~np.isnan(values)
            if not held.all():
                stamps, values = stamps[held], values[held]
            if self.backwards:
                stamps, values = stamps[::-1].copy(), values[::-1].copy()
        message = _MESSAGES.get(part.status)
        messages = {"Messages": [{"Code": part.status, "Value": message}]} if message else {}
        return {
            "Id": part.query.id,
            "Label": part.query.label,
            "Timestamps": stamps,
            "Values": [] if values is None else values,
            "StatusCode": part.status,
        } | messages
