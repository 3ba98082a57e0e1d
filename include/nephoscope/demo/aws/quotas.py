"""AWS's quotas as token buckets, one for each account and region: how much a second may be asked.

A bucket holds one second's worth and is full at the start. What a call needs is taken whole or,
if it is not there, the call is refused and takes nothing; so more than a bucket's worth in one
call never passes. AWS's own figures, by region (CloudWatch's "service quotas"): 50 or 500 calls of
GetMetricData, 180,000 points where StartTime lies within 3 hours and 396,000 where it is older,
25 calls of ListMetrics, 5 to 25 of FilterLogEvents. EC2 and the tagging API publish none that holds
for all accounts.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from nephoscope.demo.aws.wire import Call, Refusal

Spend = Callable[[str, int, float], None]
"""Takes estimated points from a region's bucket: (region, points, age of StartTime in seconds)."""

RECENT = 3 * 3600
SECOND = 10**9  # nanoseconds, and the tokens that one call or point takes

_THROTTLED = ("ThrottlingException", "Rate exceeded", 400)
_CALLS = {
    "GetMetricData": ("calls", _THROTTLED),
    "ListMetrics": ("list", _THROTTLED),
    "DescribeInstances": (
        "describe",
        ("RequestLimitExceeded", "Request limit exceeded.", 503),
    ),
    "FilterLogEvents": ("logs", _THROTTLED),
    "GetResources": ("resources", ("ThrottledException", "Rate exceeded", 400)),
}
"""By operation: the quota that counts its calls, and how AWS refuses one too many."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """What each account may ask a second in each region; None is no limit.

    Attributes:
        calls: calls of GetMetricData.
        points: estimated points of GetMetricData whose StartTime lies within the last 3 hours.
        points_older: estimated points of GetMetricData whose StartTime is older.
        list: calls of ListMetrics.
        describe: calls of DescribeInstances.
        resources: calls of GetResources.
        logs: calls of FilterLogEvents.
    """

    calls: int | None = None
    points: int | None = None
    points_older: int | None = None
    list: int | None = None
    describe: int | None = None
    resources: int | None = None
    logs: int | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            rate = getattr(self, field.name)
            if rate is not None and (type(rate) is not int or rate < 1):
                raise ValueError(f"quota {field.name} is {rate!r}: give a whole number from 1")

    def __str__(self) -> str:
        """Write them as `parse` reads them."""
        return ",".join(f"{name}={rate}" for name, rate in asdict(self).items() if rate is not None)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `calls=50,points=180000`; a ValueError names what is wrong."""
        pairs = (one.partition("=") for one in text.split(",") if one)
        return cls.of({name.strip(): int(rate) for name, _, rate in pairs})

    @classmethod
    def of(cls, rates: dict[str, Any]) -> Self:
        """Read quotas as JSON has them; a ValueError names one that there is not."""
        known = [field.name for field in fields(cls)]
        if unknown := sorted(set(rates) - set(known)):
            raise ValueError(f"no quota {', '.join(unknown)}: there are {', '.join(known)}")
        return cls(**rates)


class Bucket:
    """A token bucket in whole numbers, so that not one call too many passes.

    Args:
        rate: what may be taken a second, and what it holds.
        ticks: returns nanoseconds of a clock that never goes back.
    """

    def __init__(self, rate: int, ticks: Callable[[], int] = time.monotonic_ns) -> None:
        self._rate = rate
        self._ticks = ticks
        self._lock = threading.Lock()
        self._tokens = rate * SECOND
        self._filled = ticks()

    def take(self, count: int) -> bool:
        """Take so much, or tell that it is not there and take nothing."""
        with self._lock:
            now = self._ticks()
            gained = (now - self._filled) * self._rate
            self._tokens = min(self._rate * SECOND, self._tokens + gained)
            self._filled = now
            if enough := self._tokens >= count * SECOND:
                self._tokens -= count * SECOND
            return enough


class Limits:
    """The quotas in force with the buckets of every account and region.

    Args:
        quotas: what is in force at first; none by default.
        ticks: returns nanoseconds of a clock that never goes back.
    """

    def __init__(
        self, quotas: Quotas | None = None, ticks: Callable[[], int] = time.monotonic_ns
    ) -> None:
        self._lock = threading.Lock()
        self._ticks = ticks
        self.put(quotas or Quotas())

    def put(self, quotas: Quotas) -> None:
        """Put quotas in force, with full buckets."""
        with self._lock:
            self.quotas = quotas
            self._buckets: dict[tuple[str, str, str], Bucket] = {}

    def check(self, call: Call) -> None:
        """Refuse a call that is one too many of its operation."""
        if call.operation in _CALLS:
            quota, refusal = _CALLS[call.operation]
            if not self._take(quota, call.account, call.region, 1):
                raise Refusal(*refusal)

    def spend(self, account: str) -> Spend:
        """Return what takes an account's estimated points or raises `Refusal`."""

        def take(region: str, points: int, age: float) -> None:
            quota = "points" if age <= RECENT else "points_older"
            if not self._take(quota, account, region, points):
                raise Refusal(*_THROTTLED)

        return take

    def _take(self, quota: str, account: str, region: str, count: int) -> bool:
        with self._lock:
            rate = getattr(self.quotas, quota)
            if rate is None:
                return True
            key = quota, account, region
            if key not in self._buckets:
                self._buckets[key] = Bucket(rate, self._ticks)
            bucket = self._buckets[key]
        return bucket.take(count)


def free(region: str, points: int, age: float) -> None:
    """Take points where there is no quota; a `Spend`."""
