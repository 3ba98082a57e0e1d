"""Reads: hits and buckets page after page, in flat memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.store.answers import answered

PAGE = 10_000
"""Elasticsearch's default limit of one search."""

BUCKETS = 1_000
"""Of one page of an aggregation; each may hold a hundred counts."""

_KEEP_ALIVE = "5m"


Fields = dict[str, Any]
"""The fields of a hit that were asked for; each has a list of values."""


def hits(
    client: Elasticsearch,
    index: str,
    query: Mapping[str, Any],
    fields: Sequence[str | Mapping[str, str]],
) -> Iterator[list[Fields]]:
    """Yield pages of the hits of a query, of the indices as they stand at the first.

    Args:
        client: the official client.
        index: a name, an alias or a pattern; indices that do not exist have no hits.
        query: as Elasticsearch writes it.
        fields: what to read of each hit, as ``docvalue_fields``.
    """
    # Neither ids nor sources, which cost half of the time.
    search = {"query": query, "docvalue_fields": fields, "stored_fields": "_none_"}
    for page in _pages(client, index, search):
        yield [hit["fields"] for hit in page]


def sources(
    client: Elasticsearch, index: str, query: Mapping[str, Any]
) -> Iterator[list[dict[str, Any]]]:
    """Yield pages of the documents that a query hits, likewise."""
    for page in _pages(client, index, {"query": query}):
        yield [hit["_source"] for hit in page]


def _pages(
    client: Elasticsearch, index: str, search: Mapping[str, Any]
) -> Iterator[list[dict[str, Any]]]:
    after: dict[str, Any] = {}
    with _point_in_time(client, index) as pit:
        while page := _page(client, pit, {**search, **after}):
            yield page
            after["search_after"] = page[-1]["sort"]


@contextmanager
def _point_in_time(client: Elasticsearch, index: str) -> Generator[dict[str, str], None, None]:
    """Hold a view of the indices; yield how a search names it, which every answer may change."""
    with answered(client) as asked:
        opened = asked.open_point_in_time(
            index=index,
            keep_alive=_KEEP_ALIVE,
            ignore_unavailable=True,
            allow_partial_search_results=False,
        )
    pit = {"id": opened["id"], "keep_alive": _KEEP_ALIVE}
    try:
        yield pit
    finally:
        with answered(client) as asked:
            asked.options(ignore_status=404).close_point_in_time(id=pit["id"])


def _page(
    client: Elasticsearch, pit: dict[str, str], search: Mapping[str, Any]
) -> list[dict[str, Any]]:
    with answered(client) as asked:
        answer = asked.search(
            pit=pit,
            size=PAGE,
            sort=[{"_shard_doc": "asc"}],
            track_total_hits=False,
            allow_partial_search_results=False,
            **search,
        )
    pit["id"] = answer["pit_id"]
    page: list[dict[str, Any]] = answer["hits"]["hits"]
    return page


def buckets(
    client: Elasticsearch,
    index: str,
    query: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]],
    aggregations: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """Yield the buckets of a composite aggregation over the hits of a query.

    Args:
        client: the official client.
        index: a name, an alias or a pattern; indices that do not exist have no hits.
        query: as Elasticsearch writes it.
        sources: what a bucket has in common, as a composite aggregation writes it.
        aggregations: what is computed of each bucket.
    """
    composite: dict[str, Any] = {"size": BUCKETS, "sources": sources}
    while True:
        with answered(client) as asked:
            answer = asked.search(
                index=index,
                size=0,
                query=query,
                aggregations={"all": {"composite": composite, "aggregations": aggregations}},
                allow_partial_search_results=False,
                ignore_unavailable=True,
            )
        found = answer.get("aggregations", {}).get("all", {})
        yield from found.get("buckets", [])
        if "after_key" not in found:
            return
        composite["after"] = found["after_key"]
