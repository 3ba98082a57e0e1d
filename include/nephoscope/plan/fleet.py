"""Which resources a run is about: what AWS lists, and what the inventory remembers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from nephoscope.config.collections import Collection
from nephoscope.instances import described
from nephoscope.model import Resource, Seen, Window
from nephoscope.plan.discovery import Discovery

BETWEEN_LOOKS = timedelta(days=1)
"""How long after it was last seen a resource may still have had data."""

LAST_POINTS = timedelta(hours=1)
"""How long after an instance stopped CloudWatch may still publish of it."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """A resource as the inventory knew it last, and when it was last seen."""

    seen: Seen
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Memory:
    """What the inventory remembers; nothing, where the fleet of the moment is all that matters.

    Attributes:
        last: the newest version of each resource.
        then: what resources were when the run's windows began.
    """

    last: Mapping[Resource, Remembered] = field(default_factory=dict)
    then: Mapping[Resource, Mapping[str, Any]] = field(default_factory=dict)


class Fleet:
    """The resources of one place, with what there is to ask of each in a window.

    Args:
        discovery: what AWS lists.
        memory: what the inventory remembers, of all places.
    """

    def __init__(self, discovery: Discovery, memory: Memory) -> None:
        self.discovery = discovery
        self.memory = memory
        self.listed = {one.resource: one for one in discovery.seen}

    def candidates(self, collection: Collection, window: Window) -> list[Seen]:
        """Return the resources of a namespace that may have had data in a window, in order.

        Those are what AWS lists, what the inventory has seen since, and what the owner names:
        CloudWatch lists a resource for two weeks after its last point, and keeps the points for
        up to 455 days. ``metrics`` are all that a resource is known to have had.
        """
        found = {
            one.resource: self._with_history(one)
            for one in (*self._silent(window), *self.listed.values())
            if one.resource.namespace == collection.namespace
        }
        for resource in self.named(collection):
            found.setdefault(resource, Seen(resource, collection.names))
        return [found[resource] for resource in sorted(found)]

    def named(self, collection: Collection) -> set[Resource]:
        """Return the resources that the owner names by id, though AWS may list them no more."""
        owner, region = self.discovery.owner, self.discovery.place.region
        return {
            Resource(owner, region, collection.namespace, ((collection.dimensions[0], one),))
            for one in collection.resources.ids
        }

    def remembered(self, asked: Iterable[Seen]) -> list[Remembered]:
        """Return those of the resources that AWS no longer lists, as the inventory knows them."""
        return [
            self.memory.last[one.resource]
            for one in asked
            if one.resource not in self.listed and one.resource in self.memory.last
        ]

    def attributes(self, one: Seen) -> Mapping[str, Any]:
        """Return what a resource was when the run's windows began, else what is known now."""
        return self.memory.then.get(one.resource, one.attributes)

    def _with_history(self, one: Seen) -> Seen:
        remembered = self.memory.last.get(one.resource)
        before = remembered.seen.metrics if remembered else ()
        return replace(one, metrics=tuple(sorted({*one.metrics, *before})))

    def _silent(self, window: Window) -> Iterator[Seen]:
        place = self.discovery.place
        owners = {self.discovery.owner, *(one.account for one in self.listed)}
        for resource, remembered in self.memory.last.items():
            if (
                resource not in self.listed
                and resource.account in owners
                and resource.region == place.region
                and window.start < remembered.last_seen + BETWEEN_LOOKS
            ):
                yield remembered.seen


def at_rest(one: Seen, window: Window) -> bool:
    """Tell whether a resource is an instance that was stopped all through a window."""
    found = described(one.resource, one.attributes)
    if found is None or found.state in {"pending", "running"} or found.stopped_at is None:
        return False
    return found.stopped_at + LAST_POINTS <= window.start


def runs(one: Seen, window: Window) -> bool:
    """Tell whether a resource is an instance that is known to have run in a window."""
    found = described(one.resource, one.attributes)
    return found is not None and any(
        span.start < window.end and window.start < span.end for span in found.running
    )
