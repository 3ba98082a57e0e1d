"""Documents as they stand, to be compared with what was read of AWS and written over.

What is read is as it stands after all writes that were acknowledged before. A document that
another writer changes meanwhile is read as it was; a conditional write tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch

from nephoscope.store.answers import answered, hits_of
from nephoscope.store.read.pages import PAGE

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
    with answered(client) as asked:
        asked.indices.refresh(index=alias)
        answer = asked.search(
            index=alias,
            size=PAGE,
            query={"ids": {"values": ids}},
            seq_no_primary_term=True,
            track_total_hits=False,
            allow_partial_search_results=False,
            filter_path=_HIT,
        )
        return {hit["_id"]: Hit.of(hit) for hit in hits_of(answer)}
