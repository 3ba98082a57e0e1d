"""Points that are read page by page, as the columns of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nephoscope.model import dimensions_key
from nephoscope.store.names import DIMENSIONS

NAME = pa.dictionary(pa.int32(), pa.string())
MOMENT = pa.timestamp("ms", tz="UTC")

RESOURCE = pa.schema(
    [("account", NAME), ("region", NAME), ("dimensions", NAME), ("period", pa.int32())]
)
"""The columns that say whose points they are; the period is in seconds."""

Identity = tuple[str, str, str, int]
"""Account, region, dimensions (canonical JSON), period."""

ABSENT = float("inf")
"""What a point that lacks a value is sorted by, and no value is: the loader refuses it."""

_DAY = 86_400_000

_Ints = npt.NDArray[np.int64]
_Values = npt.NDArray[np.float64]


def identity_fields(dimensions: Sequence[str]) -> list[str]:
    """Name the fields that tell whose a document is, if a namespace has these dimensions."""
    own = ["cloud.account.id", "cloud.region", "aws.cloudwatch.period"]
    return [*own, *(f"{DIMENSIONS}{name}" for name in dimensions)]


def identity(dimensions: Sequence[str], found: Sequence[Any]) -> Identity:
    """Return whose a document is, by its identity fields; a dimension that it lacks is None."""
    account, region, period, *values = found
    pairs = zip(dimensions, values, strict=True)
    key = dimensions_key(tuple((name, value) for name, value in pairs if value is not None))
    return account, region, key, period


def sort(dimensions: Sequence[str], values: Sequence[str]) -> list[dict[str, Any]]:
    """Say what to sort a search by, so that `Rows` takes its pages.

    Args:
        dimensions: the names of a namespace's dimensions.
        values: fields that are read.
    """
    names = [{name: {"unmapped_type": "keyword"}} for name in identity_fields(dimensions)]
    value = {"missing": "_last", "unmapped_type": "double"}
    return [{"@timestamp": "asc"}, *names, *({field: value} for field in values)]


class Rows:
    """Points: of each the number of its series, its time and its values, and no object.

    Args:
        dimensions: the names of a namespace's dimensions.
    """

    def __init__(self, dimensions: Sequence[str]) -> None:
        self._dimensions = dimensions
        self._width = len(identity_fields(dimensions))
        self._series: dict[tuple[Any, ...], int] = {}
        self._pages: list[tuple[npt.NDArray[np.int32], _Ints, _Values]] = []

    def add(self, page: Sequence[Sequence[Any]]) -> None:
        """Add points.

        Args:
            page: a column of times in ms, one for each identity field, one for each value.
        """
        times, *columns = page
        whose = zip(*columns[: self._width], strict=True)
        series = [self._series.setdefault(one, len(self._series)) for one in whose]
        values = np.array(columns[self._width :], np.float64).reshape(-1, len(times))
        self._pages.append((np.array(series, np.int32), np.array(times, np.int64), values))

    def each(self) -> Iterator[tuple[Identity, _Ints, _Values]]:
        """Yield each series, with its times in ms and, by field and time, its values."""
        series, times, values = self._joined()
        order = np.lexsort((times, series))
        ends = np.searchsorted(series[order], np.arange(len(self._series)), side="right")
        for whose, rows in zip(self._identities(), np.split(order, ends[:-1]), strict=False):
            yield whose, times[rows], values[:, rows]

    def table(self, columns: Sequence[str]) -> pa.Table:
        """Return the points, of each resource and UTC day only those of the finest period.

        Args:
            columns: what to call the values; they are null where a point lacks them.

        Returns:
            The columns of `RESOURCE`, timestamp and values, sorted by account, region, dimensions
            and timestamp.
        """
        identities = self._identities()
        places = {whose: rank for rank, whose in enumerate(sorted({one[:3] for one in identities}))}
        rank = np.array([places[one[:3]] for one in identities], np.int64)
        period = np.array([one[3] for one in identities], np.int64)
        series, times, values = self._joined()
        rows = np.flatnonzero(_finest(rank[series], times // _DAY, period[series]))
        rows = rows[np.lexsort((times[rows], rank[series[rows]]))]
        table = _whose(identities).take(pa.array(series[rows]))
        table = table.append_column("timestamp", pa.array(times[rows]).cast(MOMENT))
        for name, column in zip_longest(columns, values, fillvalue=np.empty(0)):
            some = column[rows]
            table = table.append_column(name, pa.array(some, mask=some == ABSENT))
        return table

    def _identities(self) -> list[Identity]:
        return [identity(self._dimensions, found) for found in self._series]

    def _joined(self) -> tuple[npt.NDArray[np.int32], _Ints, _Values]:
        """Join the pages into one, in their place."""
        if len(self._pages) != 1:
            empty = np.empty(0, np.int32), np.empty(0, np.int64), np.empty((0, 0))
            series, times, values = zip(*(self._pages or [empty]), strict=True)
            self._pages = [(np.concatenate(series), np.concatenate(times), np.hstack(values))]
        return self._pages[0]


def _whose(identities: Sequence[Identity]) -> pa.Table:
    columns = list(zip(*identities, strict=True)) or [()] * len(RESOURCE)
    return pa.table([pa.array(list(column)) for column in columns], names=RESOURCE.names).cast(
        RESOURCE
    )


def _finest(resource: _Ints, day: _Ints, period: _Ints) -> npt.NDArray[np.bool_]:
    """Tell which points are of the finest period of their resource and day."""
    first = day.min(initial=np.iinfo(np.int64).max)
    group = resource * (day.max(initial=first) - first + 1) + day - first
    least = np.full(group.max(initial=-1) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, group, period)
    finest: npt.NDArray[np.bool_] = period == least[group]
    return finest
