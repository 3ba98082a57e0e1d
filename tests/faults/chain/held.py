"""What CloudWatch holds of the demo's fleet by the specification, and what is stored of it.

Both are values by metric, field, instance, period and second since 1970.
"""

import truth
from stored import values

FIELDS = {"Average": "avg", "Maximum": "max", "Sum": "sum"}


def held(fleet, metrics, windows, period=lambda one, metric, _: truth.native(one, metric)):
    """Return what CloudWatch holds in windows of metrics, each with its statistics.

    ``period`` tells at which one a metric of an instance is asked in a window.
    """
    return {
        (metric, FIELDS[statistic], one.id, every, second): value
        for metric, statistics in metrics.items()
        for one in fleet
        for window in windows
        for every in (period(one, metric, window),)
        for second in range(*(int(at.timestamp()) for at in (window.start, window.end)), every)
        for statistic in statistics
        for value in (truth.value(one, metric, statistic, every, second),)
        if value is not None
    }


def found(store, metrics):
    """Return what is stored of metrics, each with its statistics."""
    return {
        (metric, FIELDS[statistic], *key): value
        for metric, statistics in metrics.items()
        for statistic in statistics
        for key, value in values(store, metric, FIELDS[statistic]).items()
    }
