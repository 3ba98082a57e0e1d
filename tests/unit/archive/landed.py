"""Attempts that have landed in an archive, and what must be read back of them."""

from datetime import UTC, datetime, timedelta

import numpy as np

from nephoscope.archive import landing
from nephoscope.archive.layout import stamp
from nephoscope.extract.answers import Answer
from nephoscope.extract.table import table
from nephoscope.model import dimensions_key
from shards import DAY, shard

NIGHT = DAY.end + timedelta(hours=6)
"""When the daily run asks."""


def run_at(asked_at, dag="collect_metrics_daily"):
    """Return the folder of the run that was planned at a moment."""
    return f"runs/{dag}/{stamp(asked_at)}"


def answers(one, value, asked_at, status="Complete"):
    """Answer a shard by ``value(dimensions, metric, statistic, epoch)``, which may be None."""
    first, period = int(one.window.start.timestamp()), one.period
    times = range(first, int(one.window.end.timestamp()), period)
    for query in one.queries():
        points = [(time, value(*query, time)) for time in times]
        points = [point for point in points if point[1] is not None]
        columns = np.array(points, np.float64).reshape(-1, 2).T
        yield Answer(query, *columns, status, [], period, asked_at)


def land(root, value, *, asked_at=NIGHT, run=None, number=1, attempt=1, one=None):
    """Write an attempt that ends, in two batches, and return what `write_points` does."""
    one = one or shard()
    said = list(answers(one, value, asked_at))
    batches = [(table(one, part), part) for part in (said[:2], said[2:]) if part]
    run = run or run_at(asked_at)
    return landing.write_points(root, run, number, attempt, one, batches, asked_at)


def truth_of(value, one, asked_at=NIGHT):
    """Return the points that `land` wrote: value and time of asking by what they are of."""
    points = {}
    for answer in answers(one, value, asked_at):
        dimensions, metric, statistic = answer.query
        for time, found in zip(answer.timestamps, answer.values, strict=True):
            series = dimensions_key(dimensions), metric, statistic
            about = (one.account, one.region, one.namespace, *series, answer.period)
            points[*about, datetime.fromtimestamp(time, UTC)] = (found, asked_at)
    return points


def rows_of(tables):
    """Return POINTS as `truth_of` does, and insist that no point comes twice."""
    rows = [tuple(row.values()) for one in tables for row in one.to_pylist()]
    points = {row[:8]: row[8:] for row in rows}
    assert len(points) == len(rows)
    return points


def steady(level):
    """Return a value function: the level, and a thousandth of the hour."""
    return lambda _dimensions, _metric, _statistic, time: level + time % 86400 // 3600 / 1000
