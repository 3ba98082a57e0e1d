"""Documents as they stand, to be compared with what was read of AWS and written over.

What is read is as it stands after all writes that were acknowledged before. A document that
another writer changes meanwhile is read as it was; a conditional write tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from elasticsearch import Elasticsearch

from nephoscope.store.answers import answered
from nephoscope.store.pages import PAGE

Source = dict[str, Any]

_HIT = "hits.hits._id,hits.hits._seq_no,hits.hits._primary_term,hits.hits._source"


class Hit(NamedTuple):
    """A stored document, and what a conditional write of it names."""

    id: str
    seq_no: int
    primary_term: int
    source: dict[str, Any]

    @classmethod
    def of(cls, hit: Mapping[str, Any]) -> Hit:
        """Read a hit that was asked for with ``seq_no_primary_term``."""
        return cls(hit["_id"], hit["_seq_no"], hit["_primary_term"], hit["_source"])

    @property
    def unchanged(self) -> dict[str, int]:
        """The condition of a write that must not overwrite another."""
        return {"if_seq_no": self.seq_no, "if_primary_term": self.primary_term}


def by_id(client: Elasticsearch, alias: str, ids: Sequence[str]) -> dict[str, Hit]:
    """Read documents by their ids; at most `PAGE`.

    A refresh and a search: in a time series index that is five to ten times as fast as mget.
    """
    return {hit.id: hit for hit in _search(client, alias, {"ids": {"values": ids}})}


Identity = tuple[str, str, str, int, bytes, str]
"""What makes documents one: account, region, namespace, period, dimensions and time."""


def identity(source: Source) -> Identity:
    """Return what a document is of."""
    cloud, aws = source["cloud"], source["aws"]
    whose, dimensions = aws["cloudwatch"], aws.get("dimensions", {})
    return (
        cloud["account"]["id"],
        cloud["region"],
        whose["namespace"],
        whose["period"],
        orjson.dumps(dimensions, option=orjson.OPT_SORT_KEYS),
        source["@timestamp"],
    )


def alike(client: Elasticsearch, alias: str, reads: Sequence[Identity]) -> dict[Identity, Hit]:
    """Read the documents that reads are of, in the order in which they lie on the disk.

    That takes a third of the time that their ids take. It may leave some out: of those that
    resemble the reads it looks at `PAGE`.
    """
    accounts, regions, _, periods, dimensions, times = map(set, zip(*reads, strict=True))
    terms = {
        "cloud.account.id": accounts,
        "cloud.region": regions,
        "aws.cloudwatch.period": periods,
        **_shared([orjson.loads(one) for one in dimensions]),
    }
    named = [{"terms": {field: sorted(values)}} for field, values in terms.items()]
    time = {"range": {"@timestamp": {"gte": min(times), "lte": max(times)}}}
    found = _search(client, alias, {"bool": {"filter": [*named, time]}})
    return {identity(hit.source): hit for hit in found}


def _shared(dimensions: Sequence[Mapping[str, str]]) -> dict[str, set[str]]:
    """Return the values of the dimensions that all have, by field."""
    shared = set(dimensions[0]).intersection(*dimensions)
    return {f"aws.dimensions.{name}": {one[name] for one in dimensions} for name in shared}


def _search(client: Elasticsearch, alias: str, query: Mapping[str, Any]) -> list[Hit]:
    with answered(client) as asked:
        asked.indices.refresh(index=alias)
        answer = asked.search(
            index=alias,
            size=PAGE,
            query=query,
            seq_no_primary_term=True,
            track_total_hits=False,
            allow_partial_search_results=False,
            filter_path=_HIT,
        )
    return [Hit.of(hit) for hit in answer.get("hits", {}).get("hits", [])]
