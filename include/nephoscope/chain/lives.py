"""When instances ran, as far as anybody saw.

EC2 says of an instance its last start and its last stop. What was before is known only where the
inventory saw it then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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
    sights: dict[Resource, list[_Sight]] = defaultdict(list)
    for one in seen:
        _add(sights, one.resource, one.attributes, plan.asked_at)
    for silent in plan.silent:
        gone = silent.last_seen
        _add(sights, silent.seen.resource, silent.seen.attributes, gone, ran_until=gone)
    for version in versions:
        last = version.seen_at
        _add(sights, version.resource, version.attributes, version.valid_from, last, last)
    return {resource: _life(some) for resource, some in sights.items()}


@dataclass(frozen=True, slots=True)
class _Sight(Life):
    """What one look tells of a life; ``stop`` is when a run ended that began then."""

    stop: Mapping[datetime, datetime] = field(default_factory=dict)


def _life(sights: Sequence[_Sight]) -> Life:
    """Return a life of what all looks tell.

    A run ended at its first stop: of one that was terminated after that, EC2 tells the second.
    """
    stops: dict[datetime, datetime] = {}
    for start, end in (stop for one in sights for stop in one.stop.items()):
        stops[start] = min(end, stops.get(start, FOREVER))
    running = (
        Window(span.start, min(span.end, stops.get(span.start, FOREVER)))
        for one in sights
        for span in one.running
    )
    return Life(joined(running), joined(span for one in sights for span in one.known))


def _add(
    sights: dict[Resource, list[_Sight]],
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
    stop = {span.start: span.end for span in instance.running if span.end != FOREVER}
    sights[resource].append(_Sight(running, known, stop))
