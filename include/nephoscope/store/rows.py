"""Hits of Elasticsearch as the rows and columns of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nephoscope.model import dimensions_key

NAME = pa.dictionary(pa.int32(), pa.string())
MOMENT = pa.timestamp("ms", tz="UTC")

RESOURCE = pa.schema(
    [("account", NAME), ("region", NAME), ("dimensions", NAME), ("period", pa.int32())]
)
"""The columns that say whose points they are; the period is in seconds."""

Identity = tuple[str, str, str, int]
"""Account, region, dimensions (canonical JSON), period."""

_DIMENSIONS = "aws.dimensions."
_TIME = "@timestamp"

_WHOSE = "account", "region", "dimensions"

IDENTITY_FIELDS = (
    "cloud.account.id",
    "cloud.region",
    "aws.cloudwatch.period",
    f"{_DIMENSIONS}*",
)
"""What to ask of a hit, as ``docvalue_fields``, for its identity."""

TIME_FIELD = {"field": _TIME, "format": "epoch_millis"}
"""What to ask of a hit for its time."""


def identity(fields: Mapping[str, Any]) -> Identity:
    """Return whose a hit is."""
    dimensions = tuple(
        (name.removeprefix(_DIMENSIONS), values[0])
        for name, values in fields.items()
        if name.startswith(_DIMENSIONS)
    )
    return (
        fields["cloud.account.id"][0],
        fields["cloud.region"][0],
        _key(dimensions),
        fields["aws.cloudwatch.period"][0],
    )


@lru_cache(maxsize=65536)
def _key(dimensions: tuple[tuple[str, str], ...]) -> str:
    return dimensions_key(dimensions)


def milliseconds(fields: Mapping[str, Any]) -> int:
    """Return a hit's time, since 1970."""
    return int(fields[_TIME][0])


def points(page: Sequence[Mapping[str, Any]], values: Mapping[str, str]) -> pa.Table:
    """Put a page of hits into columns.

    Args:
        page: the fields of hits: identity, time and values.
        values: the field of each column of values; a hit without it has null there.
    """
    identities = list(zip(*map(identity, page), strict=True)) or [()] * len(RESOURCE)
    columns = [pa.array(list(column)) for column in identities]
    table = pa.table(columns, names=RESOURCE.names).cast(RESOURCE)
    times = pa.array([milliseconds(fields) for fields in page], pa.int64())
    table = table.append_column("timestamp", times.cast(MOMENT))
    for name, field in values.items():
        column = [fields.get(field, (None,))[0] for fields in page]
        table = table.append_column(name, pa.array(column, pa.float64()))
    return table


def finest(table: pa.Table) -> pa.Table:
    """Keep, of each resource and UTC day, the points of the finest period alone."""
    period = table["period"].to_numpy()
    group = table["timestamp"].to_numpy().astype("datetime64[D]").astype(np.int64)
    for name in _WHOSE:
        ranks = _ranks(table[name])
        group = group * (ranks.max(initial=0) + 1) + ranks
    groups, inverse = np.unique(group, return_inverse=True)
    least = np.full(len(groups), np.iinfo(np.int32).max)
    np.minimum.at(least, inverse, period)
    return table.filter(pa.array(period == least[inverse]))


def ordered(table: pa.Table) -> pa.Table:
    """Sort by account, region, dimensions and time."""
    keys = [table["timestamp"].to_numpy(), *(_ranks(table[name]) for name in reversed(_WHOSE))]
    return table.take(pa.array(np.lexsort(keys)))


def _ranks(column: Any) -> npt.NDArray[np.int64]:
    """Number names by their place in the alphabet of the column."""
    one = column.unify_dictionaries().combine_chunks()
    _, ranks = np.unique(np.array(one.dictionary.to_pylist(), dtype=object), return_inverse=True)
    numbers: npt.NDArray[np.int64] = ranks[one.indices.to_numpy()]
    return numbers
