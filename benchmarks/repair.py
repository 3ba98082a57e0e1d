"""Scattered gaps in the store, found and mended: what that asks of AWS, against what it must.

A day of ten metrics of each instance is collected; then single points are taken out of the store,
and the day is collected again, and once more. AWS bills metrics asked, whatever their points.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk, scan

from benchmarks.clients import METRICS, REGION, Clients
from benchmarks.figures import Figure, at_most, exactly
from benchmarks.planted import embedded_node
from benchmarks.standing import counted, reset_counters
from nephoscope.chain import steps
from nephoscope.chain.audit import Audited, audit
from nephoscope.config.collections import Collections
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.model import Window
from nephoscope.plan.calls import CALL_QUERIES
from nephoscope.store import names

_DAY = Window.day(datetime.now(UTC) - timedelta(days=2))
_BETWEEN = timedelta(minutes=1)


def run(small: bool) -> list[Figure]:
    """Measure on a stand-in and an embedded node of its own."""
    instances, gaps = (20, 30) if small else (500, 500)
    with (
        StandIn(instances=2 * instances) as aws,
        embedded_node() as url,
        Elasticsearch(url, request_timeout=600) as client,
        tempfile.TemporaryDirectory() as folder,
    ):
        return _measured(_Daily(Path(folder), client, aws.url), gaps)


def _measured(daily: _Daily, gaps: int) -> list[Figure]:
    whole = daily.collect()
    everything = daily.asked
    series = _take_out(daily.client, gaps)
    begun = time.perf_counter()
    mended = daily.collect()
    seconds = time.perf_counter() - begun
    asked, calls, points = daily.asked, daily.calls, daily.points
    daily.collect()
    against = f"{gaps:,} gaps, {series:,} series with one"
    return [
        at_most("repair: metrics asked", asked / series, "of each series with a gap", against, 1),
        Figure("repair: metrics asked", asked / everything, "of the day's", f"{everything:,}"),
        at_most("repair: calls", calls / -(-series // CALL_QUERIES), "of the fewest", against, 2),
        Figure("repair: points read", points / gaps, "for each gap", against),
        exactly("repair: points stored again", mended.stored - whole.stored, "more", "before", 0),
        Figure("repair: a day found and mended", seconds, "s", f"{everything:,} series"),
        exactly("repair: once more", daily.calls, "calls of GetMetricData", "counted", 0),
    ]


@dataclass(slots=True)
class _Daily:
    """Collects one day again and again, each time a minute later; it counts what a run asked."""

    root: Path
    client: Elasticsearch
    url: str
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    asked: int = 0
    calls: int = 0
    points: int = 0

    def collect(self) -> Audited:
        self.now += _BETWEEN
        reset_counters(self.url)
        cloud = Clients(self.url)
        planned = steps.plan(
            self.root,
            "collect_metrics_daily",
            _collections(),
            {"ec2": _DAY},
            cloud,
            self.client,
            self.now,
            fresh_for=timedelta(0),
            slots=2,
        )
        for number in range(1, len(planned.shards) + 1):
            told = self.root, planned.run, number
            written = steps.extract(*told, 1, cloud, lambda: self.now)
            steps.load(*told, written.name, self.client)
        steps.compact(self.root, planned.run, self.now)
        self.asked = counted(self.url, "cloudwatch", "queries_asked")
        self.calls = counted(self.url, "calls", "GetMetricData")
        self.points = counted(self.url, "cloudwatch", "points_answered")
        return audit(self.root, planned.run, self.client, final=True)


def _collections() -> Collections:
    ec2 = {
        "namespace": "AWS/EC2",
        "metrics": {metric: ["Average"] for metric in METRICS},
        "period": 300,
    }
    accounts = [{"connection": "benchmark", "regions": [REGION]}]
    return Collections.model_validate({"accounts": accounts, "collections": {"ec2": ec2}})


def _take_out(client: Elasticsearch, gaps: int) -> int:
    """Take a point out of so many documents, and return of how many series."""
    draw = random.Random(7)  # ruff: ignore[suspicious-non-cryptographic-random-usage] - which ones is no secret
    client.indices.refresh(index=names.ALL_METRICS)
    ids = sorted(
        (hit["_index"], hit["_id"])
        for hit in scan(client, index=names.ALL_METRICS, size=10_000, _source=False)
    )
    series = set()

    def without() -> Iterator[dict[str, Any]]:
        docs = [{"_index": index, "_id": id_} for index, id_ in draw.sample(ids, gaps)]
        for hit in client.mget(docs=docs)["docs"]:
            aws, metric = hit["_source"]["aws"], draw.choice(METRICS)
            del aws["ec2"]["metrics"][metric]
            series.add((aws["dimensions"]["InstanceId"], metric))
            yield {name: hit[name] for name in ("_index", "_id", "_source")}

    bulk(client, without(), refresh=True)
    return len(series)
