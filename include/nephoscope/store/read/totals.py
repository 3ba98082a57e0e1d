"""How much of a namespace is stored of a window, and how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.read.pages import during


@dataclass(frozen=True, slots=True)
class Totals:
    """Documents, the newest timestamp and the newest time of reading, in UTC; None where none."""

    documents: int
    newest: datetime | None
    ingested: datetime | None


def totals(client: Elasticsearch, *, namespace: str, window: Window) -> Totals:
    """Count a namespace's documents of a window; call `queries.refresh` before."""
    with answered(client) as asked:
        found = asked.search(
            index=names.ALL_METRICS,
            size=0,
            query=during({"term": {"aws.cloudwatch.namespace": namespace}}, window),
            aggregations={
                "newest": {"max": {"field": "@timestamp"}},
                "ingested": {"max": {"field": "event.ingested"}},
            },
            track_total_hits=True,
            ignore_unavailable=True,
            allow_partial_search_results=False,
        )
    values = found.get("aggregations", {})
    return Totals(
        documents=found["hits"]["total"]["value"],
        newest=_moment(values.get("newest", {})),
        ingested=_moment(values.get("ingested", {})),
    )


def _moment(found: dict[str, Any]) -> datetime | None:
    milliseconds = found.get("value")
    return None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC)
