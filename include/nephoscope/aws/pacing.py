"""Pacing: asks AWS no faster than a share of its quotas.

Each quota is a token bucket that holds one second's worth and is full at the start. Paced so, any
number of shards whose shares sum to less than AWS's own bucket can't overdraw it, as long as no
call asks for more than a second's worth (`plan.calls.batches` sees to it). A bucket goes below
nought for an amount that is larger than itself, so that the rate is kept all the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a shard may ask: GetMetricData calls, and points as AWS estimates them, a second."""

    calls: float
    points: float


@dataclass(frozen=True, slots=True)
class Timer:
    """How a loop waits: a clock that never goes back, and what sleeps, both in seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


class Bucket:
    """A token bucket.

    Args:
        rate: tokens a second; it holds as many.
        now: seconds of a clock that never goes back.
    """

    def __init__(self, rate: float, now: float) -> None:
        self._rate = self._tokens = rate
        self._filled = now

    def delay(self, amount: float, now: float) -> float:
        """Return the seconds until so much can be taken, or, of more than it holds, all of it."""
        self._tokens = min(self._rate, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        return max(0.0, (min(amount, self._rate) - self._tokens) / self._rate)

    def take(self, amount: float) -> None:
        """Take so much."""
        self._tokens -= amount


class Pacer:
    """Waits before each call until it is due.

    Args:
        calls: how many a second; None is no limit.
        points: how many points, as AWS estimates them, a second; None is no limit.
        timer: the clock and the sleep.
    """

    def __init__(
        self, calls: float | None = None, points: float | None = None, timer: Timer | None = None
    ) -> None:
        self._timer = timer or Timer()
        now = self._timer.now()
        self._calls = None if calls is None else Bucket(calls, now)
        self._points = None if points is None else Bucket(points, now)

    @classmethod
    def of(cls, pace: Pace | None, timer: Timer) -> Self:
        """Return the pacer of a shard; without a pace it never waits."""
        return cls(pace.calls, pace.points, timer) if pace else cls(timer=timer)

    def wait(self, calls: float = 1, points: float = 0) -> None:
        """Wait until the calls and the points that they estimate are due, and take them."""
        wanted = [
            (bucket, amount)
            for bucket, amount in ((self._calls, calls), (self._points, points))
            if bucket is not None
        ]
        now = self._timer.now()
        pause = max((bucket.delay(amount, now) for bucket, amount in wanted), default=0.0)
        if pause > 0:
            self._timer.sleep(pause)
        for bucket, amount in wanted:
            bucket.take(amount)
