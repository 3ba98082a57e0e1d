"""The newest point of a namespace, and what is stored of a part of it: a few documents, quickly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.store import names
from nephoscope.store.answers import answered, hits_of


@dataclass(frozen=True, slots=True)
class Newest:
    """The start of the newest stored point, and when AWS was asked for it, in UTC."""

    point: datetime
    read: datetime


def newest(client: Elasticsearch, namespace: str) -> Newest | None:
    """Return the newest point of a namespace; None where nothing is stored of it."""
    with answered(client) as asked:
        answer = asked.search(
            index=names.indices_of(namespace),
            size=1,
            query={"term": {"aws.cloudwatch.namespace": namespace}},
            sort=[{"@timestamp": {"order": "desc", "unmapped_type": "date"}}],
            source_includes=["@timestamp", "event.ingested"],
            track_total_hits=False,
            ignore_unavailable=True,
            allow_partial_search_results=False,
        )
        hits = hits_of(answer)
    if not hits:
        return None
    source = hits[0]["_source"]
    return Newest(*map(_moment, (source["@timestamp"], source["event"]["ingested"])))


@dataclass(frozen=True, slots=True)
class Found:
    """The sources of some documents, the newest first, and how many there are in all."""

    documents: Sequence[Mapping[str, Any]]
    total: int


def some(client: Elasticsearch, query: Mapping[str, Any], most: int) -> Found:
    """Return the newest documents of metrics that a query finds."""
    with answered(client) as asked:
        answer = asked.search(
            index=names.ALL_METRICS,
            size=most,
            query=query,
            sort=[{"@timestamp": {"order": "desc", "unmapped_type": "date"}}],
            track_total_hits=True,
            ignore_unavailable=True,
            allow_partial_search_results=False,
        )
        hits = hits_of(answer)
    return Found([hit["_source"] for hit in hits], answer["hits"]["total"]["value"])


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)
