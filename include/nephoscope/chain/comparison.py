"""The archive against the store: what one holds and the other lacks, and values that differ.

Both sides are read together, some whole resources at a time, as a day file has them, and compared
point by point. That tells which points differ, as a checksum of each series would not without a
second reading; and memory holds one row group of a day file, however many points there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from nephoscope.archive import rejected
from nephoscope.archive.days import Kept, kept, newest
from nephoscope.archive.layout import Source
from nephoscope.chain.differences import Difference, Points, Series, differences, refused
from nephoscope.coverage import Measure
from nephoscope.model import Resource, Window, dimensions_from_key
from nephoscope.place import Place
from nephoscope.store.read import queries
from nephoscope.store.upkeep.indices import metrics_indices

TOGETHER = 100
"""Resources whose points are read by one query."""

Watch = Callable[[int], None]
"""Is told of how many points more are compared."""

_Whose = tuple[str, int]
"""Dimensions (canonical JSON) and period (s)."""

Stored = dict[_Whose, list[Measure]]
"""The measures that are stored."""


@dataclass(slots=True)
class Compared:
    """What came of a comparison.

    Attributes:
        day: a UTC day.
        source: an account, region and namespace.
        period: in seconds.
        archived: how many points the archive holds.
        stored: how many points are stored.
        differences: of each series and in each way in which they differ; none where all is equal.
    """

    day: Window
    source: Source
    period: int
    archived: int = 0
    stored: int = 0
    differences: list[Difference] = field(default_factory=list)


def compare(
    root: Place,
    client: Any,
    window: Window,
    watch: Watch,
    namespaces: Collection[str] | None = None,
) -> Iterator[Compared]:
    """Compare the points of days that the archive holds with those that are stored.

    Of a point that was read several times the newest value counts, as `replay` takes it.

    Args:
        root: the archive's.
        client: the official client.
        window: whole UTC days.
        watch: is told of progress.
        namespaces: only these; all if None.

    Yields:
        Each UTC day, account, region, namespace and period that one of the two has points of.
    """
    queries.refresh(client)
    indices = metrics_indices(client)
    for day in window.days():
        archived = {one.source: one for one in kept(root, [day], namespaces)}
        there = (one for one in indices if _meet(one.window, day))
        found = {one.namespace for one in there} | {one.namespace for one in archived}
        for namespace in sorted(found if namespaces is None else found & set(namespaces)):
            stored = _stored(client, namespace, day)
            ours = {source for source in archived if source.namespace == namespace}
            for source in sorted(ours | stored.keys()):
                reading = _Reading(client, source, day, stored.get(source, {}))
                yield from _compared(root, archived.get(source), reading, watch)


def _meet(one: Window, other: Window) -> bool:
    return one.start < other.end and other.start < one.end


def _stored(client: Any, namespace: str, day: Window) -> dict[Source, Stored]:
    """Return what is stored of a namespace."""
    table = queries.point_counts(client, namespace=namespace, window=day)
    stored: dict[Source, Stored] = defaultdict(lambda: defaultdict(list))
    for row in zip(*table.to_pydict().values(), strict=True):
        account, region, key, period, metric, statistic, _ = row
        stored[Source(account, region, namespace)][key, period].append((metric, statistic))
    return stored


def _compared(
    root: Place, archived: Kept | None, reading: _Reading, watch: Watch
) -> Iterator[Compared]:
    """Compare a UTC day of a source, period by period."""
    source, day = reading.source, reading.day
    known = _refused(root, source, day)
    found: dict[int, Compared] = {}
    for period, here, there in _sides(root, archived, reading):
        one = found.setdefault(period, Compared(day, source, period))
        one.archived += len(here.times)
        one.stored += len(there.times)
        one.differences += differences(here, there, known[period], day)
        watch(max(len(here.times), len(there.times)))
    yield from (one for _, one in sorted(found.items()))


def _sides(
    root: Place, archived: Kept | None, reading: _Reading
) -> Iterator[tuple[int, Points, Points]]:
    """Yield what is archived and what is stored of some whole resources, after the period (s)."""
    for period, table in newest(root, archived) if archived else ():
        here = Points.archived(table)
        yield period, here, reading.of(period, {key for key, _, _ in here.names})
    yield from ((period, Points.stored(), there) for period, there in reading.rest())


def _refused(root: Place, source: Source, day: Window) -> dict[int, list[tuple[Series, int]]]:
    """Return series and times (ms) of the points that Elasticsearch refused, by period (s)."""
    found: dict[int, list[tuple[Series, int]]] = defaultdict(list)
    for attempt in rejected.attempts(root, day):
        if attempt.source == source.path:
            for period, series, time in refused(rejected.read(root, attempt)):
                found[period].append((series, time))
    return found


class _Reading:
    """Reads what is stored of a UTC day of a source, each resource once.

    Args:
        stored: what there is to read; what was read is taken out.
    """

    def __init__(self, client: Any, source: Source, day: Window, stored: Stored) -> None:
        self.source = source
        self.day = day
        self._client = client
        self._stored = stored

    def of(self, period: int, keys: Collection[str]) -> Points:
        """Read resources, by their dimensions."""
        wanted = self._stored.keys() & {(key, period) for key in keys}
        return Points.stored([one for _, some in self._read(wanted) for one in some])

    def rest(self) -> Iterator[tuple[int, Points]]:
        """Read all others, some at a time, and yield them after their period (s)."""
        for period, some in self._read(list(self._stored)):
            yield period, Points.stored(some)

    def _read(self, wanted: Collection[_Whose]) -> Iterator[tuple[int, list[queries.Points]]]:
        """Read those together that are of one period and have dimensions of the same names."""
        for (period, _), same in groupby(sorted(wanted, key=_alike), _alike):
            while some := list(islice(same, TOGETHER)):
                found = queries.stored_points(
                    self._client,
                    resources=[self._resource(key) for key, _ in some],
                    measures=sorted({one for each in some for one in self._stored.pop(each)}),
                    window=self.day,
                    period=period,
                )
                yield period, list(found)

    def _resource(self, key: str) -> Resource:
        one = self.source
        return Resource(one.account, one.region, one.namespace, dimensions_from_key(key))


def _alike(whose: _Whose) -> tuple[int, list[str]]:
    key, period = whose
    return period, [name for name, _ in dimensions_from_key(key)]
