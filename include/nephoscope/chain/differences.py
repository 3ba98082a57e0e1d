"""Where the points of two sides differ: point by point, told by series."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa

from nephoscope.model import Window, dimensions_key
from nephoscope.store import names
from nephoscope.store.load.rejection import Rejection
from nephoscope.store.read import queries

_DAY = 86_400_000

_Ints = npt.NDArray[np.int64]

Series = tuple[str, str, str]
"""Dimensions (canonical JSON), metric and statistic, both as fields are named."""


Places = Mapping[Series, int]
"""A number of each series."""


class Kind(StrEnum):
    """How points differ."""

    NOT_STORED = "not stored"
    """The archive has them: replay brings them back."""

    REJECTED = "rejected"
    """The archive has them, and Elasticsearch refused their documents."""

    NOT_ARCHIVED = "not archived"
    """They are stored, and nowhere else."""

    OLDER = "older value stored"
    """The archive's value was read later: replay brings it back."""

    OTHER = "other value stored"
    """The stored value was not read before the archive's: replay may leave it as it is."""

    @property
    def column(self) -> str:
        """What its count of points is called in JSON."""
        return self.replace(" ", "_")


@dataclass(frozen=True, slots=True)
class Difference:
    """Points of a series that differ in one way.

    Attributes:
        series: whose.
        kind: how.
        points: how many.
        first: when the first of them starts, in UTC.
        last: when the last of them does.
    """

    series: Series
    kind: Kind
    points: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Points:
    """Points of one period.

    Attributes:
        names: of series; ``names[series[n]]`` is that of point n.
        times: when they start, in ms since 1970.
        values: of each.
        read_at: when each was read of CloudWatch, in ms since 1970. Of stored ones this is known
            of their documents: a value in them may have been read before.
    """

    names: Sequence[Series]
    series: _Ints
    times: _Ints
    values: npt.NDArray[np.float64]
    read_at: _Ints

    @classmethod
    def archived(cls, table: pa.Table) -> Self:
        """Read the columns of a day file."""
        dimensions, metrics, statistics = (
            table[name].unify_dictionaries().combine_chunks()
            for name in ("dimensions", "metric", "statistic")
        )
        codes = np.zeros(table.num_rows, np.int64)
        for column in (dimensions, metrics, statistics):
            codes = codes * len(column.dictionary) + column.indices.to_numpy()
        _, firsts, series = np.unique(codes, return_index=True, return_inverse=True)
        rows = pa.array(firsts)
        found = (one.take(rows).to_pylist() for one in (dimensions, metrics, statistics))
        return cls(
            [
                (key, names.metric_field(metric), names.statistic_field(statistic))
                for key, metric, statistic in zip(*found, strict=True)
            ],
            series,
            table["timestamp"].cast(pa.int64()).to_numpy(),
            table["value"].to_numpy(),
            table["asked_at"].cast(pa.int64()).to_numpy(),
        )

    @classmethod
    def stored(cls, series: Sequence[queries.Points] = ()) -> Self:
        """Join series that are stored."""
        none = np.empty(0)
        return cls(
            [(one.resource.key, *one.measure) for one in series],
            np.repeat(np.arange(len(series)), [len(one.times) for one in series]),
            np.concatenate([none.astype(np.int64), *(one.times for one in series)]),
            np.concatenate([none, *(one.values for one in series)]),
            np.concatenate([none.astype(np.int64), *(one.ingested for one in series)]),
        )

    def keys(self, places: Places, day: Window) -> _Ints:
        """Return a number for each point, by the place of its series and its time of the day."""
        place = np.array([places[one] for one in self.names], np.int64)
        return place[self.series] * _DAY + self.times - _milliseconds(day.start)


def refused(rejections: Iterable[Rejection]) -> Iterator[tuple[int, Series, int]]:
    """Yield period (s), series and time (ms since 1970) of each point of refused documents."""
    for one in rejections:
        source = orjson.loads(one.document)
        of_aws: dict[str, Any] = source["aws"]
        key = dimensions_key(tuple(of_aws["dimensions"].items()))
        time = _milliseconds(datetime.fromisoformat(source["@timestamp"]))
        field = names.field_of(of_aws["cloudwatch"]["namespace"])
        for metric, statistics in of_aws[field]["metrics"].items():
            for statistic in statistics:
                yield of_aws["cloudwatch"]["period"], (key, metric, statistic), time


def differences(
    archived: Points, stored: Points, refused: Iterable[tuple[Series, int]], day: Window
) -> Iterator[Difference]:
    """Yield how the points of whole resources differ, series by series.

    Args:
        archived: of one period, each once.
        stored: likewise.
        refused: series and times (ms since 1970) of points that Elasticsearch refused.
        day: the UTC day of all.
    """
    series = sorted({*archived.names, *stored.names})
    places = {one: place for place, one in enumerate(series)}
    start = _milliseconds(day.start)
    known = [places[one] * _DAY + time - start for one, time in refused if one in places]
    for kind, keys in _kinds(archived, stored, places, day):
        rejected = np.isin(keys, np.array(known, np.int64)) & (kind is Kind.NOT_STORED)
        for which, some in ((Kind.REJECTED, keys[rejected]), (kind, keys[~rejected])):
            for place, count, first, last in _spans(some):
                times = _moment(first + start), _moment(last + start)
                yield Difference(series[place], which, count, *times)


def _kinds(
    archived: Points, stored: Points, places: Places, day: Window
) -> Iterator[tuple[Kind, _Ints]]:
    """Yield the keys of the points that differ, by how they do."""
    ours, theirs = archived.keys(places, day), stored.keys(places, day)
    yield Kind.NOT_STORED, np.setdiff1d(ours, theirs, assume_unique=True)
    yield Kind.NOT_ARCHIVED, np.setdiff1d(theirs, ours, assume_unique=True)
    both, here, there = np.intersect1d(ours, theirs, assume_unique=True, return_indices=True)
    other = archived.values[here] != stored.values[there]
    later = archived.read_at[here] > stored.read_at[there]
    yield Kind.OLDER, both[other & later]
    yield Kind.OTHER, both[other & ~later]


def _spans(keys: _Ints) -> Iterator[tuple[int, int, int, int]]:
    """Yield place, number of points, first and last time of the day of each series in keys."""
    places, times = np.divmod(np.sort(keys), _DAY)
    found, firsts, counts = np.unique(places, return_index=True, return_counts=True)
    columns = found, counts, times[firsts], times[firsts + counts - 1]
    yield from zip(*(one.tolist() for one in columns), strict=True)


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
