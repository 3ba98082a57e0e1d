"""Names and values that are hard to read, read back from a real node."""

import math
from datetime import timedelta

import pytest

from nephoscope.model import Resource, Window, dimensions_key
from nephoscope.store.load.loader import load
from nephoscope.store.read import pages
from nephoscope.store.read.bins import binned
from nephoscope.store.read.queries import point_counts, refresh, series, stored_times
from unit.store.points_table import NOON, point, table

DAY = Window.day(NOON)
FIVE = timedelta(minutes=5)

DIMENSIONS = [
    {},
    {"Service": "x", "Service.Name": "y"},
    {"Service": "x"},
    {"Service.Name": "x"},
    {"a/b c": 'quote " and \\ and \n', "*": "*", "ü/😀": "日本"},
    {"*": "_all"},
    {"InstanceId": "null"},
    {"InstanceId": "Infinity"},
    {"InstanceId": "x" * 1024},
    {"InstanceId": "-1", "Device": "1e308"},
]
"""Sets of one namespace, some of them parts of another."""

VALUES = [0.0, -0.0, 1.7e308, -1.7e308, 5e-324, -1e-300, 1 / 3, 2.0**53 + 2, None, -273.15]
KEYS = [dimensions_key(tuple(one.items())) for one in DIMENSIONS]


@pytest.fixture
def stored(elasticsearch, namespace, monkeypatch):
    """Store for each set a value at noon and another five minutes later; None is not stored."""
    monkeypatch.setattr(pages, "PAGE", 3)
    points = [
        point("c.p u", statistic, value, dimensions=whose, timestamp=time, namespace=namespace)
        for whose, first in zip(DIMENSIONS, VALUES, strict=True)
        for time, statistic, value in (
            (NOON, "Average", first),
            (NOON, "p99.9", 1.5),
            (NOON + FIVE, "Average", 7.0),
        )
        if value is not None
    ]
    load(elasticsearch, [table(*points)], attributes={})
    refresh(elasticsearch)


@pytest.fixture
def asked(namespace):
    return {"namespace": namespace, "metric": "c.p u", "window": DAY}


def test_values_come_back_as_they_are(elasticsearch, stored, asked):
    found = series(elasticsearch, statistics=["Average", "p99.9"], **asked).to_pylist()
    expected = {
        (key, time): values
        for key, first in zip(KEYS, VALUES, strict=True)
        for time, values in ((NOON, (first, 1.5)), (NOON + FIVE, (7.0, None)))
    }
    there = {(one["dimensions"], one["timestamp"]): (one["Average"], one["p99.9"]) for one in found}
    assert len(found) == len(expected)
    assert there == expected
    assert math.copysign(1, there[KEYS[1], NOON][0]) == -1
    assert list(there) == sorted(there)


def test_bins_are_of_the_same_resources(elasticsearch, stored, asked):
    found = binned(elasticsearch, statistics=["Minimum", "Average"], step=300, **asked).to_pylist()
    there = {(one["dimensions"], one["timestamp"]): one["Average"] for one in found}
    noon = {(key, NOON): first for key, first in zip(KEYS, VALUES, strict=True)}
    assert there == {key: first for key, first in noon.items() if first is not None} | {
        (key, NOON + FIVE): 7 for key in KEYS
    }
    assert {one["Minimum"] for one in found} == {None}


def test_counts_are_of_the_same_resources(elasticsearch, namespace, stored):
    found = point_counts(elasticsearch, namespace=namespace, window=DAY).to_pylist()
    counts = {(one["dimensions"], one["statistic"]): one["count"] for one in found}
    averages = {
        (key, "avg"): 1 + (first is not None) for key, first in zip(KEYS, VALUES, strict=True)
    }
    assert counts == averages | {(key, "p99_9"): 1 for key in KEYS}
    assert {one["metric"] for one in found} == {"c_p u"}


def test_times_are_of_the_resources_that_are_asked_for_alone(elasticsearch, namespace, stored):
    resources = [
        Resource("123456789012", "eu-west-1", namespace, tuple(sorted(one.items())))
        for one in DIMENSIONS
    ]
    average, p99 = ("c_p u", "avg"), ("c_p u", "p99_9")
    for chosen, first in zip(resources, VALUES, strict=True):
        found = stored_times(elasticsearch, resources=[chosen], measures=[average, p99], window=DAY)
        times = [NOON, NOON + FIVE] if first is not None else [NOON + FIVE]
        assert found == {(chosen, 300): {average: times, p99: [NOON]}}
