"""How fast full pages of GetMetricData are read: 500 queries of 201 points, 100,500 on a page.

All read the same bytes from the same server, in turns; the client's CPU time counts. Plain boto3
leaves cold memory to whoever comes next, so each is compared with ours on its own. Ours has the
request built, signed and sent, and every number in an array; plain boto3 the same, with lists of
floats and datetimes; the bare loop sends ready-made bytes, reads its socket and decodes.
"""

from __future__ import annotations

import socket
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

import orjson

from benchmarks.clients import our_client, plain_client, shard
from benchmarks.figures import Figure, at_least
from benchmarks.replay import START, page, replay
from nephoscope.aws.pacing import Pacer
from nephoscope.extract.answers import Answer
from nephoscope.extract.pages import ask
from nephoscope.extract.request import request
from nephoscope.model import Window

POINTS = 201


def run(small: bool) -> list[Figure]:
    """Measure."""
    instances, rounds = (2, 5) if small else (50, 35)
    window = Window(
        datetime.fromtimestamp(START, UTC), datetime.fromtimestamp(START + 300 * POINTS, UTC)
    )
    one = shard([f"i-{n:017x}" for n in range(instances)], window, ("Average",))
    queries = list(one.queries())
    body = page(len(queries), POINTS)
    with replay(body) as port, socket.create_connection(("127.0.0.1", port)) as connection:
        ours, plain = (make(f"http://127.0.0.1:{port}") for make in (our_client, plain_client))

        def read_ours() -> int:
            answers = [Answer(query) for query in queries]
            ask(ours, request(one, 300, queries), Pacer(), answers)
            return sum(len(answer.values) for answer in answers)

        def read_plain() -> int:
            answer = plain.get_metric_data(**request(one, 300, queries))
            return sum(len(result["Values"]) for result in answer["MetricDataResults"])

        sent = _ready_made(orjson.dumps(request(one, 300, queries)))

        def read_bare() -> int:
            return _read_bare(connection, sent, len(body))

        points = len(queries) * POINTS
        mine, bare = _medians([read_ours, read_bare], points, rounds)
        cold, boto3 = _medians([read_ours, read_plain], points, rounds // 5)
    return [
        Figure("full pages", points / mine, "points/s of CPU", "our client"),
        at_least("full pages", boto3 / cold, "times", "plain boto3", 20),
        at_least("full pages", bare / mine, "times", "socket and orjson alone", 0.8),
    ]


def _medians(readers: list[Callable[[], int]], points: int, rounds: int) -> list[float]:
    """Return each reader's median of CPU seconds a page; the first round only warms up."""
    times: list[list[float]] = [[] for _ in readers]
    for _ in range(rounds + 1):
        for reader, taken in zip(readers, times, strict=True):
            begun = time.process_time()
            read = reader()
            taken.append(time.process_time() - begun)
            if read != points:
                raise RuntimeError(f"{read} points were read, of {points}")
    return [statistics.median(taken[1:]) for taken in times]


def _ready_made(body: bytes) -> bytes:
    return f"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def _read_bare(connection: socket.socket, sent: bytes, length: int) -> int:
    connection.sendall(sent)
    buffer = bytearray(length + 1000)
    view, filled, whole = memoryview(buffer), 0, len(buffer)
    begin = 0
    while filled < whole:
        filled += connection.recv_into(view[filled:])
        if not begin and (end := buffer.find(b"\r\n\r\n", 0, filled)) >= 0:
            begin, whole = end + 4, end + 4 + length
    answer = orjson.loads(view[begin:whole])
    return sum(len(result["Values"]) for result in answer["MetricDataResults"])
