"""The log events of the stand-in, computed again from its specification in plain Python."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

from truth import mix

APPS = ("web", "api", "worker", "db", "cache", "batch")
ODD = (
    "O\"Brien's <b>Käse</b> & Co",
    "北京/门店 №1",
    "a/b\\c?d=e&f#g%20",
    "=SUM(A1:A9)",
    "../../etc/passwd",
    "{{ ds }} ${HOME} $x^2$",
)


class Event(NamedTuple):
    """An event as CloudWatch has it; times in milliseconds since 1970."""

    t: int
    ingested: int
    stream: str
    message: str


def events(seed, fleet, region, group, start, end):
    """Return the events of [start, end) by their ids; the fleet is that of `truth.instances`."""
    r = ("eu-west-1", "us-east-1").index(region)
    g, slot, streams = _streams(fleet, region, group)
    found = {}
    for s, name, one in streams:
        key = mix(mix(mix(seed) ^ (2**40 + g)) ^ (2 * s + r))
        for k in range(start // slot, end // slot + 1):
            h = mix(key ^ k)
            t = k * slot + h % slot
            if start <= t < end and _runs(one, t):
                lag = 200 + (h >> 20) % 2800
                if (h >> 40) % 20 == 0:
                    lag = 60_000 + (h >> 20) % 7_140_000
                id_ = t * 10**43 + (2 * g + r) * 10**36 + s * 10**29 + k
                found[f"{id_:056d}"] = Event(t, t + lag, name, message(h, t, one))
    return found


def _streams(fleet, region, group):
    if group == "/dense":
        return 7, 100, [(s, f"worker-{s}", None) for s in range(10)]
    if group == "/odd/names":
        names = [name.replace(":", "_").replace("*", "_") for name in ODD]
        return 6, 3_600_000, [(s, name, None) for s, name in enumerate(names)]
    app = group.removeprefix("/shop/")
    own = [(i, one) for i, one in enumerate(fleet) if (one.region, one.app) == (region, app)]
    return APPS.index(app), 300_000, [(i, one.id, one) for i, one in own]


def _runs(one, t):
    if one is None:
        return True
    return 1000 * one.launched <= t and (one.stopped is None or t < 1000 * one.stopped)


def message(h, t, one):
    """Return the message of an event."""
    time = f"{datetime.fromtimestamp(t // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{t % 1000:03d}Z"
    d, n, q = (h >> 48) % 1000, h % 10007, "%08x" % (h % 2**32)
    if one and one.role == "failing" and one.event <= t // 60000 % 1440 < one.event + 180:
        return f"{time} ERROR [{q}] disk /dev/sda1 failed: I/O error at block {n}"
    got = f"{time} INFO [{q}] GET /items/{n} 200 in {h % 311} ms from 10.0.{h % 7}.{h % 251}"
    paid = {"time": time, "level": "info", "msg": f"order {n} paid", "user": f"u-{h % 997}"}
    paid |= {"card": f"{4 * 10**15 + h % 10**15}", "items": [{"id": n, "qty": h % 5}]}
    failed = {"level": "error", "msg": f"order {n} failed", "error": {"code": h % 600}}
    trace = "Traceback (most recent call last):", f'  File "app.py", line {n}, in run'
    below = {
        600: got,
        800: _json(paid),
        850: _json({"time": time, "level": 20, "msg": "cache miss", "key": f"items:{n}"}),
        920: f"{time} WARN [{q}] slow query: {1000 + h % 4001} ms",
        950: f"{time} ERROR [{q}] payment gateway timed out after {h % 31} s",
        970: _json({"time": time} | failed),
        985: "\n".join([*trace, f"KeyError: '{n}'"]),
        997: f"{ODD[h % 6]} {q}",
        999: '{"a":' * 30 + _json({"end": n}) + "}" * 30,
        1000: got if h % 64 else f"{time} INFO " + "x" * 200_000,
    }
    return next(said for end, said in below.items() if d < end)


def _json(content):
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)
