"""A spill: more points than memory should hold, sorted and freed of doubles by way of a disk.

Points are first put away as they come, 36 bytes each, with names as numbers. When all are there,
the resources are known and how many points each has; then they are dealt out, in order, to buckets
of as many as are sorted in memory at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from nephoscope.archive.day_files import DAY

BUCKET = 400_000
"""Points that are sorted at once, unless one resource has more; they become a row group."""

_NAMES = ("dimensions", "metric", "statistic")
_MOMENTS = ("timestamp", "asked_at")
_ROW = np.dtype(
    [(name, "<i4") for name in _NAMES] + [(n, "<i8") for n in _MOMENTS] + [("value", "<f8")]
)

Rows = NDArray[np.void]
Numbers = NDArray[np.int64]


class Spill:
    """The points of one day file that is being made.

    Args:
        arrived: an empty file on a disk, for the points as they come.
        dealt: another one, for the points in buckets.
    """

    def __init__(self, arrived: IO[bytes], dealt: IO[bytes]) -> None:
        self._arrived = arrived
        self._dealt = dealt
        self._names = {name: _Names() for name in _NAMES}
        self._counts: Numbers = np.zeros(0, np.int64)

    def add(self, table: pa.Table) -> None:
        """Put points away; the table has at least the columns of a day file."""
        rows = np.empty(table.num_rows, _ROW)
        for name, names in self._names.items():
            rows[name] = names.numbers(table[name])
        for name in _MOMENTS:
            rows[name] = table[name].cast(pa.int64()).to_numpy()
        rows["value"] = table["value"].to_numpy()
        counts = np.bincount(rows["dimensions"], minlength=len(self._names["dimensions"]))
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        rows.tofile(self._arrived)

    def tables(self) -> Iterator[pa.Table]:
        """Yield all points in the order of a day file, of whole resources, each point once.

        Of several values of one series and time the one that was asked for last stays, and of
        those asked for in the same millisecond the one that was added last.
        """
        ranks = {name: names.ranks() for name, names in self._names.items()}
        sizes = self._deal(ranks["dimensions"])
        self._dealt.seek(0)
        for size in sizes[sizes > 0]:
            rows = np.fromfile(self._dealt, _ROW, size)
            for name in _NAMES:
                rows[name] = ranks[name][rows[name]]
            yield self._table(rows[self._kept(rows)])

    def _deal(self, ranks: Numbers) -> Numbers:
        """Deal the points out to buckets of whole resources, and return the buckets' sizes."""
        counts = self._counts[np.argsort(ranks)]
        buckets = ((np.cumsum(counts) - counts) // BUCKET)[ranks]
        sizes = np.bincount(buckets, self._counts).astype(np.int64)
        places = np.cumsum(sizes) - sizes
        self._arrived.seek(0)
        while len(rows := np.fromfile(self._arrived, _ROW, BUCKET)):
            bucket = buckets[rows["dimensions"]]
            order = np.argsort(bucket, kind="stable")
            numbers, starts = np.unique(bucket[order], return_index=True)
            for number, part in zip(numbers, np.split(rows[order], starts[1:]), strict=True):
                self._dealt.seek(int(places[number]) * _ROW.itemsize)
                part.tofile(self._dealt)
                places[number] += len(part)
        return sizes

    def _kept(self, rows: Rows) -> Numbers:
        """Return which points stay, in order."""
        series = np.zeros(len(rows), np.int64)
        for name in _NAMES:
            series = series * len(self._names[name]) + rows[name]
        order = np.lexsort((rows["asked_at"], rows["timestamp"], series))
        series, times = series[order], rows["timestamp"][order]
        last = np.ones(len(order), np.bool_)
        last[:-1] = (series[1:] != series[:-1]) | (times[1:] != times[:-1])
        return order[last]

    def _table(self, rows: Rows) -> pa.Table:
        columns = {name: names.column(rows[name]) for name, names in self._names.items()}
        for name in _MOMENTS:
            columns[name] = pa.array(rows[name]).cast(DAY.field(name).type)
        columns["value"] = pa.array(rows["value"])
        return pa.table([columns[name] for name in DAY.names], schema=DAY)


class _Names:
    """Names as numbers, in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self, column: pa.ChunkedArray) -> Numbers:
        """Return the numbers of names, given as a dictionary."""
        whole = column.unify_dictionaries().combine_chunks()
        known = self._numbers
        numbers = [known.setdefault(name, len(known)) for name in whole.dictionary.to_pylist()]
        found: Numbers = np.array(numbers, np.int64)[whole.indices.to_numpy()]
        return found

    def ranks(self) -> Numbers:
        """Return at each name's number its place in the order of names."""
        ranks = np.empty(len(self._numbers), np.int64)
        ranks[[self._numbers[name] for name in sorted(self._numbers)]] = np.arange(len(ranks))
        return ranks

    def column(self, ranks: Numbers) -> pa.DictionaryArray:
        """Return the names of ranks; the dictionary has no more names than lie between them."""
        first = int(ranks.min()) if len(ranks) else 0
        names = sorted(self._numbers)[first : int(ranks.max(initial=first)) + 1]
        numbers = (ranks - first).astype(np.int32)
        return pa.DictionaryArray.from_arrays(pa.array(numbers), pa.array(names, pa.string()))
