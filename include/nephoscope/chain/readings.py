"""What CloudWatch said of a shard: how it failed to answer, and of which spans it had points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from nephoscope.archive import landing
from nephoscope.coverage import periods
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.plan.shards import Shard
from nephoscope.store.coverage.expected import Reading

Asked = tuple[str, str, str]
"""Dimensions as JSON, metric and statistic, as CloudWatch spells them."""

_KEYS = ("dimensions", "metric", "statistic")


@dataclass(frozen=True, slots=True)
class Answered:
    """What CloudWatch said of a shard.

    Attributes:
        periods: in seconds, of resources that were asked at another one than planned, as the
            shard had queued long; by dimensions as JSON.
        failed: the status of each query that was not answered whole; Expired where it had queued
            so long that nothing is kept.
        readings: of queries that were.
    """

    periods: Mapping[str, int] = field(default_factory=dict)
    failed: Mapping[Asked, str] = field(default_factory=dict)
    readings: Mapping[Asked, Reading] = field(default_factory=dict)


def answered(root: Place, run: str, number: int, shard: Shard, *, read: bool) -> Answered | None:
    """Return what CloudWatch said to the last attempt at a shard; None where none ended.

    Args:
        root: the archive's.
        run: the run's folder.
        number: of the shard.
        shard: itself.
        read: whether to tell the readings; they are read from the points where counts don't do.
    """
    name = landing.newest_attempt(root, run, number)
    if name is None:
        return None
    answers = landing.read_answers(root, name)
    complete = pc.equal(answers["status"].cast("string"), "Complete")
    failed = answers.filter(pc.invert(complete))
    other = answers.filter(pc.not_equal(answers["period"], shard.period))
    return Answered(
        dict(zip(*_lists(other, "dimensions", "period"), strict=True)),
        dict(zip(_asked(failed), failed["status"].to_pylist(), strict=True)),
        _readings(root, name, answers.filter(complete), shard.window) if read else {},
    )


def _readings(root: Place, name: str, answers: pa.Table, window: Window) -> dict[Asked, Reading]:
    found, partly = {}, dict[Asked, tuple[int, datetime]]()
    whole: dict[datetime, Reading] = {}  # one for all series of a call
    rows = zip(_asked(answers), *_lists(answers, "points", "period", "asked_at"), strict=True)
    for asked, points, period, asked_at in rows:
        if points == window.points(period):
            found[asked] = whole.setdefault(asked_at, Reading(asked_at, window, (window,)))
        elif points == 0:
            found[asked] = Reading(asked_at, window, ())
        else:
            partly[asked] = period, asked_at
    for asked, times in _times(root, name, partly):
        period, asked_at = partly[asked]
        found[asked] = Reading(asked_at, window, periods(times, period))
    return found


def _times(
    root: Place, name: str, wanted: Mapping[Asked, object]
) -> Iterable[tuple[Asked, list[datetime]]]:
    """Return when points of some series start, as an attempt read them."""
    found: dict[Asked, list[datetime]] = {asked: [] for asked in wanted}
    dimensions = pa.array({asked[0] for asked in wanted}, pa.string())
    for table in landing.read_points(root, name) if wanted else ():
        some = table.filter(pc.is_in(table["dimensions"].cast("string"), dimensions))
        for asked, time in zip(_asked(some), some["timestamp"].to_pylist(), strict=True):
            if asked in found:
                found[asked].append(time)
    return found.items()


def _asked(table: pa.Table) -> Iterable[Asked]:
    return zip(*_lists(table, *_KEYS), strict=True)


def _lists(table: pa.Table, *names: str) -> list[list[object]]:
    return [table[name].to_pylist() for name in names]
