"""How much of AWS's quota of points is used by four processes that are each paced to a share.

The stand-in refuses what is over the quota, as AWS does. Of a bucket that is full at the start,
a second more than the time may be used, which is what the share is taken of.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from multiprocessing import get_context
from threading import Barrier

from benchmarks.clients import our_client, shard
from benchmarks.figures import Figure, at_least, exactly
from benchmarks.standing import counted, instances_of, put_quotas, reset_counters
from nephoscope.aws.pacing import Pace
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.extract.metrics import extract
from nephoscope.model import Window

PROCESSES = 4
PART = 0.9
CALLS = 50


@dataclass(frozen=True, slots=True)
class Use:
    """What paced processes did.

    Attributes:
        series: how many they asked.
        failed: those of them without a whole answer.
        refused: how many calls the stand-in refused.
        share: of the quota of points that was used.
    """

    series: int
    failed: int
    refused: int
    share: float


def run(small: bool) -> list[Figure]:
    """Measure."""
    use = paced(*((20, 30_000) if small else (1000, 396_000)))
    return [
        exactly("paced to the quota", use.failed, "failed series", f"{use.series:,}", 0),
        Figure("paced to the quota", use.refused, "refused calls", "tried again"),
        at_least("paced to the quota", use.share, "of the quota", "points a second", 0.8),
    ]


def paced(instances: int, quota: int, part: float = PART) -> Use:
    """Let four processes read a day of ten metrics of each instance under a quota.

    Args:
        instances: how many; each has 2,880 points.
        quota: points a second, as AWS estimates them.
        part: of the quota that the four are paced to together.
    """
    context = get_context("spawn")
    with (
        StandIn(instances=2 * instances) as aws,
        context.Manager() as manager,
        ProcessPoolExecutor(PROCESSES, context) as pool,
    ):
        ids = instances_of(aws.url, instances)
        _warm_up(aws.url, ids[:10])
        put_quotas(aws.url, {"calls": CALLS, "points_older": quota})
        ready = manager.Barrier(PROCESSES)
        pace = Pace(part * CALLS / PROCESSES, part * quota / PROCESSES)
        tasks = [
            pool.submit(_read, aws.url, ids[number::PROCESSES], pace, ready)
            for number in range(PROCESSES)
        ]
        done = [task.result() for task in tasks]
        refused = counted(aws.url, "refused", "GetMetricData")
        points = counted(aws.url, "cloudwatch", "points_estimated")
    seconds = max(end for *_, end in done) - min(start for _, start, _ in done)
    return Use(
        series=10 * instances,
        failed=10 * instances - sum(whole for whole, *_ in done),
        refused=refused,
        share=points / quota / (seconds + 1),
    )


def _warm_up(url: str, instances: list[str]) -> None:
    """Let the stand-in compute what it keeps of its fleet, which takes seconds."""
    one = shard(instances, _day(), ("Average",))
    list(extract(one, our_client(url), lambda: datetime.now(UTC)))
    reset_counters(url)


def _day() -> Window:
    return Window.day(datetime.now(UTC) - timedelta(days=2))


def _read(url: str, instances: list[str], pace: Pace, ready: Barrier) -> tuple[int, float, float]:
    """Return how many series were answered whole, when it began and when it ended."""
    one = shard(instances, _day(), ("Average",), pace)
    client = our_client(url)
    import_module("pandas")  # pyarrow imports it with its first column; Airflow's workers have it
    ready.wait(60)
    start = time.time()
    whole = sum(
        answer.complete
        for _, answers in extract(one, client, lambda: datetime.now(UTC))
        for answer in answers
    )
    return whole, start, time.time()
