"""The numbers of the heat map: instances by time, binned to what a picture can show.

A bin takes the highest average in it, so that nothing hot is averaged away. It is missing, stopped
or unknown only where it holds no value at all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nephoscope.model import Window
from nephoscope.report.fleet import Fleet, Instance
from nephoscope.report.names import shorten

NAMED = 60  # instances up to which every row has its name
_LABEL = 26  # characters
_ROWS = 1000  # image rows
_COLUMNS = 720  # image columns
_STEPS = (300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)  # seconds

Values = np.ndarray[Any, np.dtype[np.float64]]
Cells = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """What the heat map shows.

    `highest` (per cent, NaN where none) and `cells` (`Cell`) are rows by columns; `starts` are the
    columns' starts (UTC), `step` seconds apart; of all `instances`, `stack` share a row, the last
    row may hold fewer.
    """

    highest: Values
    cells: Cells
    starts: pd.DatetimeIndex
    step: int
    stack: int
    instances: int

    @property
    def edges(self) -> pd.DatetimeIndex:
        """The columns' starts and the end of the last."""
        count = len(self.starts) + 1
        return pd.date_range(self.starts[0], periods=count, freq=f"{self.step}s", unit="s")


def step_of(window: Window) -> int:
    """Return how many seconds a column has, so that a picture can show all of a window."""
    span = (window.end - window.start).total_seconds()
    return next((step for step in _STEPS if span / step <= _COLUMNS), _STEPS[-1])


def heat(fleet: Fleet) -> Heat:
    """Bin a fleet of at least one instance, in the fleet's order."""
    step = step_of(fleet.window)
    starts = pd.date_range(
        fleet.window.start, fleet.window.end, freq=f"{step}s", inclusive="left", unit="s"
    )
    binned = [_row(one, starts, step) for one in fleet.instances]
    stack = -(-len(binned) // _ROWS)
    tops = np.arange(0, len(binned), stack)
    return Heat(
        highest=np.fmax.reduceat(np.stack([values for values, _ in binned]), tops, axis=0),
        cells=np.minimum.reduceat(np.stack([cells for _, cells in binned]), tops, axis=0),
        starts=starts,
        step=step,
        stack=stack,
        instances=len(binned),
    )


def _row(one: Instance, starts: pd.DatetimeIndex, step: int) -> tuple[Values, Cells]:
    values, cells = one.points["highest"].to_numpy(), one.points["cell"].to_numpy()
    if one.step >= step:  # a period covers one column or more
        at = one.times.searchsorted(starts, side="right") - 1
        return values[at], cells[at]
    at = one.times.searchsorted(starts)
    return np.fmax.reduceat(values, at), np.minimum.reduceat(cells, at)


def labels(fleet: Fleet) -> list[str]:
    """Return a short name for each instance, with the end of its id where names are shared."""
    shared = Counter(one.title for one in fleet.instances)
    return [
        shorten(one.title, _LABEL)
        if shared[one.title] == 1
        else f"{shorten(one.title, _LABEL - 6)} {one.instance_id[-5:]}"
        for one in fleet.instances
    ]
