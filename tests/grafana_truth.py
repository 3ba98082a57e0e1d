"""What the day's fleet must show, from its specification."""

import numpy as np

import truth
from grafana_day import BOTH, DAY, FLEET

START, END = int(DAY.start.timestamp()), int(DAY.end.timestamp())


def series(one, metric, statistic, period):
    """Return an instance's values by second; None where CloudWatch has none."""
    return {
        second: value
        for second in range(START, END, period)
        if (value := truth.value(one, metric, statistic, period, second)) is not None
    }


def cpu(period, statistic="Average"):
    """Return the CPU that is stored at a period, of each instance that has it, by its id."""
    planted = {"Average": 99.0, "Maximum": 99.5}[statistic]
    found = {
        one.id: series(one, "CPUUtilization", statistic, period)
        for one in FLEET
        if truth.native(one, "CPUUtilization") == period
    }
    if period == 300:
        found[BOTH.id] = dict.fromkeys(range(START, END, period), planted)
    return found


def at(values, second):
    """Return the values of a moment, of all that have one."""
    return np.array([one[second] for one in values.values() if second in one])


def failing():
    """Return by instance the seconds at which a check failed, of those of which one did."""
    found = {}
    for one in FLEET:
        period = truth.native(one, "StatusCheckFailed")
        values = series(one, "StatusCheckFailed", "Maximum", period)
        if failed := [second for second, value in values.items() if value]:
            found[one] = failed
    return found
