"""From data frames of stored points to a fleet: grids, the kinds of absence, the numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from nephoscope.model import Window
from nephoscope.report.fleet import HOT, Cell, Fleet, Instance, Numbers
from nephoscope.report.names import printable

BASIC = 300  # seconds between the points of an instance without detailed monitoring

Key = tuple[str, str, str]
"""Account, region, canonical dimensions: what a resource is found by."""

Seconds = np.ndarray[Any, np.dtype[np.int64]]

_KEY = ["account", "region", "dimensions"]


def fleet(
    points: pd.DataFrame,
    instances: pd.DataFrame,
    window: Window,
    settled: datetime,
    step: int | None = None,
) -> Fleet:
    """Put the points of a window on the grids of their instances.

    Args:
        points: account, region, dimensions, period (s), timestamp (UTC), avg, max (per cent). Of a
            resource with two periods the finest counts (design.md, "One period"). With a step
            also highest and points, as `store.read.bins` makes them.
        instances: account, region, dimensions, instance_id, name, type, zone, state, launch_time,
            stopped_at, seen_at. A resource without a row is drawn as one of unknown state.
        window: what is drawn, from its start to its end.
        settled: no point is expected of a period that ends later.
        step: seconds of the bins that points are of; None: they are single ones.

    Raises:
        ValueError: a point lies beside the grid of its period.
    """
    stored: dict[Any, pd.DataFrame] = dict(iter(points.groupby(_KEY, observed=True, sort=False)))
    known: dict[Any, dict[Any, Any]] = {
        (row["account"], row["region"], row["dimensions"]): row
        for row in instances.to_dict("records")
    }
    nothing = points.iloc[:0]
    drawn = [
        _instance(key, known.get(key, {}), stored.get(key, nothing), window, settled, step)
        for key in sorted({*stored, *known})
        if key in stored or _lived_in(known[key], window)
    ]
    return Fleet(window, tuple(sorted(drawn, key=_rank)))


def _rank(one: Instance) -> tuple[bool, float, str, str]:
    p95 = one.numbers.p95
    return bool(np.isnan(p95)), -p95, one.title, one.file


def _lived_in(known: Mapping[str, Any], window: Window) -> bool:
    """Tell whether an instance without a point may have been there in a window."""
    launched, seen = _moment(known.get("launch_time")), _moment(known.get("seen_at"))
    born_later = launched is not None and launched >= window.end
    return not born_later and (seen is None or seen >= window.start)


def _instance(
    key: Key,
    known: Mapping[str, Any],
    rows: pd.DataFrame,
    window: Window,
    settled: datetime,
    step: int | None,
) -> Instance:
    period = _period(rows, step)
    rows = rows[rows["period"] == period] if step is None else rows
    points = _on_grid(rows, window, step or period)
    _judge(points, period, step or period, known, settled)
    account, region, dimensions = key

    def told(field: str, otherwise: str = "") -> str:
        return printable(_text(known.get(field)) or otherwise)

    return Instance(
        account=printable(account),
        region=printable(region),
        instance_id=told("instance_id", _id_of(dimensions)),
        name=told("name"),
        type=told("type"),
        zone=told("zone"),
        state=told("state", "unknown"),
        launched_at=_moment(known.get("launch_time")),
        stopped_at=_moment(known.get("stopped_at")),
        seen_at=_moment(known.get("seen_at")),
        period=period,
        step=step or period,
        points=points,
        numbers=_numbers(points, step or period),
    )


def _period(rows: pd.DataFrame, step: int | None) -> int:
    """Return the finest period, or in bins, where it may change from day to day, the usual one."""
    if not len(rows):
        return BASIC
    return int(rows["period"].min() if step is None else rows["period"].mode().iloc[0])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _id_of(dimensions: str) -> str:
    return str(json.loads(dimensions).get("InstanceId", dimensions))


def _on_grid(rows: pd.DataFrame, window: Window, step: int) -> pd.DataFrame:
    """Return the values of every step that starts in the window, NaN where none is stored.

    A point of a period of several steps stands in each of them, and counts in the first.
    """
    first = -(-int(window.start.timestamp()) // step) * step
    starts = np.arange(first, int(window.end.timestamp()), step)
    at, beside = np.divmod(_seconds(pd.DatetimeIndex(rows["timestamp"])) - first, step)
    if beside.any():
        raise ValueError(f"a point of {rows['dimensions'].iloc[0]} lies beside its {step} s grid")
    counts = rows["points"].to_numpy() if "points" in rows else np.ones(len(rows), np.int64)
    row, place = _repeated(np.maximum(rows["period"].to_numpy() // step, 1))
    at = at[row] + place
    inside = (at >= 0) & (at < len(starts))
    columns: dict[str, Any] = {}
    for column in ("avg", "highest", "max"):
        values = rows[column if column in rows else "avg"].to_numpy(dtype=float)
        columns[column] = np.full(len(starts), np.nan)
        columns[column][at[inside]] = values[row[inside]]
    columns["stored"] = np.zeros(len(starts), np.int32)
    columns["stored"][at[inside]] = np.where(place == 0, counts[row], 0)[inside]
    index = pd.DatetimeIndex(starts.astype("datetime64[s]"), tz=UTC, name="timestamp")
    return pd.DataFrame(columns, index=index)


def _repeated(times: Seconds) -> tuple[Seconds, Seconds]:
    """Return the number of each row as often as it says, and the how manieth of it each is."""
    row = np.repeat(np.arange(len(times)), times)
    return row, np.arange(len(row)) - (np.cumsum(times) - times)[row]


def _seconds(moments: pd.DatetimeIndex) -> Seconds:
    return np.asarray(moments.as_unit("s").asi8)


def _judge(
    points: pd.DataFrame, period: int, step: int, known: Mapping[str, Any], settled: datetime
) -> None:
    """Add what each step is, and how many points it should have.

    Kinds of absence are told apart; a stored value is stored whatever the inventory says.
    """
    absent = points["avg"].isna().to_numpy()
    starts = _seconds(pd.DatetimeIndex(points.index))
    cells = np.where(absent, np.uint8(Cell.MISSING), np.uint8(Cell.STORED))
    down = np.zeros(len(starts))
    for begin, end in _stops(known, starts[~absent] + step):
        cells[absent & (starts + step > begin) & (starts < end)] = Cell.STOPPED
        first = max(begin, starts[0]) // period * period  # a period that it touches is
        last = -(-min(end, starts[-1] + step) // period) * period  # not expected
        down += np.clip(np.minimum(starts + step, last) - np.maximum(starts, first), 0, step)
    if _text(known.get("state")) in {"", "unknown"}:
        before_or_after = np.logical_and.accumulate(absent)
        before_or_after |= np.logical_and.accumulate(absent[::-1])[::-1]
        cells[before_or_after] = Cell.UNKNOWN
    cells[absent & (starts + step > settled.timestamp())] = Cell.UNKNOWN
    points["cell"] = cells
    running = 1 - down / step if step > period else 1.0
    points["expected"] = np.where(cells <= Cell.MISSING, np.clip(running, 0, 1) * step / period, 0)


def _stops(known: Mapping[str, Any], stored_until: Seconds) -> list[tuple[float, float]]:
    """Return the spans, in seconds since 1970, in which the instance did not run.

    AWS tells the last start and, of a stopped instance, the last stop. Where it does not tell the
    stop, that was after the last stored point.
    """
    launched, stopped = _moment(known.get("launch_time")), _moment(known.get("stopped_at"))
    spans = []
    if launched is not None:
        earlier = stored_until[stored_until <= launched.timestamp()]
        down = earlier.max() if earlier.size else -np.inf
        if stopped is not None and stopped < launched:
            down = stopped.timestamp()
        spans.append((float(down), launched.timestamp()))
    if _text(known.get("state")) in {"stopped", "stopping", "shutting-down", "terminated"}:
        down = stored_until.max() if stored_until.size else -np.inf
        spans.append((float(down) if stopped is None else stopped.timestamp(), np.inf))
    return spans


def _moment(value: Any) -> datetime | None:
    return None if value is None or pd.isna(value) else value


def _numbers(points: pd.DataFrame, step: int) -> Numbers:
    average = points["avg"].dropna().to_numpy()
    highest, maximum = points["highest"].to_numpy(), points["max"].dropna().to_numpy()
    median, p95 = np.percentile(average, (50, 95)) if average.size else (np.nan, np.nan)
    stored = int(points["stored"].sum())
    return Numbers(
        mean=float(average.mean()) if average.size else np.nan,
        median=float(median),
        p95=float(p95),
        highest=float(np.nanmax(highest)) if average.size else np.nan,
        max=float(maximum.max()) if maximum.size else np.nan,
        hot=int((average > HOT).sum()) * step,
        expected=max(stored, round(points["expected"].sum())),
        stored=stored,
    )
