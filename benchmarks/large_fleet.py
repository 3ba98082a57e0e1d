"""The plan of a day of 20,000 instances, two regions, as the shipped collections ask it.

What Airflow keeps of the shards is one XCom, and each of them is one mapped task, which its pace
makes last: the points that it asks over its share of AWS's quota.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson

from benchmarks.clients import Clients
from benchmarks.figures import Figure, at_most
from nephoscope.archive.runs import read_plan
from nephoscope.chain import steps
from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.model import Window

SLOTS = 2
"""Of the pool aws_history."""


def run(small: bool) -> list[Figure]:
    """Measure."""
    count = 200 if small else 20_000
    now = datetime.now(UTC)
    window = Window.day(now - timedelta(days=2))
    collections = load_collections(ROOT / "include" / "collections.yaml")
    windows = dict.fromkeys(collections.collections, window)
    with StandIn(instances=count) as aws, tempfile.TemporaryDirectory() as folder:
        begun = time.process_time()
        planned = steps.plan(
            Path(folder),
            "collect_metrics_daily",
            collections,
            windows,
            Clients(aws.url),
            None,
            now,
            fresh_for=timedelta(hours=1),
            slots=SLOTS,
        )
        seconds = time.process_time() - begun
        shards = read_plan(Path(folder), planned.run).shards
    kept = len(orjson.dumps(planned.shards)) / 1024
    lasts = [one.points / one.pace.points for one in shards if one.pace]
    fleet = f"{count:,} instances"
    return [
        Figure("a large fleet's plan", seconds, "s of CPU", fleet),
        Figure("a large fleet's shards", len(shards), "tasks", fleet),
        at_most("a large fleet's XCom", kept, "KiB", fleet, 48),
        at_most("a large fleet's longest shard", max(lasts), "s at its pace", fleet, 60),
    ]
