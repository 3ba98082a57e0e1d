"""Coverage as documents, in an index a year.

A day is written whole, under an id made of resource, period and day, so that an audit that runs
again replaces what it said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.coverage import Coverage, State, details_read
from nephoscope.errors import Rejected
from nephoscope.model import Resource, Window, instant
from nephoscope.store import names
from nephoscope.store.load.bulk import MOST_ITEMS, Patience, send
from nephoscope.store.load.items import Item, batches
from nephoscope.store.schema.making import ensure_coverage


def write_coverage(
    client: Elasticsearch, days: Iterable[Coverage], patience: Patience | None = None
) -> int:
    """Write days over what was said of them before, and return how many.

    Raises:
        Rejected: Elasticsearch refuses one for what it is.
    """
    written = 0
    items = map(_item, _with_index(client, days))
    for settled in send(client, batches(items, MOST_ITEMS), patience):
        for outcome in settled.others:
            raise Rejected(f"Elasticsearch rejected a day of coverage: {outcome.reason}")
        written += settled.items
    return written


def document(one: Coverage) -> dict[str, Any]:
    """Return a day as it is stored: as few bytes as it can be, where all is well."""
    whose = one.resource
    if_any = {"confirmed": one.confirmed, "lacking": one.lacking, "reasons": one.reasons}
    return {
        "@timestamp": instant(one.day.start),
        "cloud": {"provider": "aws", "account": {"id": whose.account}, "region": whose.region},
        "aws": {
            "cloudwatch": {"namespace": whose.namespace, "period": one.period},
            "dimensions": dict(whose.dimensions),
        },
        "nephoscope": {
            "state": one.state,
            "final": one.final,
            "expected": one.expected,
            "stored": one.stored,
            **{name: value for name, value in if_any.items() if value},
            **one.details(),
        },
    }


def coverage_of(document: Mapping[str, Any]) -> Coverage:
    """Read what `document` made."""
    cloud, aws, own = document["cloud"], document["aws"], document["nephoscope"]
    return Coverage(
        resource=Resource(
            cloud["account"]["id"],
            cloud["region"],
            aws["cloudwatch"]["namespace"],
            tuple(sorted(aws["dimensions"].items())),
        ),
        period=aws["cloudwatch"]["period"],
        day=Window.day(datetime.fromisoformat(document["@timestamp"])),
        state=State(own["state"]),
        final=own["final"],
        expected=own["expected"],
        stored=own["stored"],
        confirmed=own.get("confirmed", 0),
        **details_read(own),
    )


def _with_index(client: Elasticsearch, days: Iterable[Coverage]) -> Iterator[Coverage]:
    """Yield days; the index of a year is made before the first of it."""
    made: set[int] = set()
    for one in days:
        year = one.day.start.year
        if year not in made:
            ensure_coverage(client, [year])
            made.add(year)
        yield one


def _item(one: Coverage) -> Item:
    start = instant(one.day.start)
    id_ = names.document_id(names.resource_id(one.resource), one.period, start)
    alias = names.write_alias(names.coverage_index_of(one.day.start.year))
    return Item.of("index", alias, id_, document(one))
