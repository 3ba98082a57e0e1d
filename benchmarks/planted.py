"""Points of random doubles, which a store can compress least, and a node to load them into."""

from __future__ import annotations

import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from elasticsearch import Elasticsearch

from benchmarks.clients import ACCOUNT, METRICS, REGION
from nephoscope.config.settings import ROOT
from nephoscope.demo.elastic.node import Node
from nephoscope.model import Window, dimensions_key
from nephoscope.points import POINTS

DAY = Window.day(datetime(2026, 11, 1, tzinfo=UTC))
A_DAY = 288
"""Points of a series at 300 s."""

_ROWS = 144_000  # of a table, at the most: 50 instances' day of ten metrics


@contextmanager
def embedded_node() -> Generator[str]:
    """Start a node of its own, which is gone afterwards; yield its URL."""
    jars = ROOT / "var" / "cache" / "jars"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with Node(home / "data", jars, log=home / "log") as node:
            yield node.url


def merged_bytes(client: Elasticsearch, index: str) -> int:
    """Merge indices into one segment a shard, and return the bytes of these, without copies.

    They are asked of the segments: Elasticsearch's statistics of a store may be 10 s old.
    """
    client.indices.refresh(index=index)
    client.options(request_timeout=600).indices.forcemerge(index=index, max_num_segments=1)
    client.indices.flush(index=index)
    client.indices.refresh(index=index)
    found = client.indices.segments(index=index)["indices"].values()
    return sum(
        segment["size_in_bytes"]
        for one in found
        for copies in one["shards"].values()
        for segment in copies[0]["segments"].values()
    )


def tables(
    instances: int,
    window: Window = DAY,
    *,
    period: int = 300,
    namespace: str = "AWS/EC2",
    metrics: Sequence[str] = METRICS,
) -> Iterator[pa.Table]:
    """Yield averages of metrics of instances, whole instances at a time; always the same."""
    moments = np.arange(int(window.start.timestamp()), int(window.end.timestamp()), period) * 1000
    together = max(1, _ROWS // len(moments) // len(metrics))
    for first in range(0, instances, together):
        ids = [f"i-{number:017x}" for number in range(first, min(first + together, instances))]
        rows = len(ids) * len(metrics) * len(moments)
        same = {
            "account": ACCOUNT,
            "region": REGION,
            "namespace": namespace,
            "statistic": "Average",
        }
        codes = np.repeat(np.arange(len(ids) * len(metrics), dtype=np.int32), len(moments))
        keys = [dimensions_key((("InstanceId", one),)) for one in ids]
        columns = {
            **{name: _named(np.zeros(rows, np.int32), [text]) for name, text in same.items()},
            "dimensions": _named(codes // len(metrics), keys),
            "metric": _named(codes % len(metrics), metrics),
            "period": pa.array(np.full(rows, period, np.int32)),
            "timestamp": _moments(np.tile(moments, rows // len(moments))),
            "value": pa.array(np.random.default_rng(first).random(rows) * 100),
            "asked_at": _moments(np.full(rows, int(window.end.timestamp()) * 1000)),
        }
        yield pa.table(columns, schema=POINTS)


def _named(codes: np.ndarray[tuple[int], np.dtype[np.int32]], names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(names))


def _moments(milliseconds: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    return pa.array(milliseconds).cast(POINTS.field("timestamp").type)
