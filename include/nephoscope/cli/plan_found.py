"""What `nephoscope plan` adds up: the plan of the days, and the fleet's month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from nephoscope.plan.cost import cost
from nephoscope.plan.logs import LogPlan
from nephoscope.plan.planning import Plan
from nephoscope.plan.projection import Projected, listing_dollars
from nephoscope.plan.shards import Shard
from nephoscope.plan.unasked import Reason, left_out

KEYS = ("account", "region", "collection", "period")


@dataclass(frozen=True)
class Found:
    """What there is to show.

    Attributes:
        plan: of the days that are asked about.
        slots: how many of its shards are read at once.
        projection: a month of each collection.
        list_calls: ListMetrics calls that runs need a month.
        note: what is left out, for want of a store; empty where it is there.
        buckets: the listings of a day.
        logs: the plan of the days' logs; None where no log group is opted in.
    """

    plan: Plan
    slots: int
    projection: Sequence[Projected] = ()
    list_calls: int = 0
    note: str = ""
    buckets: Sequence[Shard] = ()
    logs: LogPlan | None = None

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """Costs by account, region, collection and period."""
        groups: dict[tuple[Any, ...], list[Shard]] = defaultdict(list)
        for shard in self.plan.shards:
            if not shard.refusal:
                groups[tuple(getattr(shard, key) for key in KEYS)].append(shard)
        return [
            dict(zip(KEYS, key, strict=True)) | self._cost(group)
            for key, group in sorted(groups.items())
        ]

    @cached_property
    def total(self) -> dict[str, Any]:
        """All of it; a series that is in two rows, of two periods, is one here."""
        return self._cost(self.plan.shards)

    @property
    def gaps(self) -> int:
        """How many series are asked for their gaps alone, on each day that has some."""
        return sum(shard.metrics_asked for shard in self.plan.shards if shard.repair)

    @property
    def refused(self) -> list[str]:
        """Why something could not be planned."""
        refusals = [one.refusal for one in (*self.plan.shards, *self.buckets)]
        refusals += [one.refusal for one in self.logs.shards] if self.logs else []
        return [one for one in refusals if one]

    @property
    def listings(self) -> list[dict[str, Any]]:
        """What it takes to list each bucket once."""
        return [
            {
                "account": shard.account,
                "region": shard.region,
                "bucket": shard.listing.bucket,
                "objects": shard.listing.objects,
                "calls": shard.listing.calls,
                "dollars": cost([shard]).dollars,
            }
            for shard in self.buckets
            if shard.listing
        ]

    @property
    def unasked(self) -> Mapping[Reason, int]:
        """How many resource days are not asked, by the reason."""
        return left_out(self.plan.unasked)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "rows": self.rows,
            "total": self.total,
            "gaps": self.gaps,
            "refused": self.refused,
            "unasked": self.unasked,
            "note": self.note,
            "logs": self.logs
            and {
                name: getattr(self.logs, name) for name in ("groups", "calls", "seconds", "bytes")
            },
            "buckets": self.listings,
            "projection": [asdict(one) for one in self.projection],
            "listing": {"calls": self.list_calls, "dollars": listing_dollars(self.list_calls)},
        }

    def _cost(self, shards: Iterable[Shard]) -> dict[str, Any]:
        return asdict(cost(shards, self.slots))
