"""Points of random doubles: what a store can compress least."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from benchmarks.clients import ACCOUNT, METRICS, REGION
from nephoscope.model import dimensions_key
from nephoscope.points import POINTS

START = datetime(2026, 11, 1, tzinfo=UTC)
PERIOD = 300
A_DAY = 288
"""Points of a series."""

_TOGETHER = 50  # instances of one table: some 100,000 points of a day


def tables(instances: int, times: int = A_DAY, seed: int = 1) -> Iterator[pa.Table]:
    """Yield ten metrics of instances at 300 s from `START` on, of some instances at a time."""
    for first in range(0, instances, _TOGETHER):
        count = min(_TOGETHER, instances - first)
        ids = [instance(first + number) for number in range(count)]
        yield _table(ids, times, np.random.default_rng([seed, first]))


def instance(number: int) -> str:
    """Return the id of an instance."""
    return f"i-{number:017x}"


def _table(ids: list[str], times: int, random: np.random.Generator) -> pa.Table:
    rows = len(ids) * len(METRICS) * times
    step = np.arange(times) * PERIOD * 1000 + int(START.timestamp() * 1000)
    asked_at = step[-1] + 3_600_000
    each_metric = np.tile(np.repeat(np.arange(len(METRICS), dtype=np.int32), times), len(ids))
    each_id = np.repeat(np.arange(len(ids), dtype=np.int32), len(METRICS) * times)
    keys = [dimensions_key((("InstanceId", one),)) for one in ids]
    columns = {
        "account": _names(np.zeros(rows, np.int32), [ACCOUNT]),
        "region": _names(np.zeros(rows, np.int32), [REGION]),
        "namespace": _names(np.zeros(rows, np.int32), ["AWS/EC2"]),
        "dimensions": _names(each_id, keys),
        "metric": _names(each_metric, list(METRICS)),
        "statistic": _names(np.zeros(rows, np.int32), ["Average"]),
        "period": pa.array(np.full(rows, PERIOD, np.int32)),
        "timestamp": pa.array(np.tile(step, len(ids) * len(METRICS))).cast(
            pa.timestamp("ms", "UTC")
        ),
        "value": pa.array(random.random(rows) * 100),
        "asked_at": pa.array(np.full(rows, asked_at)).cast(pa.timestamp("ms", "UTC")),
    }
    return pa.table(columns).cast(POINTS)


def _names(codes: np.ndarray[tuple[int], np.dtype[np.int32]], values: list[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(values))
