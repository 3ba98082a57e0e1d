"""The events of log streams, as `nephoscope.demo.aws.logs` specifies them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import orjson

from nephoscope.demo.aws.fleet_facts import mix
from nephoscope.demo.aws.logs_facts import Group, Stream
from nephoscope.demo.aws.services import ODD


class Event(NamedTuple):
    """An event; times are milliseconds since 1970."""

    t: int
    number: int
    ingested: int
    id: str
    stream: str
    message: str

    @property
    def described(self) -> dict[str, Any]:
        """The event as FilterLogEvents answers it."""
        return {
            "logStreamName": self.stream,
            "timestamp": self.t,
            "message": self.message,
            "ingestionTime": self.ingested,
            "eventId": self.id,
        }


def events(group: Group, start: int, end: int) -> list[Event]:
    """Return the events of a group from one millisecond to another, both inclusive, in order."""
    found = [one for stream in group.streams for one in _of_stream(group, stream, start, end)]
    found.sort()
    return found


def _of_stream(group: Group, stream: Stream, start: int, end: int) -> Iterator[Event]:
    slot = group.slot
    for k in range(start // slot, end // slot + 1):
        h = mix(stream.key ^ k)
        t = k * slot + h % slot
        if start <= t <= end and stream.has(t):
            ingested = t + _lag(h)
            number = t * 10**43 + group.place * 10**36 + stream.number * 10**29 + k
            message = _message(h, t, stream)
            yield Event(t, stream.number, ingested, f"{number:056d}", stream.name, message)


def _lag(h: int) -> int:
    if (h >> 40) % 20 == 0:
        return 60_000 + (h >> 20) % 7_140_000
    return 200 + (h >> 20) % 2800


def _message(h: int, t: int, stream: Stream) -> str:
    d, n, q = (h >> 48) % 1000, h % 10007, f"{h % 2**32:08x}"
    at = datetime.fromtimestamp(t // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    time = f"{at}.{t % 1000:03d}Z"
    if t // 60_000 % 1440 in stream.failing:
        return f"{time} ERROR [{q}] disk /dev/sda1 failed: I/O error at block {n}"
    if d < 600 or (d == 999 and h % 64):
        address = f"10.0.{h % 7}.{h % 251}"
        return f"{time} INFO [{q}] GET /items/{n} 200 in {h % 311} ms from {address}"
    if d == 999:
        return f"{time} INFO {'x' * 200_000}"
    return _rarer(h, d, n, q, time)


def _rarer(h: int, d: int, n: int, q: str, time: str) -> str:
    if d < 850 or 950 <= d < 970:
        return orjson.dumps({"time": time, **_json(h, d, n)}).decode()
    if d < 920:
        return f"{time} WARN [{q}] slow query: {1000 + h % 4001} ms"
    if d < 950:
        return f"{time} ERROR [{q}] payment gateway timed out after {h % 31} s"
    if d < 985:
        return (
            "Traceback (most recent call last):\n"
            f"  File \"app.py\", line {n}, in run\nKeyError: '{n}'"
        )
    if d < 997:
        return f"{ODD[h % 6]} {q}"
    return '{"a":' * 30 + f'{{"end":{n}}}' + "}" * 30


def _json(h: int, d: int, n: int) -> dict[str, Any]:
    if d < 800:
        paid = {"level": "info", "msg": f"order {n} paid", "user": f"u-{h % 997}"}
        items = [{"id": n, "qty": h % 5}]
        return {**paid, "card": str(4 * 10**15 + h % 10**15), "items": items}
    if d < 850:
        return {"level": 20, "msg": "cache miss", "key": f"items:{n}"}
    return {"level": "error", "msg": f"order {n} failed", "error": {"code": h % 600}}
