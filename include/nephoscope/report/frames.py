"""From data frames of stored points to a fleet: grids, the kinds of absence, the numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from nephoscope.model import Window
from nephoscope.report.fleet import Cell, Fleet, Instance, Numbers
from nephoscope.report.names import printable

BASIC = 300  # seconds between the points of an instance without detailed monitoring

Key = tuple[str, str, str]
"""Account, region, canonical dimensions: what a resource is found by."""

_KEY = ["account", "region", "dimensions"]


def fleet(
    points: pd.DataFrame, instances: pd.DataFrame, window: Window, settled: datetime
) -> Fleet:
    """Put the points of a window on the grids of their instances.

    Args:
        points: account, region, dimensions, period (s), timestamp (UTC), avg, max (per cent). Of a
            resource with two periods the finest counts (design.md, "One period").
        instances: account, region, dimensions, instance_id, name, type, zone, state, launch_time,
            stopped_at. A resource without a row is drawn as one of unknown state.
        window: what is drawn, from its start to its end.
        settled: no point is expected of a period that ends later.

    Raises:
        ValueError: a point lies beside the grid of its period.
    """
    stored: dict[Any, pd.DataFrame] = dict(iter(points.groupby(_KEY, observed=True, sort=False)))
    known: dict[Any, dict[Any, Any]] = {
        (row["account"], row["region"], row["dimensions"]): row
        for row in instances.to_dict("records")
    }
    drawn = [
        _instance(key, known.get(key, {}), stored.get(key, points.iloc[:0]), window, settled)
        for key in sorted({*stored, *known})
        if key in stored or not _born_later(known[key], window)
    ]
    return Fleet(window, tuple(sorted(drawn, key=_rank)))


def _rank(one: Instance) -> tuple[bool, float, str, str]:
    p95 = one.numbers.p95
    return bool(np.isnan(p95)), -p95, one.title, one.file


def _born_later(known: Mapping[str, Any], window: Window) -> bool:
    launched = _moment(known.get("launch_time"))
    return launched is not None and launched >= window.end


def _instance(
    key: Key, known: Mapping[str, Any], rows: pd.DataFrame, window: Window, settled: datetime
) -> Instance:
    period = int(rows["period"].min()) if len(rows) else BASIC
    points = _on_grid(rows[rows["period"] == period], window, period)
    points["cell"] = _cells(points, period, known, settled)
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
        period=period,
        points=points,
        numbers=_numbers(points),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _id_of(dimensions: str) -> str:
    return str(json.loads(dimensions).get("InstanceId", dimensions))


def _on_grid(rows: pd.DataFrame, window: Window, period: int) -> pd.DataFrame:
    """Return avg and max at every period that starts in the window, NaN where none is stored."""
    first = -(-int(window.start.timestamp()) // period) * period
    starts = np.arange(first, int(window.end.timestamp()), period)
    at, beside = np.divmod(_seconds(pd.DatetimeIndex(rows["timestamp"])) - first, period)
    if beside.any():
        raise ValueError(f"a point of {rows['dimensions'].iloc[0]} lies beside its {period} s grid")
    inside = (at >= 0) & (at < len(starts))
    columns = {}
    for column in ("avg", "max"):
        columns[column] = np.full(len(starts), np.nan)
        columns[column][at[inside]] = rows[column].to_numpy(dtype=float)[inside]
    index = pd.DatetimeIndex(starts.astype("datetime64[s]"), tz=UTC, name="timestamp")
    return pd.DataFrame(columns, index=index)


def _seconds(moments: pd.DatetimeIndex) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.asarray(moments.as_unit("s").asi8)


def _cells(
    points: pd.DataFrame, period: int, known: Mapping[str, Any], settled: datetime
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Tell the kinds of absence apart; a stored value is stored whatever the inventory says."""
    absent = points["avg"].isna().to_numpy()
    starts = _seconds(pd.DatetimeIndex(points.index))
    cells = np.where(absent, np.uint8(Cell.MISSING), np.uint8(Cell.STORED))
    for begin, end in _stops(known, starts[~absent] + period):
        cells[absent & (starts + period > begin) & (starts < end)] = Cell.STOPPED
    if _text(known.get("state")) in {"", "unknown"}:
        before_or_after = np.logical_and.accumulate(absent)
        before_or_after |= np.logical_and.accumulate(absent[::-1])[::-1]
        cells[before_or_after] = Cell.UNKNOWN
    cells[absent & (starts + period > settled.timestamp())] = Cell.UNKNOWN
    return cells


def _stops(
    known: Mapping[str, Any], stored_until: np.ndarray[Any, np.dtype[np.int64]]
) -> list[tuple[float, float]]:
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


def _numbers(points: pd.DataFrame) -> Numbers:
    average, maximum = points["avg"].dropna().to_numpy(), points["max"].dropna().to_numpy()
    median, p95 = np.percentile(average, (50, 95)) if average.size else (np.nan, np.nan)
    missing = int((points["cell"] == Cell.MISSING).sum())
    return Numbers(
        mean=float(average.mean()) if average.size else np.nan,
        median=float(median),
        p95=float(p95),
        max=float(maximum.max()) if maximum.size else np.nan,
        expected=average.size + missing,
        stored=average.size,
    )
