"""The most memory that extract and archive take, at a million points and at ten."""

from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.clients import our_client, shard
from benchmarks.figures import Figure, at_most
from benchmarks.replay import START, page, replay
from nephoscope.archive.landing import write_points
from nephoscope.extract.metrics import extract
from nephoscope.model import Window

POINTS = 288
DAY = Window.day(datetime.fromtimestamp(START, UTC))


def run(small: bool) -> list[Figure]:
    """Measure; each size is a shard of its own in a process of its own."""
    sizes = (10_000, 100_000) if small else (1_000_000, 10_000_000)
    few, many = (_peak(points) for points in sizes)
    return [
        Figure("most memory", many / 1e6, "MB", f"{sizes[1]:,} points in one shard"),
        at_most("most memory", many / few, "times", f"{sizes[0]:,} points", 1.15),
    ]


def _peak(points: int) -> int:
    """Return the most resident bytes of a process that extracts and archives so many points."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    # 350 queries fill a call at 288 points: the replayed page answers each of them.
    with replay(page(350, POINTS)) as port:
        instances = 35 * max(1, round(points / 350 / POINTS))
        process = context.Process(target=_extract, args=(port, instances, theirs))
        process.start()
        theirs.close()
        peak: int = ours.recv()
        process.join()
    return peak


def _extract(port: int, instances: int, told: Connection) -> None:
    one = shard([f"i-{n:017x}" for n in range(instances)], DAY, ("Average",))
    client = our_client(f"http://127.0.0.1:{port}")
    with tempfile.TemporaryDirectory() as folder:
        batches = extract(one, client, lambda: DAY.end)
        written = write_points(
            Path(folder), "runs/benchmark/20251121T000000Z", 1, 1, one, batches, DAY.end
        )
    if written.points != instances * 10 * POINTS:
        raise RuntimeError(f"{written.points} points were written")
    status = Path("/proc/self/status").read_text("utf-8")
    [kilobytes] = re.findall(r"VmHWM:\s*(\d+) kB", status)  # getrusage's counts the parent's too
    told.send(int(kilobytes) * 1024)
