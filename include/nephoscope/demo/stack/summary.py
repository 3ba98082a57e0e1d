"""What there is after the job: read from Elasticsearch, the archive and the stand-in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pyarrow.parquet as pq
from elasticsearch import Elasticsearch

from nephoscope.archive.layout import segment
from nephoscope.config.collections import load_collections
from nephoscope.config.settings import Settings
from nephoscope.coverage import State
from nephoscope.model import Window
from nephoscope.plan.cost import DOLLARS_PER_METRIC
from nephoscope.plan.listings import NAMESPACE as LISTED
from nephoscope.store import names
from nephoscope.store.read import queries

_ALL_TIME = Window(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Day:
    """The final coverage of a day: points, and the instances that lack some."""

    day: date
    expected: int
    stored: int
    lacking: frozenset[str]


@dataclass(frozen=True, slots=True)
class Summary:
    """What is stored and what it would have cost; `queries_asked` since the archive began.

    `events` are those of logs.
    """

    documents: int
    points: int
    days: tuple[Day, ...]
    queries_asked: int
    calls: int
    gaps: frozenset[str]
    events: int = 0

    @property
    def dollars(self) -> float:
        """The price of what was asked, if AWS counts each statistic."""
        return self.queries_asked * DOLLARS_PER_METRIC

    @property
    def missing(self) -> list[str]:
        """Sentences about what should be there and is not; a planted gap should not."""
        found = []
        for day in self.days:
            if not day.expected:
                found.append(f"{day.day}: nothing was audited as final")
            if lacking := sorted(day.lacking - self.gaps):
                found.append(f"{day.day}: {len(lacking)} instances lack points, as {lacking[0]}")
        if not self.events:
            found.append("no log event is stored")
        return found


def summarise(environment: Mapping[str, str], aws: str, node: str, days: Sequence[date]) -> Summary:
    """Read all figures.

    Args:
        environment: with Nephoscope's settings.
        aws: URL of the stand-in.
        node: URL of Elasticsearch.
        days: that were filled in.
    """
    settings = Settings.read(environment)
    collections = load_collections(settings.collections)
    spaces = {c.namespace for c in collections.collections.values()} | {LISTED}
    fleet, counters = _ask(f"{aws}/_standin/fleet"), _ask(f"{aws}/_standin/counters")
    with Elasticsearch(node) as client:
        queries.refresh(client)
        return Summary(
            documents=int(client.count(index=names.ALL_METRICS)["count"]),
            points=sum(_points(client, namespace) for namespace in spaces),
            days=tuple(_day(client, day) for day in days),
            queries_asked=_queries_asked(Path(settings.archive_url.removeprefix("file://"))),
            calls=sum(counters["calls"].get("GetMetricData", {}).values()),
            gaps=frozenset(one["id"] for one in fleet["instances"] if one["role"] == "gap"),
            events=_events(client),
        )


def _events(client: Elasticsearch) -> int:
    """Count the log events that are stored."""
    client.indices.refresh(index=names.ALL_LOGS, ignore_unavailable=True)
    return int(client.count(index=names.ALL_LOGS, ignore_unavailable=True)["count"])


def _points(client: Elasticsearch, namespace: str) -> int:
    counted = queries.point_counts(client, namespace=namespace, window=_ALL_TIME)
    return sum(counted["count"].to_pylist())


def _day(client: Elasticsearch, day: date) -> Day:
    client.indices.refresh(index=names.ALL_COVERAGE)
    end = day + timedelta(days=1)
    final = [
        {"term": {"nephoscope.final": True}},
        {"range": {"@timestamp": {"gte": day.isoformat(), "lt": end.isoformat()}}},
    ]
    answer = client.search(
        index=names.ALL_COVERAGE,
        size=0,
        query={"bool": {"filter": final}},
        aggs={
            "expected": {"sum": {"field": "nephoscope.expected"}},
            "stored": {"sum": {"field": "nephoscope.stored"}},
            "missing": {"filter": {"terms": {"nephoscope.state": _LACKS}}, "aggs": _WHO},
        },
    )["aggregations"]
    lacking = answer["missing"]["who"]["buckets"]
    return Day(
        day=day,
        expected=int(answer["expected"]["value"]),
        stored=int(answer["stored"]["value"]),
        lacking=frozenset(str(bucket["key"]) for bucket in lacking),
    )


_LACKS = [State.MISSING, State.CONFIRMED]
_WHO = {"who": {"terms": {"field": "aws.dimensions.InstanceId", "size": 1000}}}


def _queries_asked(archive: Path) -> int:
    """Count the queries that the archive has an answer of: each was billed as a metric.

    Sums of listed buckets are none: S3 bills the calls that list.
    """
    landed = archive.glob("landing/**/*.answers.parquet")
    asked = (path for path in landed if f"namespace={segment(LISTED)}" not in path.parts)
    return sum(pq.read_metadata(path).num_rows for path in asked)


def _ask(url: str) -> Any:
    with build_opener(ProxyHandler({})).open(url, timeout=30) as answer:
        return json.load(answer)
