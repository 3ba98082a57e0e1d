"""Reads: hits and buckets page after page, in flat memory, whole or an error."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.errors import StoreError
from nephoscope.model import Window, instant
from nephoscope.store.answers import address, answered

PAGE = 10_000
"""Elasticsearch's default limit of one search."""

BUCKETS = 1_000
"""Of one page of an aggregation; each may hold a document or a hundred counts."""

MOST_SLICES = 1_024
"""Elasticsearch's default limit of one view."""

_KEEP_ALIVE = "5m"
_READ = "pit_id,timed_out,_shards.failed,hits.hits.sort,hits.hits._source,aggregations"
_VALUES = {"stored_fields": "_none_"}  # neither ids nor sources, which cost half of the time

Query = dict[str, Any]

Columns = Sequence[tuple[Any, ...]]
"""A page of values: a tuple for each field, with a value of each hit."""


@contextmanager
def view(
    client: Elasticsearch, index: str, window: Window | None = None
) -> Generator[View, None, None]:
    """Hold a view of indices, so that all pages are of one moment.

    Args:
        client: the official client.
        index: a name, an alias or a pattern; indices that do not exist hold nothing.
        window: leave indices out that have nothing of a time in it.
    """
    with answered(client) as asked:
        opened = asked.open_point_in_time(
            index=index,
            keep_alive=_KEEP_ALIVE,
            ignore_unavailable=True,
            allow_partial_search_results=False,
            index_filter=None if window is None else _time(window),
        )
    seen = View(client, opened["id"])
    try:
        yield seen
    finally:
        with answered(client) as asked:
            asked.options(ignore_status=404).close_point_in_time(id=seen.id)


