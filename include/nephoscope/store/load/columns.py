"""The columns of points as numpy arrays, and their rows sorted into documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from nephoscope.errors import Rejected
from nephoscope.model import Resource, dimensions_from_key
from nephoscope.points import POINTS

ROWS = 100_000
"""How many are sorted and written at once, or one resource's where those are more."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Part:
    """The points of whole resources, in the order of their documents.

    Attributes:
        rows: row numbers, one for each point.
        starts: where each document begins in ``rows``.
    """

    rows: Ints
    starts: Ints

    @property
    def stops(self) -> Ints:
        """Where each document ends in ``rows``."""
        return np.append(self.starts[1:], len(self.rows))

    def cut(self, most: int) -> Iterator[Part]:
        """Yield the documents some at a time."""
        stops = self.stops
        for first in range(0, len(self.starts), most):
            starts = self.starts[first : first + most]
            stop = stops[first + len(starts) - 1]
            yield Part(self.rows[starts[0] : stop], starts - starts[0])

    def only(self, which: Flags) -> Part:
        """Return the documents for which a flag is set."""
        sizes = self.stops - self.starts
        kept = sizes[which]
        return Part(self.rows[np.repeat(which, sizes)], np.cumsum(kept) - kept)


@dataclass(frozen=True, slots=True)
class Columns:
    """Points. What repeats is a number: ``names[column][codes[column][row]]`` is its name.

    Attributes:
        group: a number for each resource and period.
        measure: metric and statistic: ``metric * len(names["statistic"]) + statistic``.
        period: seconds.
        timestamp: milliseconds since 1970, UTC; so is asked_at.
    """

    names: dict[str, list[str]]
    codes: dict[str, Ints]
    group: Ints
    measure: Ints
    period: Ints
    timestamp: Ints
    value: npt.NDArray[np.float64]
    asked_at: Ints

    @classmethod
    def of(cls, table: pa.Table) -> Columns:
        """Read a table of `POINTS`.

        Raises:
            Rejected: a value is missing, or is no finite number.
        """
        _refuse_missing(table)
        table = table.select(POINTS.names).cast(POINTS).unify_dictionaries().combine_chunks()
        arrays = {name: _array(table, name) for name in POINTS.names}
        texts = [name for name in POINTS.names if pa.types.is_dictionary(POINTS.field(name).type)]
        named = {name: _named(arrays[name]) for name in texts}
        names = {name: one for name, (one, _) in named.items()}
        codes = {name: one for name, (_, one) in named.items()}
        columns = cls(
            names=names,
            codes=codes,
            group=_group(names, codes, arrays["period"].to_numpy()),
            measure=codes["metric"] * len(names["statistic"]) + codes["statistic"],
            period=arrays["period"].to_numpy().astype(np.int64),
            timestamp=arrays["timestamp"].to_numpy().astype(np.int64),
            value=arrays["value"].to_numpy(),
            asked_at=arrays["asked_at"].to_numpy().astype(np.int64),
        )
        columns._refuse_infinite()
        return columns

    def name(self, column: str, row: int) -> str:
        """Return a row's account, region, namespace, dimensions, metric or statistic."""
        return self.names[column][int(self.codes[column][row])]

    def resource(self, row: int) -> Resource:
        """Return the resource that a row is of."""
        return Resource(
            self.name("account", row),
            self.name("region", row),
            self.name("namespace", row),
            dimensions_from_key(self.name("dimensions", row)),
        )

    def months(self) -> set[tuple[str, date]]:
        """Return the namespaces and months (their first days) that there are points of."""
        months = self.timestamp.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
        spaces = self.names["namespace"]
        pairs = np.unique(months * len(spaces) + self.codes["namespace"]).tolist()
        return {(spaces[pair % len(spaces)], _month(pair // len(spaces))) for pair in pairs}

    def parts(self) -> Iterator[Part]:
        """Yield all points, some whole resources at a time."""
        ends = np.append(np.flatnonzero(np.diff(self.group)) + 1, len(self.group))
        start = 0
        while start < len(self.group):
            nearest = min(int(np.searchsorted(ends, start + ROWS)), len(ends) - 1)
            stop = int(ends[nearest])
            yield self._part(slice(start, stop))
            start = stop

    def _part(self, rows: slice) -> Part:
        """Sort rows by resource, time and measure; of two reads of a value, the newest stays.

        Where two reads of one moment differ, the greater stays, whatever the rows' order.
        """
        _, group = np.unique(self.group[rows], return_inverse=True)
        times, time = np.unique(self.timestamp[rows], return_inverse=True)
        document = group * len(times) + time
        point = document * self.measures + self.measure[rows]
        order = np.argsort(point)
        if not np.diff(point[order]).all():  # rare, and sorting by three keys takes long
            order = np.lexsort((self.value[rows], self.asked_at[rows], point))
            order = order[np.diff(point[order], append=-1) != 0]
        starts = np.flatnonzero(np.diff(document[order], prepend=-1))
        return Part(rows=order + rows.start, starts=starts)

    @property
    def measures(self) -> int:
        """How many measures there may be; each is a number below."""
        return len(self.names["metric"]) * len(self.names["statistic"])

    def _refuse_infinite(self) -> None:
        wrong = np.flatnonzero(~np.isfinite(self.value))
        if len(wrong):
            row = int(wrong[0])
            metric, statistic = self.name("metric", row), self.name("statistic", row)
            raise Rejected(
                f"{len(wrong)} of {len(self.value)} points of {self.name('namespace', row)} are no "
                f"finite numbers, first {metric} {statistic}: {self.value[row]}"
            )


def _month(number: int) -> date:
    """Return the first day of the month of this number, counted from January 1970."""
    return date(1970 + number // 12, number % 12 + 1, 1)


def _named(array: Any) -> tuple[list[str], Ints]:
    """Return the names of a dictionary, each once, and the number of each row's.

    Arrow lets a dictionary have a name twice.
    """
    names, codes = array.dictionary.to_pylist(), array.indices.to_numpy().astype(np.int64)
    places: dict[str, int] = {}
    place = np.array([places.setdefault(name, len(places)) for name in names], np.int64)
    return list(places), codes if len(places) == len(names) else place[codes]


def _array(table: pa.Table, name: str) -> Any:
    column = table.column(name)
    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _refuse_missing(table: pa.Table) -> None:
    for name in POINTS.names:
        if count := table.column(name).null_count:
            raise Rejected(f"{count} points have no {name}")


def _group(names: dict[str, list[str]], codes: dict[str, Ints], period: Any) -> Ints:
    periods, inverse = np.unique(period, return_inverse=True)
    group: Ints = inverse.astype(np.int64)
    size = len(periods)
    for column in ("account", "region", "namespace", "dimensions"):
        group += codes[column] * size
        size *= len(names[column])
    return group
