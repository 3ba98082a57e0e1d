"""What is known of a resource, as attributes and as the fields of documents.

Attributes are JSON: ``{"id": "i-0c08…", "name": "web-1", "type": "m5.large", "tags": {…}}`` and
whatever else was observed. The inventory keeps all of them; documents carry those that people
filter by, under the names of ECS and Metricbeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nephoscope.model import Instance, Resource, instant

Attributes = Mapping[str, Any]

_NAMED = {
    ("cloud", "instance", "id"): "id",
    ("cloud", "instance", "name"): "name",
    ("cloud", "machine", "type"): "type",
    ("host", "name"): "name",
    ("aws", "tags"): "tags",
}


def document_fields(attributes: Attributes) -> dict[str, Any]:
    """Return the fields that documents carry; what is unknown or empty has none."""
    fields: dict[str, Any] = {}
    for path, name in _NAMED.items():
        if value := attributes.get(name):
            at = fields
            for part in path[:-1]:
                at = at.setdefault(part, {})
            at[path[-1]] = value
    return fields


def attributes_of(instance: Instance) -> dict[str, Any]:
    """Return an instance's attributes."""
    return {
        "id": instance.instance_id,
        "name": instance.name,
        "type": instance.type,
        "zone": instance.zone,
        "state": instance.state,
        "launched_at": instant(instance.launched_at),
        "stopped_at": instance.stopped_at and instant(instance.stopped_at),
        "detailed": instance.detailed,
        "tags": dict(instance.tags),
    }


def instance_of(resource: Resource, attributes: Attributes) -> Instance:
    """Return the instance that the attributes are of."""
    stopped_at = attributes["stopped_at"]
    return Instance(
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
