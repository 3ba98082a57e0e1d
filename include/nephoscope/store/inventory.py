"""The inventory: what resources there are, and what they were called when.

A version is a resource with attributes that did not change from its first to its last
observation. Another begins where something did, also where it returns to what it was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from elasticsearch import Elasticsearch

from nephoscope.errors import Rejected, StoreError
from nephoscope.model import Resource, Seen, instant
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.labels import document_fields
from nephoscope.store.load.bulk import MOST_ITEMS, Patience, send
from nephoscope.store.load.items import Item, Outcome, batches
from nephoscope.store.load.standing import Hit
from nephoscope.store.read.pages import buckets, view
from nephoscope.store.schema.making import ensure_inventory

ROUNDS = 10
"""Of writing what another writer changed meanwhile."""

_METRICS = "metrics"
"""The attribute that has the metrics that were listed."""

Observation = tuple[Resource, Mapping[str, Any]]
"""A resource and its attributes, which are JSON; `labels` names those that the store knows."""


@dataclass(frozen=True, slots=True)
class Version:
    """A resource and what it was, from one observation to another (UTC)."""

    resource: Resource
    attributes: Mapping[str, Any]
    valid_from: datetime
    seen_at: datetime

    @property
    def seen(self) -> Seen:
        """The resource as discovery saw it."""
        known = {name: value for name, value in self.attributes.items() if name != _METRICS}
        return Seen(self.resource, tuple(self.attributes.get(_METRICS, ())), known)


def observation(one: Seen) -> Observation:
    """Return what `record` notes of a resource that discovery saw."""
    return one.resource, {**one.attributes, _METRICS: list(one.metrics)}


def inventory(client: Elasticsearch, at: datetime) -> list[Version]:
    """Return the version of each resource that was the last to begin by a moment (UTC).

    A resource that AWS no longer lists stays, with the time when it was last seen; one that was
    first seen later is not in it.
    """
    return [_version(hit.source) for hit in _latest(client, at).values()]


def versions(client: Elasticsearch, since: datetime) -> Iterator[Version]:
    """Yield the versions of resources that were seen at a moment (UTC) or later, in any order."""
    with answered(client) as asked:
        asked.indices.refresh(index=names.INVENTORY, ignore_unavailable=True)
    query = {"range": {"nephoscope.seen_at": {"gte": instant(since)}}}
    with view(client, names.INVENTORY) as stored:
        yield from map(_version, stored.sources(query))


def record(
    client: Elasticsearch,
    observations: Iterable[Observation],
    seen_at: datetime,
    patience: Patience | None = None,
) -> None:
    """Note what was seen of resources at a moment (UTC); the same again changes nothing.

    Raises:
        Rejected: Elasticsearch refuses an observation for what it is; the others are noted.
    """
    ensure_inventory(client)
    patience = patience or Patience()
    waiting = {
        names.resource_id(resource): (resource, attributes) for resource, attributes in observations
    }
    for attempt in range(ROUNDS):
        if attempt:
            patience.pause(attempt - 1)
        stored = _latest(client, seen_at)
        items = batches(_items(waiting, stored, instant(seen_at)), MOST_ITEMS)
        refused = (one for settled in send(client, items, patience) for one in settled.others)
        lost = {_resource(outcome) for outcome in refused if _lost(outcome)}
        waiting = {id_: waiting[id_] for id_ in lost}
        if not waiting:
            return
    raise StoreError(f"{len(waiting)} resources were changed by others {ROUNDS} times; run again")


def _items(
    observations: Mapping[str, Observation], stored: Mapping[str, Hit], seen_at: str
) -> Iterator[Item]:
    """Yield what is to be written: a version seen once more, or a new one."""
    alias = names.write_alias(names.INVENTORY)
    for id_, (resource, attributes) in observations.items():
        source = _source(id_, resource, attributes, seen_at)
        hit = stored.get(id_)
        if hit is None or hit.source["nephoscope"]["attributes"] != _plain(attributes):
            yield Item.of("create", alias, names.document_id(id_, attributes, seen_at), source)
        elif hit.source["nephoscope"]["seen_at"] < seen_at:
            source["nephoscope"]["valid_from"] = hit.source["nephoscope"]["valid_from"]
            yield Item.of("index", alias, hit.id, source, **hit.unchanged)


def _lost(outcome: Outcome) -> bool:
    """Tell whether another writer changed the version that was to be seen once more.

    Raises:
        Rejected: it is refused for what it is.
    """
    if outcome.conflict:
        return outcome.item.verb == "index"  # a version that stands there already is no loss
    raise Rejected(f"Elasticsearch rejected a resource of the inventory: {outcome.reason}")


def _latest(client: Elasticsearch, at: datetime) -> dict[str, Hit]:
    """Return of each resource, by its id, the version that was the last to begin by a moment."""
    newest = {
        "top_hits": {
            "size": 1,
            "sort": [{"nephoscope.valid_from": "desc"}],
            "seq_no_primary_term": True,
        }
    }
    with answered(client) as asked:
        asked.indices.refresh(index=names.INVENTORY, ignore_unavailable=True)
    found = buckets(
        client,
        names.INVENTORY,
        {"range": {"nephoscope.valid_from": {"lte": instant(at)}}},
        sources=[{"resource": {"terms": {"field": "nephoscope.resource"}}}],
        aggregations={"newest": newest},
    )
    return {
        bucket["key"]["resource"]: Hit.of(bucket["newest"]["hits"]["hits"][0]) for bucket in found
    }


def _source(
    id_: str, resource: Resource, attributes: Mapping[str, Any], seen_at: str
) -> dict[str, Any]:
    fields = document_fields(attributes)
    return {
        **fields,
        "cloud": {
            **fields.get("cloud", {}),
            "provider": "aws",
            "account": {"id": resource.account},
            "region": resource.region,
        },
        "aws": {
            **fields.get("aws", {}),
            "cloudwatch": {"namespace": resource.namespace},
            "dimensions": dict(resource.dimensions),
        },
        "nephoscope": {
            "resource": id_,
            "attributes": attributes,
            "valid_from": seen_at,
            "seen_at": seen_at,
        },
    }


def _version(source: Mapping[str, Any]) -> Version:
    own, cloud, aws = source["nephoscope"], source["cloud"], source["aws"]
    resource = Resource(
        cloud["account"]["id"],
        cloud["region"],
        aws["cloudwatch"]["namespace"],
        tuple(sorted(aws["dimensions"].items())),
    )
    times = (datetime.fromisoformat(own[name]) for name in ("valid_from", "seen_at"))
    return Version(resource, own["attributes"], *times)


def _resource(outcome: Outcome) -> str:
    return str(orjson.loads(outcome.item.source)["nephoscope"]["resource"])


def _plain(attributes: Mapping[str, Any]) -> Any:
    return orjson.loads(orjson.dumps(attributes))
