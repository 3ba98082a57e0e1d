"""How fast points are loaded, against the node's own ceiling, and what they take on its disk.

The ceiling is that of a bare client at its best concurrency: the same documents as ready-made
bodies, sent over plain sockets, the answers looked at for one word. Both clients run in one process
that is pinned to one core, in turns; the node has all cores.
"""

from __future__ import annotations

import http.client
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from urllib.parse import urlsplit

import pyarrow as pa
from elasticsearch import Elasticsearch

from benchmarks.clients import our_client, shard
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.planted import DAY, embedded_node, merged_bytes, tables
from benchmarks.standing import instances_of
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.extract.metrics import extract
from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.decoding import decode_fast
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.documents import documents
from nephoscope.store.load.items import Batch
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import ensure_indices

NAMESPACE = "AWS/EC2"
SENDERS = (1, 2, 4, 8)
"""Concurrencies that the bare client tries."""

ITEMS = 1_000
"""Of one of its bodies; it is no faster with 500 or 2,000."""

WARM = 4
"""Loads before any is timed: a node gains a half of its speed in the first few."""

ROUNDS = 5
"""Of each client, in turns; medians count."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds for a million points, and bytes of one."""

    ours: float
    bare: float
    rerun: float
    cpu: float
    rerun_cpu: float
    stored: float
    realistic: float


def run(small: bool) -> list[Figure]:
    """Measure."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    with embedded_node() as url, StandIn(instances=40 if small else 200) as aws:
        process = context.Process(target=_measure, args=(url, aws.url, small, theirs))
        process.start()
        theirs.close()
        found: Measured = ours.recv()
        process.join()
    return [
        Figure("load", 1e6 / found.ours, "points/s", "10 metrics a document, on one core"),
        at_least("load", found.bare / found.ours, "times", "the node's own ceiling", 0.85),
        at_most("load", found.cpu, "s of CPU", "a million points", 2),
        at_least("load again", found.ours / found.rerun, "times", "the first load", 0.5),
        Figure("load again", found.rerun_cpu, "s of CPU", "a million points"),
        at_most("stored", found.stored, "bytes a point", "random doubles", 10),
        Figure("stored", found.realistic, "bytes a point", "the stand-in's series"),
    ]


def _measure(url: str, aws: str, small: bool, told: Connection) -> None:
    """Measure, pinned to one core: all threads that are begun from here on are."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with Elasticsearch(url, request_timeout=120) as client:
        decode_fast(client)
        told.send(_figures(client, url, aws, small))


def _figures(client: Elasticsearch, url: str, aws: str, small: bool) -> Measured:
    planted = list(tables(10 if small else 1000))
    points = sum(one.num_rows for one in planted)
    bare = _best(client, url, list(_bodies(planted)))
    taken = [_round(client, bare, planted) for _ in range(2 if small else ROUNDS)]
    times = (statistics.median(column) * 1e6 / points for column in zip(*taken, strict=True))
    ours, ceiling, again, cpu, again_cpu = times
    stored = merged_bytes(client, names.indices_of(NAMESPACE)) / points
    _empty(client)
    realistic = _realistic(client, aws, 20 if small else 100)
    return Measured(ours, ceiling, again, cpu, again_cpu, stored, realistic)


def _best(client: Elasticsearch, url: str, bodies: Sequence[bytes]) -> Callable[[], object]:
    """Return the bare client at its best concurrency."""
    bare = [partial(_send, url, bodies, count) for count in SENDERS]
    for _ in range(WARM):
        _timed(client, bare[-1])
    return min(bare, key=partial(_timed, client))


def _round(
    client: Elasticsearch, bare: Callable[[], object], planted: Sequence[pa.Table]
) -> tuple[float, float, float, float, float]:
    """Load by the bare client, by ours and by ours again; return the seconds, then those of CPU."""
    ceiling = _timed(client, bare)
    ours = partial(load, client, planted, attributes={})
    begun = time.process_time()
    first = _timed(client, ours)
    between = time.process_time()
    again = _seconds(ours)
    return first, ceiling, again, between - begun, time.process_time() - between


def _bodies(planted: Iterable[pa.Table]) -> Iterator[bytes]:
    """Yield ready-made bodies."""
    for table in planted:
        rest = Batch.joined(list(documents(Columns.of(table), {})))
        while len(rest):
            first, rest = rest.cut(ITEMS, 1 << 30)
            yield bytes(first.lines)


def _send(url: str, bodies: Sequence[bytes], count: int) -> None:
    """Send bodies by so many threads, and look at the answers for errors alone."""
    node, waiting = urlsplit(url), iter(bodies)

    def work(_: int) -> None:
        connection = http.client.HTTPConnection(str(node.hostname), node.port)
        headers = {"content-type": "application/x-ndjson"}
        for body in waiting:
            connection.request("POST", "/_bulk?filter_path=errors", body, headers)
            answer = connection.getresponse().read()
            if b'"errors":false' not in answer:
                raise RuntimeError(answer[:200])
        connection.close()

    with ThreadPoolExecutor(count) as pool:
        list(pool.map(work, range(count)))


def _timed(client: Elasticsearch, work: Callable[[], object]) -> float:
    """Return the seconds that a load takes into indices that are new."""
    _empty(client)
    return _seconds(work)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _empty(client: Elasticsearch) -> None:
    if made := [*client.indices.get(index=names.indices_of(NAMESPACE))]:
        client.indices.delete(index=made)
    ensure_indices(client, NAMESPACE, [DAY.start.date()])


def _realistic(client: Elasticsearch, aws: str, instances: int) -> float:
    """Load a day of the stand-in's fleet, and return the bytes of a point."""
    asked_at = datetime.now(UTC)
    window = Window.day(asked_at - timedelta(days=2))
    one = shard(instances_of(aws, instances), window, ("Average",))
    batches = extract(one, our_client(aws), lambda: asked_at)
    done = load(client, (table for table, _ in batches), attributes={})
    return merged_bytes(client, names.indices_of(NAMESPACE)) / done.points
