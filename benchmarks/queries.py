"""Reading what is stored: a year of hourly points, and a day of five-minute ones.

The points are planted and loaded into an embedded node. Each reader reads in turns with what it is
compared with, and the best time of each counts; Elasticsearch keeps no answer from turn to turn.
Compared with the fields of each hit, asked for as ``docvalue_fields``, which are not even put into
a table. The memory is what a process of its own grows by, the table itself included.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from typing import Any

from elasticsearch import Elasticsearch

from benchmarks.figures import Figure, at_least, at_most
from benchmarks.memory import peak
from benchmarks.planted import embedded_node, tables
from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.decoding import decode_fast
from nephoscope.store.load.loader import load
from nephoscope.store.read import rows
from nephoscope.store.read.bins import binned
from nephoscope.store.read.pages import during
from nephoscope.store.read.queries import having, point_counts, refresh, series

METRIC, STATISTIC = "CPUUtilization", "Average"
START = datetime(2025, 1, 1, tzinfo=UTC)

HOURLY, FINE = "year/hourly", "day/fine"
"""Namespaces of the two fleets."""


def run(small: bool) -> list[Figure]:
    """Measure."""
    year, fleet = (Window(START, START + timedelta(days=20)), 20) if small else (_YEAR, 1000)
    day, many = Window.day(START), 200 if small else 10_000
    with embedded_node() as url, Elasticsearch(url, request_timeout=300) as client:
        decode_fast(client)
        hourly = _load(client, HOURLY, fleet, year, 3600)
        fine = _load(client, FINE, many, day, 300)
        refresh(client)
        return [
            *_read(client, HOURLY, year, hourly, "a year of hourly points"),
            *_read(client, FINE, day, fine, "a day of 5-minute points"),
            *_bins(client, day, fine),
            *_counts(client, day, fine),
        ]


_YEAR = Window(START, START + timedelta(days=365))


def _read(
    client: Elasticsearch, namespace: str, window: Window, points: int, name: str
) -> list[Figure]:
    """Measure `series`; against hits on 20 days at most, which they take long enough for."""
    asked: dict[str, Any] = {"namespace": namespace, "metric": METRIC, "statistics": [STATISTIC]}
    part = Window(window.start, min(window.end, window.start + timedelta(days=20)))
    mine, before = _best(
        client,
        lambda: series(client, window=part, **asked).num_rows,
        lambda: sum(map(len, _by_hits(client, namespace, part))),
    )
    [url] = [node.base_url for node in client.transport.node_pool.all()]
    with get_context("spawn").Pool(1) as pool:
        read, seconds, grown = pool.apply(_alone, (url, asked | {"window": window}))
    if read != points:
        raise RuntimeError(f"{read} points were read, of {points}")
    return [
        Figure(name, points / seconds, "points/s", f"{points:,} points"),
        at_least(name, before / mine, "times", "fields of each hit", 2),
        at_most(name, grown / points, "bytes of memory", "a point", 150),
    ]


def _alone(url: str, asked: dict[str, Any]) -> tuple[int, float, int]:
    """Read in a process of its own; return points, seconds, and how much its peak memory grew."""
    with Elasticsearch(url, request_timeout=300) as client:
        decode_fast(client)
        part = Window(asked["window"].start, asked["window"].start + timedelta(hours=1))
        series(client, **asked | {"window": part})  # what is loaded and allocated but once
        held, begun = peak(), time.perf_counter()
        read = series(client, **asked).num_rows
        return read, time.perf_counter() - begun, peak() - held


def _bins(client: Elasticsearch, day: Window, points: int) -> list[Figure]:
    asked: dict[str, Any] = {
        "namespace": FINE, "metric": METRIC, "statistics": [STATISTIC], "window": day,
    }  # fmt: skip
    mine, each = _best(
        client,
        lambda: sum(binned(client, step=3600, **asked)["points"].to_pylist()),
        lambda: series(client, **asked).num_rows,
        of=points,
    )
    return [at_least("hourly bins", each / mine, "times", "all 5-minute points", 1)]


def _counts(client: Elasticsearch, day: Window, points: int) -> list[Figure]:
    mine, plain = _best(
        client,
        lambda: sum(point_counts(client, namespace=FINE, window=day)["count"].to_pylist()),
        lambda: _in_all(client, day),
        of=points,
    )
    return [
        Figure("counts of series", points / mine, "points/s", "one pass"),
        Figure("counts of series", plain / mine, "times", "the speed of one count of all"),
    ]


def _best(client: Elasticsearch, *readers: Callable[[], int], of: int | None = None) -> list[float]:
    """Return each reader's least seconds of some turns; all must read as many points."""
    best = [float("inf")] * len(readers)
    for _ in range(3):
        for number, reader in enumerate(readers):
            client.indices.clear_cache(request=True)
            begun = time.perf_counter()
            read = reader()
            best[number] = min(best[number], time.perf_counter() - begun)
            of = read if of is None else of
            if read != of:
                raise RuntimeError(f"{read} points were read, of {of}")
    return best


def _by_hits(client: Elasticsearch, namespace: str, window: Window) -> Iterator[list[Any]]:
    """Read points as it was done before: ``docvalue_fields`` of each hit."""
    index, value = names.indices_of(namespace), names.value_field(namespace, METRIC, STATISTIC)
    fields = [*rows.identity_fields(["InstanceId"]), value]
    search: dict[str, Any] = {
        "pit": {"id": client.open_point_in_time(index=index, keep_alive="5m")["id"]},
        "query": during(having(namespace, [value], None, None), window),
        "docvalue_fields": [*fields, {"field": "@timestamp", "format": "epoch_millis"}],
        "sort": [{"_shard_doc": "asc"}],
        "size": 10_000,
        "stored_fields": "_none_",
        "track_total_hits": False,
    }
    while page := client.search(**search)["hits"]["hits"]:
        yield [tuple(hit["fields"][field][0] for field in fields) for hit in page]
        search["search_after"] = page[-1]["sort"]


def _in_all(client: Elasticsearch, window: Window) -> int:
    value = names.value_field(FINE, METRIC, STATISTIC)
    answer = client.search(
        index=names.indices_of(FINE),
        size=0,
        query=during({"match_all": {}}, window),
        aggregations={"all": {"value_count": {"field": value}}},
    )
    count: int = answer["aggregations"]["all"]["value"]
    return count


def _load(client: Elasticsearch, namespace: str, count: int, window: Window, period: int) -> int:
    planted = tables(count, window, period=period, namespace=namespace, metrics=(METRIC,))
    return load(client, planted, attributes={}).points
