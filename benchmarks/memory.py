"""The most memory that extract with archive, and load, take at a million points and at ten."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from elasticsearch import Elasticsearch

from benchmarks.clients import METRICS, our_client, shard
from benchmarks.figures import Figure, at_most
from benchmarks.planted import A_DAY, embedded_node, tables
from benchmarks.replay import START, page, replay
from nephoscope.archive.landing import write_points
from nephoscope.extract.metrics import extract
from nephoscope.model import Window
from nephoscope.store.decoding import decode_fast
from nephoscope.store.load.loader import load

DAY = Window.day(datetime.fromtimestamp(START, UTC))

Work = Callable[[str, int], int]
"""What is measured, given a URL and a number of instances; it returns the points of these."""


def run(small: bool) -> list[Figure]:
    """Measure; each size is in a process of its own."""
    sizes = (10_000, 100_000) if small else (1_000_000, 10_000_000)
    # 350 queries fill a call at 288 points: the replayed page answers each of them.
    instances = [35 * max(1, round(points / 350 / A_DAY)) for points in sizes]
    with replay(page(350, A_DAY)) as port:
        read = [_peak(_extract, f"http://127.0.0.1:{port}", count) for count in instances]
    with embedded_node() as url:
        loaded = [_peak(_load, url, count) for count in instances]
    return [
        figure
        for name, (few, many) in {"extract": read, "load and load again": loaded}.items()
        for figure in (
            Figure(f"most memory, {name}", many / 1e6, "MB", f"{sizes[1]:,} points"),
            at_most(f"most memory, {name}", many / few, "times", f"{sizes[0]:,} points", 1.15),
        )
    ]


def _peak(work: Work, url: str, instances: int) -> int:
    """Return the most resident bytes of a process that does some work."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measured, args=(work, url, instances, theirs))
    process.start()
    theirs.close()
    peak: int = ours.recv()
    process.join()
    return peak


def _measured(work: Work, url: str, instances: int, told: Connection) -> None:
    points = work(url, instances)
    if points != instances * len(METRICS) * A_DAY:
        raise RuntimeError(f"{points} points were counted")
    told.send(peak())


def peak() -> int:
    """Return the most resident bytes that this process ever had."""
    status = Path("/proc/self/status").read_text("utf-8")
    [kilobytes] = re.findall(r"VmHWM:\s*(\d+) kB", status)  # getrusage's counts the parent's too
    return int(kilobytes) * 1024


def _extract(url: str, instances: int) -> int:
    one = shard([f"i-{n:017x}" for n in range(instances)], DAY, ("Average",))
    with tempfile.TemporaryDirectory() as folder:
        batches = extract(one, our_client(url), lambda: DAY.end)
        run_folder = "runs/benchmark/20251121T000000Z"
        return write_points(Path(folder), run_folder, 1, 1, one, batches, DAY.end).points


def _load(url: str, instances: int) -> int:
    with Elasticsearch(url) as client:
        decode_fast(client)
        load(client, tables(instances), attributes={})
        return load(client, tables(instances), attributes={}).points
