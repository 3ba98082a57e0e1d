"""What is known of a resource, as attributes and as the fields of documents.

Attributes are JSON: ``{"id": "i-0c08…", "name": "web-1", "type": "m5.large", "tags": {…}}`` and
whatever else was observed. The inventory keeps all of them; documents carry those that people
filter by, under the names of ECS and Metricbeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
