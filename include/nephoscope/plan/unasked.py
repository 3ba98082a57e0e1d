"""What a run does not ask, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nephoscope.plan.shards import Shard

Reason = Literal["stopped", "expired", "not kept", "whole", "read lately", "lost"]
"""Why something is not asked.

``stopped``: instances that were stopped all through the window. ``expired``: CloudWatch may no
longer hold it at any period. ``not kept``: it is older than the collection's ``keep``. ``whole``:
it was read for good, and all of it is stored, or has no cause to be. ``read lately``: only that is
missing of which CloudWatch had nothing less than `coverage.APART` ago. ``lost``: something is
missing, and CloudWatch may no longer hold the period at which the day is stored.
"""


@dataclass(frozen=True, slots=True)
class Unasked:
    """What a run does not ask, and why, as the shard that would have asked it."""

    reason: Reason
    shard: Shard


def left_out(unasked: Iterable[Unasked]) -> dict[Reason, int]:
    """Count the resource days that are not asked, by the reason."""
    counts: Counter[Reason] = Counter()
    for one in unasked:
        counts[one.reason] += len(one.shard.series)
    return dict(sorted(counts.items()))