class View:
    """Indices as they stood when it was opened.

    Every method raises a StoreError where a shard did not answer, or an index is gone.
    """

    def __init__(self, client: Elasticsearch, id_: str) -> None:
        self.id = id_
        self._client = client

    def hits(self, query: Query, sort: Sequence[Any]) -> Iterator[Columns]:
        """Yield pages of what the hits of a query are sorted by, in columns, in any order.

        To read a field by sorting takes a third of the time that ``docvalue_fields`` take, but a
        next page of a search looks at all hits once more, and a name is found fast where the one
        before was the same. So there is a search for each slice of about a page: a slice is some
        resources, as a time series index keeps the points of each together.

        Args:
            query: as Elasticsearch writes it.
            sort: the time, then what tells any two hits apart, then what else is to be read. A
                view adds a last one of its own, which is left out.
        """
        count = self._count(query)
        slices = min(-(-4 * count // (3 * PAGE)), MOST_SLICES)  # they aren't even
        for number in range(slices):
            slice_ = {"slice": {"id": number, "max": slices}} if slices > 1 else {}
            for page in self._slice({**_VALUES, "query": query, "sort": sort, **slice_}):
                count -= len(page)
                yield list(zip(*page, strict=True))[:-1]
        if count:
            raise StoreError(
                f"Elasticsearch at {address(self._client)} counts {count} documents more than it "
                "gave; run again"
            )

    def _slice(self, search: dict[str, Any]) -> Iterator[list[list[Any]]]:
        while found := self._search(search | {"size": PAGE}).get("hits", {}).get("hits", []):
            page = [hit["sort"] for hit in found]
            yield page
            if len(page) < PAGE:
                break
            search["search_after"] = page[-1]

    def sources(self, query: Query) -> Iterator[dict[str, Any]]:
        """Yield the documents that a query hits, in any order."""
        search = {"query": query, "sort": ["_shard_doc"], "size": PAGE}
        while found := self._search(search).get("hits", {}).get("hits", []):
            yield from (hit["_source"] for hit in found)
            search["search_after"] = found[-1]["sort"]

    def _count(self, query: Query) -> int:
        held = {"held": {"value_count": {"field": "@timestamp"}}}
        answer = self._search({"query": query, "size": 0, "aggregations": held})
        count: int = answer.get("aggregations", {}).get("held", {}).get("value", 0)
        return count

    def spans(
        self, query: Query, window: Window, most: int, steps: Sequence[int]
    ) -> Iterator[Window]:
        """Part a window, in order, so that each part has some hits of a query.

        Args:
            query: as Elasticsearch writes it.
            window: what is parted.
            most: hits of a part; more only where they are all of one of the last of the steps.
            steps: seconds, each a multiple of the next.
        """
        step, *finer = steps
        start, held = window.start, 0
        for moment, count in self._counts(query, window, step):
            if held and held + count > most:
                yield Window(start, moment)
                start, held = moment, 0
            held += count
            if held > most and finer:
                end = min(moment + timedelta(seconds=step), window.end)
                yield from self.spans(query, Window(max(start, moment), end), most, finer)
                start, held = end, 0
        if held:
            yield Window(start, window.end)

    def _counts(self, query: Query, window: Window, step: int) -> Iterator[tuple[datetime, int]]:
        """Yield the starts of the steps of a window that have hits of a query, and how many."""
        steps = {"field": "@timestamp", "fixed_interval": f"{step}s", "min_doc_count": 1}
        answer = self._search(
            {
                "query": during(query, window),
                "size": 0,
                "aggregations": {"steps": {"date_histogram": steps}},
            }
        )
        for bucket in answer.get("aggregations", {}).get("steps", {}).get("buckets", []):
            yield datetime.fromtimestamp(bucket["key"] / 1000, UTC), bucket["doc_count"]

    def buckets(
        self,
        query: Query,
        sources: Sequence[Mapping[str, Any]],
        aggregations: Mapping[str, Any],
        size: int,
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield pages of the buckets of a composite aggregation over the hits of a query.

        Args:
            query: as Elasticsearch writes it.
            sources: what a bucket has in common, as a composite aggregation writes it.
            aggregations: what is computed of each bucket.
            size: buckets of a page.
        """
        composite: dict[str, Any] = {"size": size, "sources": sources}
        all_ = {"all": {"composite": composite, "aggregations": aggregations}}
        while True:
            answer = self._search({"query": query, "size": 0, "aggregations": all_})
            found = answer.get("aggregations", {}).get("all", {})
            if page := found.get("buckets"):
                yield page
            if "after_key" not in found:
                return
            composite["after"] = found["after_key"]

    def _search(self, search: Mapping[str, Any]) -> dict[str, Any]:
        with answered(self._client) as asked:
            answer: dict[str, Any] = asked.search(
                pit={"id": self.id, "keep_alive": _KEEP_ALIVE},
                track_total_hits=False,
                allow_partial_search_results=False,
                filter_path=_READ,
                **search,
            ).body
        shards = answer.get("_shards", {})
        if answer.get("timed_out", True) or shards.get("failed", 1):
            raise StoreError(
                f"Elasticsearch at {address(self._client)} gave a part of an answer: a shard "
                "failed, or was too slow. See its log, and run again"
            )
        self.id = answer["pit_id"]
        return answer


def buckets(
    client: Elasticsearch,
    index: str,
    query: Query,
    sources: Sequence[Mapping[str, Any]],
    aggregations: Mapping[str, Any],
) -> Iterator[dict[str, Any]]:
    """Yield the buckets of a composite aggregation over the indices as they stand: `View.buckets`.

    Args:
        client: the official client.
        index: a name, an alias or a pattern; indices that do not exist have no hits.
        query: as Elasticsearch writes it.
        sources: what a bucket has in common, as a composite aggregation writes it.
        aggregations: what is computed of each bucket.
    """
    with view(client, index) as stored:
        for page in stored.buckets(query, sources, aggregations, BUCKETS):
            yield from page


def during(query: Query, window: Window) -> Query:
    """Narrow a query to the hits of a time in a window."""
    return {"bool": {"filter": [query, _time(window)]}}


def _time(window: Window) -> Query:
    return {"range": {"@timestamp": {"gte": instant(window.start), "lt": instant(window.end)}}}
