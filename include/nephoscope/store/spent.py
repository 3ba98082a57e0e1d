"""What runs spent, added up by the UTC day on which they were planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.model import Window
from nephoscope.spending import Charge, exact
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.read.pages import buckets, during

_CHARGE = tuple(one.name for one in fields(Charge))


@dataclass(frozen=True, slots=True)
class Spent:
    """A UTC day's runs.

    Attributes:
        day: on which they were planned.
        runs: how many.
        counted: and of how many it is known what they asked.
        estimated: what all were to ask.
        asked: what the counted ones did.
    """

    day: date
    runs: int
    counted: int
    estimated: Charge
    asked: Charge


def spent(client: Elasticsearch, window: Window) -> list[Spent]:
    """Return the days of a window (UTC) on which runs were planned, the first one first."""
    with answered(client) as asked:
        asked.indices.refresh(index=names.COSTS, ignore_unavailable=True)
    sums = {
        f"{kind} {name}": {"sum": {"field": f"nephoscope.{kind}.{name}"}}
        for kind in ("estimated", "asked")
        for name in _CHARGE
    }
    found = buckets(
        client,
        names.COSTS,
        during({"exists": {"field": "nephoscope.run"}}, window),  # a ledger has no run of its own
        sources=[{"day": {"date_histogram": {"field": "@timestamp", "calendar_interval": "day"}}}],
        aggregations={
            "counted": {"value_count": {"field": "nephoscope.asked.metrics"}},
            **sums,
        },
    )
    return [
        Spent(
            datetime.fromtimestamp(one["key"]["day"] / 1000, UTC).date(),
            one["doc_count"],
            one["counted"]["value"],
            _charge(one, "estimated"),
            _charge(one, "asked"),
        )
        for one in found
    ]


def _charge(bucket: Mapping[str, Any], kind: str) -> Charge:
    metrics, points, *dollars = (bucket[f"{kind} {name}"]["value"] for name in _CHARGE)
    return Charge(int(metrics), int(points), *map(exact, dollars))
