"""FilterLogEvents: reads the events of a log group in a window, all pages, at a shard's pace.

Both bounds that AWS takes are inclusive, in milliseconds ("events with a timestamp later than this
time are not returned"), so the end that is asked is a millisecond before the window's. Pages are
partly full or empty as AWS likes; the last one alone has no token.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyarrow as pa
from botocore.exceptions import ClientError

from nephoscope.aws.cloud import explained
from nephoscope.aws.pacing import Pacer, Timer
from nephoscope.errors import SourceError
from nephoscope.events import EVENTS
from nephoscope.model import Window
from nephoscope.plan.logs import LogShard

Clock = Callable[[], datetime]
"""Returns now, in UTC."""

REDACTED = "[redacted]"
_GONE = "ResourceNotFoundException"


@dataclass
class Reading:
    """A shard that is read.

    Attributes:
        shard: what is asked.
        logs: the client of its connection and region.
        clock: the time of each call, which becomes its events' ``asked_at``.
        timer: how it waits.
        pages: that were answered.
        redacted: the events of which something was taken away.
        gone: whether the log group is there no more.
    """

    shard: LogShard
    logs: Any
    clock: Clock
    timer: Timer = field(default_factory=Timer)
    pages: int = 0
    redacted: int = 0
    gone: bool = False

    def tables(self) -> Iterator[pa.Table]:
        """Yield the events of each page that has some, as EVENTS, redacted.

        Raises:
            AccessDenied: AWS refuses the call.
            SourceError: a call failed after all its tries, or the pages don't advance.
        """
        expressions = [re.compile(one) for one in self.shard.redact]
        where = f"{self.shard.account}/{self.shard.region}: {self.shard.group}"
        with explained(where):
            for asked_at, events in self._pages(where):
                self.pages += 1
                if events:
                    yield self._table(events, expressions, asked_at)

    def _pages(self, where: str) -> Iterator[tuple[datetime, list[Mapping[str, Any]]]]:
        request = _request(self.shard)
        pacer = Pacer(calls=self.shard.pace, timer=self.timer)
        tokens: set[str] = set()
        while True:
            pacer.wait()
            asked_at = self.clock()
            page = self._ask(request)
            if page is None:
                return
            yield asked_at, page.get("events", [])
            token = page.get("nextToken")
            if not token:
                return
            if token in tokens:
                raise SourceError(f"{where}: FilterLogEvents' paging does not advance: try again")
            tokens.add(token)
            request["nextToken"] = token

    def _ask(self, request: dict[str, Any]) -> Mapping[str, Any] | None:
        """Return a page; None of a log group that was deleted since it was planned."""
        try:
            page: Mapping[str, Any] = self.logs.filter_log_events(**request)
        except ClientError as error:
            if error.response["Error"].get("Code") != _GONE:
                raise
            self.gone = True
            return None
        return page

    def _table(
        self,
        events: list[Mapping[str, Any]],
        expressions: list[re.Pattern[str]],
        asked_at: datetime,
    ) -> pa.Table:
        messages = [one.get("message", "") for one in events]
        if expressions:
            before = messages
            messages = [_redact(one, expressions) for one in before]
            self.redacted += sum(a != b for a, b in zip(before, messages, strict=True))
        columns = {
            "timestamp": [one["timestamp"] for one in events],
            "event_id": [one["eventId"] for one in events],
            "stream": [one["logStreamName"] for one in events],
            "message": messages,
            "ingestion_time": [one["ingestionTime"] for one in events],
            "asked_at": [int(asked_at.timestamp() * 1000)] * len(events),
        }
        arrays = [_column(columns[one.name], one.type) for one in EVENTS]
        return pa.Table.from_arrays(arrays, schema=EVENTS)


def _column(values: list[Any], of: pa.DataType) -> pa.Array:
    """Return a column; moments are given in milliseconds since 1970."""
    return (
        pa.array(values, pa.int64()).cast(of) if pa.types.is_timestamp(of) else pa.array(values, of)
    )


def _request(shard: LogShard) -> dict[str, Any]:
    start, end = bounds(shard.window)
    request = {"logGroupName": shard.group, "startTime": start, "endTime": end}
    return {**request, "filterPattern": shard.filter} if shard.filter else request


def bounds(window: Window) -> tuple[int, int]:
    """Return the first and the last millisecond of a half-open window, since 1970."""
    start, end = (round(one.timestamp() * 1000) for one in (window.start, window.end))
    return start, end - 1


def _redact(message: str, expressions: list[re.Pattern[str]]) -> str:
    for one in expressions:
        message = one.sub(REDACTED, message)
    return message
