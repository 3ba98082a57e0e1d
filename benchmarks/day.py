"""A day of 1,000 instances, ten metrics and two statistics at 300 s, extracted and archived.

CPU time is the client's alone: the stand-in is a process of its own, and counts what it is asked.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.clients import METRICS, our_client, shard
from benchmarks.figures import Figure, at_most, exactly
from benchmarks.standing import counted, instances_of
from nephoscope.archive.landing import write_points
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.extract.metrics import extract
from nephoscope.model import Window

STATISTICS = ("Average", "Maximum")


def run(small: bool) -> list[Figure]:
    """Measure."""
    count = 10 if small else 1000
    asked_at = datetime.now(UTC)
    with StandIn(instances=2 * count) as aws, tempfile.TemporaryDirectory() as folder:
        one = shard(
            instances_of(aws.url, count),
            Window.day(asked_at - timedelta(days=2)),
            STATISTICS,
        )
        client = our_client(aws.url)
        begun = time.process_time()
        batches = extract(one, client, lambda: datetime.now(UTC))
        run_folder = f"runs/benchmark/{asked_at:%Y%m%dT%H%M%SZ}"
        written = write_points(Path(folder), run_folder, 1, 1, one, batches, asked_at)
        seconds = time.process_time() - begun
        asked = counted(aws.url, "cloudwatch", "queries_asked")
    millions = written.points / 1e6
    return [
        at_most("a day's extract", seconds / millions, "s of CPU", "a million points", 1.5),
        exactly("a day's metrics asked", asked, "queries", "counted", count * len(METRICS) * 2),
    ]
