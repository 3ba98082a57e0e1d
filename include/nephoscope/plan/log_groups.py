"""DescribeLogGroups: which log groups a region has, and how much is about written to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nephoscope.aws.pacing import Pacer

DESCRIBE_CALLS = 4.0
"""Pages a second that are asked at the most; AWS lets 10."""

COMPRESSED = 0.15
"""What AWS's price list reckons a stored byte of logs to be of one that was written."""

READABLE = "STANDARD"
"""The class of log groups that FilterLogEvents reads."""


@dataclass(frozen=True, slots=True)
class LogGroup:
    """A log group.

    Attributes:
        name: as CloudWatch has it.
        readable: whether its class lets FilterLogEvents read it.
        bytes_a_day: that are about written to it, by what is stored and since when.
        retention: how long CloudWatch keeps its events; None is for ever.
    """

    name: str
    readable: bool
    bytes_a_day: float
    retention: timedelta | None


def log_groups(logs: Any, asked_at: datetime) -> Iterator[LogGroup]:
    """Yield all log groups of a region.

    Raises:
        botocore's errors, untranslated: a page that fails is never a shorter list.
    """
    pacer = Pacer(calls=DESCRIBE_CALLS)
    pages = iter(logs.get_paginator("describe_log_groups").paginate())
    while True:
        pacer.wait()
        page = next(pages, None)
        if page is None:
            return
        for one in page["logGroups"]:
            yield _group(one, asked_at)


def _group(said: Any, asked_at: datetime) -> LogGroup:
    days = said.get("retentionInDays")
    retention = timedelta(days=days) if days else None
    created = datetime.fromtimestamp(said.get("creationTime", 0) / 1000, UTC)
    filled = max(min(asked_at - created, retention or timedelta.max), timedelta(days=1))
    written = said.get("storedBytes", 0) / COMPRESSED
    return LogGroup(
        name=said["logGroupName"],
        readable=said.get("logGroupClass", READABLE) == READABLE,
        bytes_a_day=written / (filled / timedelta(days=1)),
        retention=retention,
    )
