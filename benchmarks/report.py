"""The fleet report, from query to page: a fortnight of a fleet, and a day of a large one.

Each is drawn in a process of its own, which reads an embedded node and writes a folder. Points are
those of random doubles, CPU alone, so that no instance is idle or failing. The memory is the most
that the process had.
"""

from __future__ import annotations

import tempfile
import time
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from elasticsearch import Elasticsearch

from benchmarks.figures import Figure, at_most
from benchmarks.memory import peak
from benchmarks.planted import DAY, embedded_node, tables
from nephoscope.chain.report import DAILY, Asked, draw
from nephoscope.model import Window
from nephoscope.store.decoding import decode_fast
from nephoscope.store.load.loader import load

CPU = ("CPUUtilization",)


class Drawn(NamedTuple):
    """What a report took: seconds, seconds of CPU, bytes of memory; and bytes of its folder."""

    seconds: float
    cpu: float
    memory: int
    page: int
    folder: int


def run(small: bool) -> list[Figure]:
    """Measure."""
    days = 3 if small else 14
    fortnight = Window(DAY.start, DAY.start + timedelta(days=days))
    fleet, many = (10, 20) if small else (1000, 10_000)
    return [
        *_figures(
            f"{fleet:,} instances, {(fortnight.end - fortnight.start).days} days", fleet, fortnight
        ),
        *_figures(f"{many:,} instances, 1 day", many, DAY),
    ]


def _figures(what: str, instances: int, window: Window) -> list[Figure]:
    with embedded_node() as url:
        with Elasticsearch(url, request_timeout=300) as client:
            decode_fast(client)
            load(client, tables(instances, window, metrics=CPU), attributes={})
        with get_context("spawn").Pool(1) as pool:
            drawn = pool.apply(_draw, (url, window))
    return [
        at_most("a report, from query to page", drawn.seconds, "s", what, 60),
        Figure("a report, from query to page", drawn.cpu, "s of CPU", what),
        at_most("a report's most memory", drawn.memory / 2**20, "MiB", what, 1024),
        Figure("a report's page", drawn.page / 1000, "kB", what),
        Figure("a report's folder", drawn.folder / 1e6, "MB", what),
    ]


def _draw(url: str, window: Window) -> Drawn:
    with tempfile.TemporaryDirectory() as folder, Elasticsearch(url, request_timeout=300) as client:
        decode_fast(client)
        asked = Asked(window, window.end + timedelta(hours=6), DAILY)
        begun, used = time.perf_counter(), time.process_time()
        page = Path(draw(client, Path(folder), asked).page)
        seconds, cpu = time.perf_counter() - begun, time.process_time() - used
        sizes = [path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()]
        return Drawn(seconds, cpu, peak(), page.stat().st_size, sum(sizes))
