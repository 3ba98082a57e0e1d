"""The table that answers make: one row a point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nephoscope.extract.answers import NONE, Answer
from nephoscope.model import dimensions_key
from nephoscope.plan.shards import Shard
from nephoscope.points import POINTS

Counts = NDArray[np.int64]


def table(shard: Shard, answers: Sequence[Answer]) -> pa.Table:
    """Lay a shard's answers out as POINTS, in their order."""
    counts = np.array([len(answer.values) for answer in answers], np.int64)
    total = int(counts.sum())
    seconds = np.concatenate([NONE, *(answer.timestamps for answer in answers)])
    asked_at = np.array([_milliseconds(answer.asked_at) for answer in answers], np.int64)
    period = np.array([answer.period for answer in answers], np.int32)
    columns = [
        *(_same(name, total) for name in (shard.account, shard.region, shard.namespace)),
        _repeated([dimensions_key(answer.query[0]) for answer in answers], counts),
        _repeated([answer.query[1] for answer in answers], counts),
        _repeated([answer.query[2] for answer in answers], counts),
        pa.array(np.repeat(period, counts)),
        _moments((seconds * 1000).astype(np.int64), "timestamp"),
        pa.array(np.concatenate([NONE, *(answer.values for answer in answers)])),
        _moments(np.repeat(asked_at, counts), "asked_at"),
    ]
    return pa.Table.from_arrays(columns, schema=POINTS)


def _milliseconds(moment: datetime | None) -> int:
    """Return epoch milliseconds; what was not asked has no points, and so no row with the 0."""
    return 0 if moment is None else int(moment.timestamp() * 1000)


def _moments(milliseconds: Counts, column: str) -> pa.Array:
    return pa.array(milliseconds).cast(POINTS.field(column).type)


def _same(name: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), [name])


def _repeated(names: Sequence[str], counts: Counts) -> pa.DictionaryArray:
    encoded = pa.array(names, pa.string()).dictionary_encode()
    codes = np.repeat(encoded.indices.to_numpy(), counts)
    return pa.DictionaryArray.from_arrays(pa.array(codes), encoded.dictionary)
