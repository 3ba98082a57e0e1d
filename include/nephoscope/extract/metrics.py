"""GetMetricData: reads a shard's series; what CloudWatch fails to answer is asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from nephoscope.aws.cloud import explained
from nephoscope.aws.pacing import Pacer, Timer
from nephoscope.coverage import EXPIRED
from nephoscope.extract.answers import Answer
from nephoscope.extract.pages import ask
from nephoscope.extract.request import request
from nephoscope.extract.table import table
from nephoscope.plan.calls import Query, batches
from nephoscope.plan.periods import finest_period
from nephoscope.plan.shards import Shard

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

Clock = Callable[[], datetime]
"""Returns now, in UTC."""

ASKS = 4
"""How often a series is asked that CloudWatch answered with an error of its own, or in part."""

FIRST_PAUSE = 1.0
"""Seconds before it is asked again; twice as many before each further time."""

MARGIN = timedelta(minutes=15)
"""How long before a retention edge it counts as passed: a call with its retries takes less."""


def extract(
    shard: Shard, cloudwatch: CloudWatchClient, clock: Clock, timer: Timer | None = None
) -> Iterator[tuple[pa.Table, list[Answer]]]:
    """Read a shard at its pace, one call's queries at a time.

    Args:
        shard: what to ask.
        cloudwatch: the client of its connection and region.
        clock: the time of each call; it decides the period that is asked.
        timer: how it waits.

    Yields:
        The points of whole resources, as POINTS, and the answers that they came in.

    Raises:
        AccessDenied: AWS refuses the call.
        SourceError: a call failed after all its tries.
    """
    timer = timer or Timer()
    reading = _Reading(shard, cloudwatch, clock, timer, Pacer.of(shard.pace, timer))
    for queries in batches(shard):
        with explained(f"{shard.account}/{shard.region}"):
            answers = reading.read(queries)
        yield table(shard, answers), answers


@dataclass(frozen=True, slots=True)
class _Reading:
    shard: Shard
    cloudwatch: CloudWatchClient
    clock: Clock
    timer: Timer
    pacer: Pacer

    def read(self, queries: Sequence[Query]) -> list[Answer]:
        """Ask a call's queries; those that are not answered whole are asked again."""
        period = self._period()
        if period is None:
            return [Answer(q, status=EXPIRED, period=self.shard.period) for q in queries]
        answers: dict[Query, Answer] = {}
        waiting = queries
        for ask_number in range(ASKS):
            if ask_number > 0:
                self.timer.sleep(FIRST_PAUSE * 2 ** (ask_number - 1))
            for answer in self._ask(waiting, period):
                answers[answer.query] = _better(answers.get(answer.query), answer)
            waiting = [query for query in waiting if answers[query].unfinished]
            if not waiting:
                break
        return list(answers.values())

    def _period(self) -> int | None:
        """Return the period to ask now: the shard may have waited long since it was planned.

        None where CloudWatch may no longer hold any, or none whose points begin in the window.
        """
        window = self.shard.window
        period = finest_period(self.shard.period, window.start, self.clock(), MARGIN)
        return period if period and window.points(period) else None

    def _ask(self, queries: Sequence[Query], period: int) -> list[Answer]:
        self.pacer.wait(points=len(queries) * self.shard.window.points(period))
        asked_at = self.clock()
        answers = [Answer(query, period=period, asked_at=asked_at) for query in queries]
        ask(self.cloudwatch, request(self.shard, period, queries), self.pacer, answers)
        return answers


def _better(before: Answer | None, now: Answer) -> Answer:
    """Return the newer answer; where it has fewer points, the older with what is said now."""
    if before is None or len(now.values) >= len(before.values):
        return now
    before.status, before.messages = now.status, now.messages
    return before
