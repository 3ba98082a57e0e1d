"""Upkeep of the store: what is over goes, what is written no more is merged, and all is measured.

An index goes only when the archive holds every day of it with as many points, so that `replay`
can bring it back. Each step does what is left to do: killed and run again it ends in the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from nephoscope.archive.days import count
from nephoscope.archive.layout import Source
from nephoscope.config.collections import Collections
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.store import queries, retention, segments
from nephoscope.store.indices import Index, metrics_indices
from nephoscope.store.retention import Day
from nephoscope.store.sizes import Covered, Shards, Size, covered, shards, sizes, together


@dataclass(frozen=True, slots=True)
class Lack:
    """A day of which the archive holds fewer points than are stored."""

    day: Day
    stored: int
    held: int

    def __str__(self) -> str:
        account, region, period, day = self.day
        return (
            f"{day} of {account}/{region} at {period} s has {self.stored:,} points in the store "
            f"and {self.held:,} in the archive"
        )


@dataclass(frozen=True, slots=True)
class Over:
    """A metrics index in which all is over.

    Attributes:
        index: which.
        points: that it holds.
        days: with points; a day of two accounts, regions or periods counts twice.
        lacks: those of them that the archive does not hold whole.
        forced: whether the owner drops it all the same.
    """

    index: Index
    points: int
    days: int
    lacks: tuple[Lack, ...]
    forced: bool

    @property
    def goes(self) -> bool:
        """Whether it is dropped."""
        return self.forced or not self.lacks

    def __str__(self) -> str:
        said = (
            f"{self.index.name} ended on {self.index.window.end:%Y-%m-%d}, {self.points:,} points"
        )
        if not self.lacks:
            return f"{said}, all of them in the archive"
        return (
            f"{said}; the archive lacks some of {len(self.lacks)} of its {self.days} days, first: "
            f"{self.lacks[0]}"
        )


@dataclass(frozen=True, slots=True)
class Retained:
    """What retention came to.

    Attributes:
        over: the metrics indices that are over, each with its end.
        coverage: the names of the coverage indices that are dropped.
        unclaimed: the namespaces that are stored and in no collection: they stay.
        unknown: what was to be dropped unarchived and isn't over.
    """

    over: tuple[Over, ...]
    coverage: tuple[str, ...]
    unclaimed: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def dropped(self) -> list[str]:
        """The names of all indices that are dropped."""
        return [*(one.index.name for one in self.over if one.goes), *self.coverage]


def retain(
    root: Place,
    client: Any,
    collections: Collections,
    asked_at: datetime,
    *,
    dry_run: bool,
    drop_unarchived: Collection[str] = (),
) -> Retained:
    """Drop the indices in which all is over.

    Args:
        root: the archive's.
        client: the official client.
        collections: what is collected, and how long it is kept.
        asked_at: now, in UTC.
        dry_run: only say what would be dropped.
        drop_unarchived: names of indices that are dropped though the archive lacks points of them.
    """
    queries.refresh(client)
    indices, keeps = metrics_indices(client), collections.keeps
    found = []
    for index in retention.over(indices, keeps, asked_at):
        one = _over(root, client, index, forced=index.name in drop_unarchived)
        if one.goes and not dry_run:
            retention.drop(client, index.name)
        found.append(one)
    gone = {one.index for one in found if one.goes}
    coverage = retention.coverage_over(
        retention.coverage_indices(client), set(indices) - gone, keeps, asked_at
    )
    for name in () if dry_run else coverage:
        retention.drop(client, name)
    return Retained(
        over=tuple(found),
        coverage=tuple(coverage),
        unclaimed=tuple(sorted({one.namespace for one in indices} - keeps.keys())),
        unknown=tuple(sorted(set(drop_unarchived) - {one.index.name for one in found})),
    )


def _over(root: Place, client: Any, index: Index, *, forced: bool) -> Over:
    """Compare what an index that is over holds with the archive, day by day."""
    stored = retention.points_by_day(client, index)
    held = count(root, index.namespace, sorted({_window(day) for *_, day in stored}))
    lacks = []
    for day, points in sorted(stored.items()):
        account, region, period, date_ = day
        source = Source(account, region, index.namespace).path
        in_archive = held.get((source, period, _window(date_)), 0)
        if in_archive < points:
            lacks.append(Lack(day, points, in_archive))
    return Over(index, sum(stored.values()), len(stored), tuple(lacks), forced)


def _window(day: date) -> Window:
    return Window.day(datetime.combine(day, time(), UTC))


@dataclass(frozen=True, slots=True)
class Merged:
    """The names of the indices that were merged, and of those that still are."""

    merged: tuple[str, ...]
    going_on: tuple[str, ...]


def merge(client: Any, asked_at: datetime, *, dry_run: bool) -> Merged:
    """Merge the indices that ended a while ago; in a dry run only say which."""
    indices = segments.mergeable(client, metrics_indices(client), asked_at)
    ended = {one.name: dry_run or segments.merge(client, one) for one in indices}
    return Merged(
        merged=tuple(name for name, done in ended.items() if done),
        going_on=tuple(name for name, done in ended.items() if not done),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """How much is stored.

    Attributes:
        sizes: of each metrics index.
        namespaces: of each, all indices together.
        total: of all.
        coverage: the resource days of the whole store, by namespace and state.
        shards: of the cluster.
    """

    sizes: dict[Index, Size]
    namespaces: dict[str, Size]
    total: Size
    coverage: list[Covered]
    shards: Shards


def measure(client: Any) -> Measured:
    """Measure the whole store."""
    queries.refresh(client)
    found = sizes(client, metrics_indices(client))
    by_namespace: dict[str, list[Size]] = defaultdict(list)
    for index, size in found.items():
        by_namespace[index.namespace].append(size)
    return Measured(
        sizes=found,
        namespaces={name: together(each) for name, each in by_namespace.items()},
        total=together(found.values()),
        coverage=covered(client),
        shards=shards(client),
    )
