"""A tiny HTTP server that answers every request with the same ready-made bytes.

It is a process of its own and does nothing but send, so that it is never what is measured.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection

import orjson

START = 1_763_596_800
"""2025-11-20T00:00:00Z."""


def page(queries: int, points: int) -> bytes:
    """Return a page of GetMetricData: as many points of each query, at 300 s.

    Half of the values have all the digits of a double, half are whole numbers.
    """
    stamps = [START + 300.0 * n for n in range(points)]
    results = [
        {
            "Id": f"q{number}",
            "Label": "CPUUtilization",
            "Timestamps": stamps,
            "Values": [_value(number, n) for n in range(points)],
            "StatusCode": "Complete",
        }
        for number in range(queries)
    ]
    return orjson.dumps({"MetricDataResults": results, "Messages": []})


def _value(number: int, n: int) -> float:
    whole = (number * 7919 + n * 104_729) % 1_000_003
    return float(whole) if number % 2 else whole / 10_007


@contextmanager
def replay(body: bytes) -> Generator[int]:
    """Serve the bytes as JSON; yields the port."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(body, theirs), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()
        process.close()


def _serve(body: bytes, ready: Connection) -> None:
    head = (
        "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    reply = head.encode() + body
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready.send(listener.getsockname()[1])
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_answer, args=(connection, reply), daemon=True).start()


def _answer(connection: socket.socket, reply: bytes) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection, connection.makefile("rb") as stream:
        while stream.readline():
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            stream.read(length)
            connection.sendall(reply)
