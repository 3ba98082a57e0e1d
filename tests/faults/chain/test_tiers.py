"""A window over all of what CloudWatch keeps: each part at the finest period that is left."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import truth
from clouds import ANCHOR
from nephoscope.model import Window
from nephoscope.plan.periods import MARGIN
from standing import tell
from stored import values

METRICS = {"CPUUtilization": ["Average", "Maximum"], "NetworkIn": ["Sum"]}
FIELDS = {
    ("CPUUtilization", "Average"): "avg",
    ("CPUUtilization", "Maximum"): "max",
    ("NetworkIn", "Sum"): "sum",
}
NOW = datetime.now(UTC)


def finest(one, start):
    """Return the period that AWS still has of an instance's day, by its documents."""
    age = NOW + MARGIN - start
    if age <= timedelta(days=15):
        return 60 if one.detailed else 300
    return 300 if age <= timedelta(days=63) else 3600


AROUND_EDGES = [(457, 453), (65, 61), (17, 13), (2, 0)]
"""Days ago, from and to: where the period changes, for a test that takes seconds."""


def true_values(instances, days):
    """Return what CloudWatch still has, by metric, field, instance, period and second."""
    return {
        (metric, field, one.id, period, second): value
        for (metric, statistic), field in FIELDS.items()
        for one in truth.instances(7, instances, ANCHOR)
        for day in days
        for period in (finest(one, day.start),)
        for second in range(int(day.start.timestamp()), int(day.end.timestamp()), period)
        for value in (truth.value(one, metric, statistic, period, second),)
        if value is not None
    }


def days_at_rest(instances, days):
    """Count the days on which instances had been stopped for an hour and more when they began."""
    stopped = [one.stopped for one in truth.instances(7, instances, ANCHOR) if one.stopped]
    return sum(at + 3600 <= day.start.timestamp() for at in stopped for day in days)


def stored_values(store):
    """Return what is stored, in the same way."""
    return {
        (metric, field, *key): value
        for (metric, _), field in FIELDS.items()
        for key, value in values(store, metric, field).items()
    }


def test_455_days_are_stored_at_the_finest_period_of_each_day_and_every_value_is_right(
    figure, chain, stand_in, store
):
    instances = figure(2, 12)
    aws = stand_in(instances=instances)
    collector = chain(aws.url, METRICS)
    days, runs = [], []
    for ago in figure(AROUND_EDGES, [(457, 0)]):
        start, end = (Window.day(NOW - timedelta(days=one)).start for one in ago)
        runs.append(collector.collect({"ec2": Window(start, end)}, lambda: NOW))
        days += Window(start, end).days()
    assert [run.errors for run in runs] == [{}] * len(runs)

    held = [day for day in days if NOW + MARGIN - day.start <= timedelta(days=455)]
    stored = stored_values(store)
    assert stored == true_values(instances, held)
    periods = dict(Counter(period for _, _, _, period, _ in stored))
    print(f"{len(stored)} values of {len(days)} days are right, by period {periods}")  # ruff: ignore[print] - the figure of this test
    assert set(periods) == {60, 300, 3600}

    expired = len(days) - len(held)
    assert expired > 0
    assert sum(run.planned.unasked.get("expired", 0) for run in runs) == expired * instances
    assert runs[0].audited.expired == instances
    asked = sum(tell(aws.url, "GET", "counters")["cloudwatch"]["queries_asked"].values())
    assert asked == (len(held) * instances - days_at_rest(instances, held)) * len(FIELDS)
