"""Availability of instances, from EC2's status checks and from when they ran.

Time is cut into slots of the checks' period. A slot is `up` or `impaired` where a status check is
stored, whatever else is known. Where none is, the history of the instance's states tells stopped
and terminated from `no data`: it ran, the slot has settled, and nobody knows whether it was up.
All else is unknown: before anybody looked, after the last look, or not settled yet.

    availability = up / (up + impaired)            at worst = up / (up + impaired + no data)
    observed = (up + impaired) / (up + impaired + no data)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final

import numpy as np
import pandas as pd

from nephoscope.instances import Instance
from nephoscope.model import Resource, Window

DEFINITION: Final = (
    "Availability is the time that EC2's status checks passed, divided by the time that they "
    "passed or failed. Stopped and terminated time does not count, nor does time without data: an "
    "instance that ran and of which no check is stored was neither seen up nor down. What share "
    "was observed stands beside, and what the number would be had the rest been down."
)

BASIC: Final = 300
"""Seconds between the checks of an instance of which none is stored."""

Cells = np.ndarray[Any, np.dtype[np.uint8]]
_Ints = np.ndarray[Any, np.dtype[np.int64]]


class Slot(IntEnum):
    """What a slot of an instance was; those from `IMPAIRED` on differ by the check that failed."""

    UNKNOWN = 0
    UP = 1
    NO_DATA = 2
    STOPPED = 3
    TERMINATED = 4
    IMPAIRED = 5
    SYSTEM = 6
    INSTANCE = 7
    BOTH = 8


SECONDS: Final = ("up", "impaired", "system", "instance", "no_data", "stopped", "terminated")
"""What `lasted` counts: impaired has the two checks in it, which may fail at once."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in one state, as far as EC2 told it.

    Attributes:
        slot: what is not stored then: no data, stopped or terminated.
        start: in UTC, as is the end.
        end: when it ended or was seen last.
        before: what it was before, back to when it was last known, where nobody saw it then.
    """

    slot: Slot
    start: datetime
    end: datetime
    before: Slot | None = None


@dataclass(frozen=True, slots=True)
class History:
    """An instance, as it was described last, and its spells in order.

    ``launched`` is its first start that was seen, ``ended`` when it was terminated or was first
    seen to be gone.
    """

    resource: Resource
    instance: Instance | None = None
    spells: tuple[Spell, ...] = ()
    launched: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    """What each slot was: a row for each history, a column each `step` seconds (`Slot`)."""

    window: Window
    step: int
    cells: Cells

    def lasted(self) -> pd.DataFrame:
        """Return for how many seconds each instance was what: the columns of `SECONDS`."""
        count = {one: (self.cells == one).sum(axis=1) * self.step for one in Slot}
        impaired = count[Slot.IMPAIRED] + count[Slot.SYSTEM] + count[Slot.INSTANCE]
        return pd.DataFrame(
            {
                "up": count[Slot.UP],
                "impaired": impaired + count[Slot.BOTH],
                "system": count[Slot.SYSTEM] + count[Slot.BOTH],
                "instance": count[Slot.INSTANCE] + count[Slot.BOTH],
                "no_data": count[Slot.NO_DATA],
                "stopped": count[Slot.STOPPED],
                "terminated": count[Slot.TERMINATED],
            },
            columns=list(SECONDS),
        )


def shares(lasted: pd.DataFrame) -> pd.DataFrame:
    """Return availability, at worst and observed, in per cent; NaN of nothing.

    Args:
        lasted: seconds, as `Slots.lasted` counts them; sums of instances make a group's.
    """
    seen = lasted["up"] + lasted["impaired"]
    ran = seen + lasted["no_data"]
    return pd.DataFrame(
        {
            "availability": 100 * lasted["up"] / seen.where(seen > 0),
            "at_worst": 100 * lasted["up"] / ran.where(ran > 0),
            "observed": 100 * seen / ran.where(ran > 0),
        }
    )


def slots(
    histories: Sequence[History], checks: pd.DataFrame, window: Window, settled: datetime
) -> Slots:
    """Say what each slot of each instance was.

    Args:
        histories: of instances, each once.
        checks: stored status checks: account, region, dimensions (canonical JSON), period (s),
            timestamp (UTC), failed, system and instance (above 0 where the check failed, NaN where
            none is stored). Those of other resources are left out.
        window: whole days.
        settled: no check is missing of a slot that ends later.
    """
    step = int(min(checks["period"].min(), BASIC)) if len(checks) else BASIC
    first = int(window.start.timestamp())
    width = window.points(step)
    row = _rows(checks, histories)
    held = np.zeros((len(histories), width), np.uint8)
    period = np.full(len(histories), BASIC)
    inside = row >= 0
    _hold(held, period, row[inside], checks[inside], first, step)
    grid = _Grid(first, step, width, int(settled.timestamp()))
    cells = held.copy()
    for n, history in enumerate(histories):
        _tell(cells[n], held[n] > 0, history.spells, grid, int(period[n]))
    return Slots(window, step, cells)


def _rows(checks: pd.DataFrame, histories: Sequence[History]) -> _Ints:
    """Return the number of the history of each check; -1 of another resource."""
    places = {
        (one.resource.account, one.resource.region, one.resource.key): n
        for n, one in enumerate(histories)
    }
    whose = checks[["account", "region", "dimensions"]]
    group = whose.groupby(list(whose), observed=True, sort=False).ngroup().to_numpy()
    _, some = np.unique(group, return_index=True)
    found = [places.get(key, -1) for key in whose.iloc[some].itertuples(index=False, name=None)]
    return np.array(found, np.int64)[group]


def _hold(
    held: Cells, period: _Ints, row: _Ints, checks: pd.DataFrame, first: int, step: int
) -> None:
    """Write what the checks say into their slots, and the period of each row's checks."""
    failed, system, instance = (
        checks[name].to_numpy(float) > 0 for name in ("failed", "system", "instance")
    )
    any_ = failed | system | instance
    slot = np.where(any_, Slot.IMPAIRED + system + 2 * instance, Slot.UP).astype(np.uint8)
    start = checks["timestamp"].dt.as_unit("s").astype(np.int64).to_numpy()
    column, periods = (start - first) // step, checks["period"].to_numpy(np.int64)
    period[np.unique(row)] = 0
    np.maximum.at(period, row, periods)
    for length in np.unique(periods):
        some = periods == length
        for offset in range(int(length) // step):
            held[row[some], column[some] + offset] = slot[some]


@dataclass(frozen=True, slots=True)
class _Grid:
    """Columns of `step` seconds from `first`; all but what is `settled` may still change."""

    first: int
    step: int
    width: int
    settled: int

    def column(self, second: float) -> int:
        """Return the column that begins at a second, inside of the grid."""
        return int(min(max((second - self.first) // self.step, 0), self.width))


def _tell(
    cells: Cells, held: np.ndarray[Any, Any], spells: Sequence[Spell], grid: _Grid, period: int
) -> None:
    """Say of an instance what the slots are of which no check is stored.

    A slot has no data only if the instance ran all through it.
    """
    for spell in spells:
        start, end = spell.start.timestamp(), spell.end.timestamp()
        if spell.slot is Slot.NO_DATA:
            left, right = -(-start // period) * period, min(end, grid.settled) // period * period
        else:
            left, right = start // period * period, -(-end // period) * period
        span = slice(grid.column(left), max(grid.column(left), grid.column(right)))
        cells[span][~held[span]] = spell.slot
    for spell in spells:
        if spell.before is not None:
            start = spell.start.timestamp()
            known = np.flatnonzero(cells[: grid.column(start // period * period)])
            if known.size and (held[known[-1]] or cells[known[-1]] == spell.before):
                until = grid.column(-(-min(start, grid.settled) // period) * period)
                between = cells[known[-1] + 1 : until]
                between[between == Slot.UNKNOWN] = spell.before
