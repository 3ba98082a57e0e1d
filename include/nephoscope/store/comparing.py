"""Items against the documents that stand there: what is to be written, and what says the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from elasticsearch import Elasticsearch

from nephoscope.store import names
from nephoscope.store.decoding import loads, uncollected
from nephoscope.store.items import Batch, Item, by_alias
from nephoscope.store.merge import merged
from nephoscope.store.standing import Hit, Source, alike, by_id, identity


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of a comparison.

    Attributes:
        items: how many were compared.
        found: how many of them stand there, unchanged or not.
        unchanged: how many of these say the same.
        writes: the items that do not stand there, and merges of those that say something else.
    """

    items: int
    found: int
    unchanged: int
    writes: list[Item]


def compare(client: Elasticsearch, batch: Batch) -> Compared:
    """Compare items with what stands there, found by what they are of.

    It may miss some, as `alike` does; their creation then tells.
    """
    with uncollected():  # what is read is let go before this ends
        return _sum(_of_alias(client, *each) for each in by_alias(batch.items()).items())


def _of_alias(client: Elasticsearch, alias: str, items: Sequence[Item]) -> Compared:
    reads = _sources(items)
    whose = list(map(identity, reads))
    stored = alike(client, alias, whose)
    return _over(alias, items, reads, list(map(stored.get, whose)))


def compare_by_id(client: Elasticsearch, conflicts: Mapping[str, Item]) -> Compared:
    """Compare items with what stands in their way, whose ids are the keys."""
    ids = {item: id_ for id_, item in conflicts.items()}
    with uncollected():
        return _sum(_of_ids(client, alias, items, ids) for alias, items in by_alias(ids).items())


def _of_ids(
    client: Elasticsearch, alias: str, items: Sequence[Item], ids: Mapping[Item, str]
) -> Compared:
    stored = by_id(client, alias, [ids[item] for item in items])
    return _over(alias, items, _sources(items), [stored.get(ids[item]) for item in items])


def _over(
    alias: str, items: Sequence[Item], reads: Sequence[Source], hits: Sequence[Hit | None]
) -> Compared:
    """Make the write of each item over what stands there; of one that changes nothing, none."""
    writes, unchanged = [], 0
    for item, read, hit in zip(items, reads, hits, strict=True):
        if hit is None:
            writes.append(item)
            continue
        field = names.field_of(read["aws"]["cloudwatch"]["namespace"])
        source = merged(hit.source, read, field)
        if source is None:
            unchanged += 1
        else:
            writes.append(Item.of("index", alias, hit.id, source, **hit.unchanged))
    return Compared(len(items), len(items) - hits.count(None), unchanged, writes)


def _sum(parts: Iterable[Compared]) -> Compared:
    every = list(parts)
    return Compared(
        items=sum(one.items for one in every),
        found=sum(one.found for one in every),
        unchanged=sum(one.unchanged for one in every),
        writes=[item for one in every for item in one.writes],
    )


def _sources(items: Sequence[Item]) -> list[Source]:
    sources: list[Source] = loads(b"[%b]" % b",".join(item.source for item in items))
    return sources
