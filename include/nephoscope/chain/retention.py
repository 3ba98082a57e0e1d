"""Retention: the indices in which all is over are dropped, if the archive holds what is in them.

Every part of an index, of an account, region, namespace, UTC day and period, must be in the archive
with at least as many points (or resource days, of coverage) as are stored, so that `replay` can
bring it back. Killed and run again, it does what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from nephoscope.archive.coverage import count_coverage
from nephoscope.archive.days import count_points
from nephoscope.archive.layout import Source
from nephoscope.config.collections import Collections
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.store.coverage import sums
from nephoscope.store.read import queries
from nephoscope.store.upkeep import retention
from nephoscope.store.upkeep.indices import Index, metrics_indices
from nephoscope.store.upkeep.retention import Part


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A part of which the archive holds less than is stored."""

    part: Part
    stored: int
    held: int

    def __str__(self) -> str:
        return f"{self.part}: {self.held:,} of {self.stored:,}"


@dataclass(frozen=True, slots=True)
class Over:
    """An index in which all is over.

    Attributes:
        name: its own.
        end: until when its points are, in UTC.
        what: is in it: points, or days of coverage.
        stored: how many.
        parts: that they are in.
        short: those of the parts that the archive does not hold whole.
        forced: whether the owner drops it all the same.
    """

    name: str
    end: datetime
    what: str
    stored: int
    parts: int
    short: tuple[Shortfall, ...]
    forced: bool

    @property
    def goes(self) -> bool:
        """Whether it is dropped."""
        return self.forced or not self.short

    def __str__(self) -> str:
        said = f"{self.name} ended on {self.end:%Y-%m-%d}, {self.stored:,} {self.what}"
        if not self.short:
            return f"{said}, all of them in the archive"
        return (
            f"{said}; the archive holds less of {len(self.short)} of its {self.parts} parts, first "
            f"{self.short[0]}"
        )


@dataclass(frozen=True, slots=True)
class Retained:
    """What retention came to.

    Attributes:
        over: the indices that are over; those that go are dropped, or would be.
        unclaimed: the namespaces that are stored and in no collection: they stay.
        unknown: what was to be dropped unarchived and isn't over.
    """

    over: tuple[Over, ...]
    unclaimed: tuple[str, ...]
    unknown: tuple[str, ...]

    def joined(self, other: Retained) -> Retained:
        """Return both; unknown is what neither knows."""
        unknown = (name for name in self.unknown if name in other.unknown)
        return Retained(self.over + other.over, self.unclaimed + other.unclaimed, tuple(unknown))

    @property
    def dropped(self) -> list[str]:
        """The names of all indices that go."""
        return [one.name for one in self.over if one.goes]


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
        drop_unarchived: names of indices that are dropped though the archive lacks some of them.
    """
    queries.refresh(client)
    sums.refresh(client)
    indices, keeps = metrics_indices(client), collections.keeps
    ending = Ending(root, client, dry_run, drop_unarchived)
    found, left = [], set(indices)
    for index in retention.over(indices, keeps, asked_at):
        found.append(one := ending.of_points(index))
        left -= {index} if one.goes else set()
    years = retention.coverage_indices(client)
    ended = retention.coverage_over(years, left, keeps, asked_at)
    found += [ending.of_coverage(name, years[name]) for name in ended]
    return Retained(
        over=tuple(found),
        unclaimed=tuple(sorted({one.namespace for one in indices} - keeps.keys())),
        unknown=tuple(sorted(set(drop_unarchived) - {one.name for one in found})),
    )


@dataclass(frozen=True, slots=True)
class Ending:
    """Compares an index that is over with the archive, and drops it if that holds it."""

    root: Place
    client: Any
    dry_run: bool
    forced: Collection[str]

    def of_points(self, index: Index) -> Over:
        """End a metrics index."""
        stored = retention.points_of(self.client, index)
        days = sorted({_window(part.day) for part in stored})
        held = count_points(self.root, index.namespace, days)
        return self.end(index.name, index.window, "points", stored, _by_file(held))

    def of_coverage(self, name: str, year: Window) -> Over:
        """End an index of coverage."""
        stored = retention.days_of(self.client, name)
        found = count_coverage(self.root, {_window(part.day) for part in stored})
        held = {(*key, 0): days for key, days in found.items()}
        return self.end(name, year, "days of coverage", stored, _by_file(held))

    def end(
        self,
        name: str,
        window: Window,
        what: str,
        stored: Mapping[Part, int],
        held: Callable[[Part], int],
    ) -> Over:
        """End an index.

        Args:
            name: of the index.
            window: of what it holds.
            what: it holds, as the plural of its parts' counts.
            stored: how much, by part.
            held: how much the archive has of a part.
        """
        short = [
            Shortfall(part, count, in_archive)
            for part, count in sorted(stored.items())
            if (in_archive := held(part)) < count
        ]
        forced, count = name in self.forced, sum(stored.values())
        one = Over(name, window.end, what, count, len(stored), tuple(short), forced)
        if one.goes and not self.dry_run:
            retention.drop(self.client, name)
        return one


def _by_file(held: Mapping[tuple[str, Window, int], int]) -> Callable[[Part], int]:
    return lambda part: held.get(_file(part), 0)


def _file(part: Part) -> tuple[str, Window, int]:
    source = Source(part.account, part.region, part.namespace)
    return source.path, _window(part.day), part.period


def _window(day: date) -> Window:
    return Window.day(datetime.combine(day, time(), UTC))
