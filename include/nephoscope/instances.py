"""EC2 instances: what is known of one, as attributes of the inventory, and when it ran."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from nephoscope.model import Dimensions, Resource, Window, instant

NAMESPACE = "AWS/EC2"
DIMENSION = "InstanceId"

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of what has no end yet."""


@dataclass(frozen=True, slots=True)
class Instance:
    """What EC2 says of an instance at the moment it is asked.

    ``launched_at`` is the last start, not the birth. ``stopped_at`` is from the reason of the
    last state transition, and None where EC2 gives no time. ``detailed`` is its monitoring.
    """

    account: str
    region: str
    instance_id: str
    name: str
    type: str
    zone: str
    state: str
    launched_at: datetime
    stopped_at: datetime | None = None
    detailed: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, resource: Resource, attributes: Mapping[str, Any]) -> Instance:
        """Return the instance that the attributes are of."""
        stopped_at = attributes["stopped_at"]
        return cls(
            account=resource.account,
            region=resource.region,
            instance_id=attributes["id"],
            name=attributes["name"],
            type=attributes["type"],
            zone=attributes["zone"],
            state=attributes["state"],
            launched_at=datetime.fromisoformat(attributes["launched_at"]),
            stopped_at=stopped_at and datetime.fromisoformat(stopped_at),
            detailed=attributes["detailed"],
            tags=attributes["tags"],
        )

    @property
    def resource(self) -> Resource:
        """The instance as CloudWatch names it."""
        dimensions = ((DIMENSION, self.instance_id),)
        return Resource(self.account, self.region, NAMESPACE, dimensions)

    @property
    def attributes(self) -> dict[str, Any]:
        """What the inventory keeps of it, as JSON."""
        return {
            "id": self.instance_id,
            "name": self.name,
            "type": self.type,
            "zone": self.zone,
            "state": self.state,
            "launched_at": instant(self.launched_at),
            "stopped_at": self.stopped_at and instant(self.stopped_at),
            "detailed": self.detailed,
            "tags": dict(self.tags),
        }

    @property
    def running(self) -> tuple[Window, ...]:
        """When it is known to have run, in UTC.

        Only its last start is known, and its stop where EC2 gives the time. What was before its
        last start is unknown, and nothing is expected of it.
        """
        if self.state in {"pending", "running"}:
            return (Window(self.launched_at, FOREVER),)
        if self.stopped_at is None or self.stopped_at <= self.launched_at:
            return ()
        return (Window(self.launched_at, self.stopped_at),)


def names_one(dimensions: Dimensions) -> bool:
    """Tell whether dimensions of AWS/EC2 name one instance, and no group or type of them."""
    return [name for name, _ in dimensions] == [DIMENSION]


def described(resource: Resource, attributes: Mapping[str, Any]) -> Instance | None:
    """Return the instance that a resource is, as far as EC2 described it.

    EC2 describes the instances of the connection's own account, and none of linked ones.
    """
    is_one = resource.namespace == NAMESPACE and names_one(resource.dimensions)
    return Instance.of(resource, attributes) if is_one and "state" in attributes else None
