"""When instances ran, as far as anybody saw.

EC2 says of an instance its last start and its last stop. What was before is known only where the
inventory saw it then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nephoscope.coverage import Spans, joined
from nephoscope.instances import FOREVER, described
from nephoscope.model import Resource, Seen, Window
from nephoscope.plan.planning import Plan
from nephoscope.store.inventory import Version


@dataclass(frozen=True, slots=True)
class Life:
    """When a resource ran, and when it is known whether it did, in UTC."""

    running: Spans = ()
    known: Spans = ()


def lives(
    plan: Plan, seen: Iterable[Seen], versions: Iterable[Version] = ()
) -> dict[Resource, Life]:
    """Return what is known of instances; of what EC2 does not describe nothing is.

    Args:
        plan: of the run. What AWS lists no more ran at the most until it was last seen.
        seen: the fleet as the run saw it.
        versions: what the inventory saw earlier.
    """
    sights: dict[Resource, list[Life]] = defaultdict(list)
    for one in seen:
        _add(sights, one.resource, one.attributes, plan.asked_at)
    for silent in plan.silent:
        gone = silent.last_seen
        _add(sights, silent.seen.resource, silent.seen.attributes, gone, ran_until=gone)
    for version in versions:
        last = version.seen_at
        _add(sights, version.resource, version.attributes, version.valid_from, last, last)
    return {
        resource: Life(
            joined(span for one in some for span in one.running),
            joined(span for one in some for span in one.known),
        )
        for resource, some in sights.items()
    }


def _add(
    sights: dict[Resource, list[Life]],
    resource: Resource,
    attributes: Mapping[str, Any],
    seen: datetime,
    known_until: datetime = FOREVER,
    ran_until: datetime = FOREVER,
) -> None:
    """Note a sight: what it tells of the time since the last start, or else since it was seen."""
    instance = described(resource, attributes)
    if instance is None:
        return
    running = tuple(
        Window(span.start, min(span.end, ran_until))
        for span in instance.running
        if span.start < ran_until
    )
    since = min([seen, *(span.start for span in running)])
    known = (Window(since, known_until),) if since < known_until else ()
    sights[resource].append(Life(running, known))
