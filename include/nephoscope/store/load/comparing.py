"""Items against the documents that stand in their way: what is to be written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from nephoscope.store import names
from nephoscope.store.decoding import loads, uncollected
from nephoscope.store.load.items import Item, by_alias
from nephoscope.store.load.merge import merged
from nephoscope.store.load.standing import Source, by_id


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison.

    Attributes:
        unchanged: how many items say what stands there.
        writes: merges of the others; items of which nothing stands there any more.
    """

    unchanged: int
    writes: list[Item]


def compare(client: Elasticsearch, conflicts: Mapping[str, Item]) -> Compared:
    """Compare items with what stands in their way, whose ids are the keys."""
    ids = {item: id_ for id_, item in conflicts.items()}
    with uncollected():  # what is read is let go before this ends
        writes = [
            write
            for alias, items in by_alias(ids).items()
            for write in _writes(client, alias, items, [ids[item] for item in items])
        ]
    return Compared(len(conflicts) - len(writes), writes)


def _writes(
    client: Elasticsearch, alias: str, items: Sequence[Item], ids: Sequence[str]
) -> list[Item]:
    """Return the write of each item over what stands there; of one that changes nothing, none."""
    stored, writes = by_id(client, alias, ids), list[Item]()
    for item, id_, read in zip(items, ids, _sources(items), strict=True):
        hit = stored.get(id_)
        if hit is None:
            writes.append(item)
            continue
        field = names.field_of(read["aws"]["cloudwatch"]["namespace"])
        source = merged(hit.source, read, field)
        if source is not None:
            writes.append(Item.of("index", alias, hit.id, source, **hit.unchanged))
    return writes


def _sources(items: Sequence[Item]) -> list[Source]:
    sources: list[Source] = loads(b"[%b]" % b",".join(item.source for item in items))
    return sources
