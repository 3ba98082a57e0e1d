"""A fleet in a window: every instance on its own grid, with its gaps and its numbers.

An absent value is one of three things, and none of them is zero: missing (the instance ran, and no
point is stored), stopped (it did not run), unknown (not settled yet, or nothing is known of the
instance then).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd

from nephoscope.model import Window
from nephoscope.report.names import file_name

HOT: Final = 90
"""Per cent of CPU above which an instance has no room left."""


class Cell(IntEnum):
    """What is known of one period. Where periods are binned, the smallest wins."""

    STORED = 0
    MISSING = 1
    STOPPED = 2
    UNKNOWN = 3


class Span(NamedTuple):
    """Periods of the same state that follow each other: [start, end) and how many."""

    start: datetime
    end: datetime
    points: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """One instance in a window: CPU in per cent over its averages, and points counted.

    Without a stored point the percentages are NaN; `expected` counts what AWS should hold.
    """

    mean: float
    median: float
    p95: float
    highest: float  # of the averages of its own period
    max: float  # of the maxima
    hot: int  # seconds in which the average was above `HOT`
    expected: int
    stored: int

    @property
    def coverage(self) -> float:
        """Stored of expected points, in per cent; NaN where none was expected."""
        return 100 * self.stored / self.expected if self.expected else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One instance and its points.

    `points` is indexed by `timestamp` (UTC, the starts of all steps of the window) with the
    columns avg, highest and max (per cent, NaN where none is stored: the mean and the highest of
    the averages of a step, and its maximum), stored and expected (how many points) and cell
    (`Cell`). A step is a period, or some of them.
    """

    account: str
    region: str
    instance_id: str
    name: str
    type: str
    zone: str
    state: str
    launched_at: datetime | None
    stopped_at: datetime | None
    seen_at: datetime | None  # when AWS listed it last
    period: int  # seconds, of what is stored
    step: int  # seconds, of `points`
    points: pd.DataFrame
    numbers: Numbers

    @property
    def title(self) -> str:
        """Its name, or its id where it has none."""
        return self.name or self.instance_id

    @property
    def times(self) -> pd.DatetimeIndex:
        """The starts of all its periods (UTC)."""
        return pd.DatetimeIndex(self.points.index)

    @property
    def file(self) -> str:
        """The stem of its files, which is safe in a path and as an anchor."""
        return file_name(self.account, self.region, self.instance_id)

    def spans(self, cell: Cell) -> list[Span]:
        """Return the runs of a state in the order of time."""
        index = self.times
        length = pd.Timedelta(seconds=self.step)
        return [
            Span(
                index[first].to_pydatetime(),
                (index[last] + length).to_pydatetime(),
                (1 + last - first) * self.step // self.period,
            )
            for first, last in runs(self.points["cell"].to_numpy() == cell)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """All instances of a window, the highest p95 first, those without a point last."""

    window: Window
    instances: tuple[Instance, ...]

    @property
    def measured(self) -> tuple[Instance, ...]:
        """Those that have a point."""
        return tuple(one for one in self.instances if one.numbers.stored)

    @property
    def stored(self) -> int:
        """Points of all instances."""
        return sum(one.numbers.stored for one in self.instances)

    @property
    def missing(self) -> int:
        """Points of all instances that AWS should hold and that are not stored."""
        return sum(one.numbers.expected for one in self.instances) - self.stored

    @property
    def coverage(self) -> float:
        """Stored of expected points of all instances, in per cent; NaN where none was expected."""
        expected = self.stored + self.missing
        return 100 * self.stored / expected if expected else float("nan")


def runs(mask: np.ndarray[Any, np.dtype[np.bool_]]) -> list[tuple[int, int]]:
    """Return the first and the last index of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return [
        (int(first), int(last) - 1) for first, last in zip(edges[::2], edges[1::2], strict=True)
    ]
