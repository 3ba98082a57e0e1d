"""What CloudWatch holds of the demo's fleet by the specification, and what is stored of it.

Values are by metric, field, instance, period and second since 1970.
"""

from elasticsearch.helpers import scan

import truth
from nephoscope.store import names
from standing import tell
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


def documents(store):
    """Return each document of points as it was written last, with when that was."""
    store.indices.refresh(index=names.ALL_METRICS)
    hits = scan(store, index=names.ALL_METRICS, size=5000, query={"seq_no_primary_term": True})
    return {(hit["_index"], hit["_id"]): (hit["_seq_no"], hit["_source"]) for hit in hits}


def asked(url):
    """Return how many series a stand-in was asked for."""
    return sum(tell(url, "GET", "counters")["cloudwatch"].get("queries_asked", {}).values())


def calls(url):
    """Return how many calls of GetMetricData a stand-in was made."""
    return sum(tell(url, "GET", "counters")["calls"].get("GetMetricData", {}).values())
