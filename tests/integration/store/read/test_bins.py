"""Bins of a real node, against what the points make."""

from datetime import timedelta
from statistics import fmean

import pytest

from nephoscope.model import Resource, Window
from nephoscope.store.load.loader import load
from nephoscope.store.read import bins
from nephoscope.store.read.bins import OF_BIN, binned
from nephoscope.store.read.queries import refresh, series
from unit.store.points_table import NOON, point, table

DAY = Window.day(NOON)
HOUR = timedelta(hours=1)
MADE = {"avg": fmean, "max": max, "min": min, "sum": sum}


@pytest.fixture
def stored(elasticsearch, namespace):
    def write(*points):
        given = [table(*(one | {"namespace": namespace} for one in points))]
        load(elasticsearch, given, attributes={})
        refresh(elasticsearch)

    return write


@pytest.fixture
def read(elasticsearch, namespace):
    def values(statistics=("Average",), window=DAY, step=3600, reader=binned, **more):
        more |= {"step": step} if reader is binned else {}
        return reader(
            elasticsearch,
            namespace=namespace,
            metric="cpu",
            statistics=statistics,
            window=window,
            **more,
        ).to_pylist()

    return values


def value(instance, moment, statistic):
    """A point's value: negative and positive, of another size for each statistic."""
    minutes = int((moment - DAY.start).total_seconds()) // 60
    return (minutes * 7919 + instance * 104729) % 1000 / 8 - 60 + 1000 * len(statistic)


def test_a_bin_has_of_each_statistic_what_its_points_make(stored, read, monkeypatch):
    monkeypatch.setattr(bins, "BINS", 7)
    monkeypatch.setattr(bins, "MOST_POINTS", 50)
    times = [DAY.start + n * timedelta(minutes=25) for n in range(110)]
    stored(
        *(
            point("cpu", name, value(i, time, name), timestamp=time, dimensions=[("I", f"i-{i}")])
            for i in range(2)
            for time in times
            for name in OF_BIN
        )
    )
    window = Window(DAY.start, DAY.end + timedelta(days=1))
    found = read(tuple(OF_BIN), window=window, step=7200)
    expected = []
    for i in range(2):
        for start in (DAY.start + n * 2 * HOUR for n in range(24)):
            if inside := [time for time in times if start <= time < start + 2 * HOUR]:
                made = {
                    name: pytest.approx(MADE[of]([value(i, time, name) for time in inside]))
                    for name, of in OF_BIN.items()
                }
                whose = {"dimensions": f'{{"I":"i-{i}"}}', "timestamp": start}
                expected.append(whose | made | {"points": len(inside)})
    assert [{name: one[name] for name in expected[0]} for one in found] == expected


def test_a_statistic_that_no_point_of_a_bin_has_is_null_and_not_0(stored, read):
    stored(point("cpu", value=1), point("cpu", "Sum", value=2, timestamp=NOON + HOUR))
    found = read(("Average", "Sum", "SampleCount"))
    assert [[one[name] for name in ("Average", "Sum", "SampleCount")] for one in found] == [
        [1, None, None],
        [None, 2, None],
    ]


def test_a_day_that_is_stored_in_two_periods_is_not_counted_twice(stored, read):
    minute, tomorrow = timedelta(minutes=1), timedelta(days=1)
    stored(
        *(point("cpu", "Sum", 1, period=60, timestamp=NOON + n * minute) for n in range(60)),
        *(point("cpu", "Sum", 5, timestamp=NOON + n * 5 * minute) for n in range(12)),
        *(point("cpu", "Sum", 5, timestamp=NOON + tomorrow + n * 5 * minute) for n in range(12)),
    )
    found = read(("Sum",), window=Window(DAY.start, DAY.end + tomorrow))
    assert [(one["period"], one["Sum"], one["points"]) for one in found] == [
        (60, 60, 60),
        (300, 60, 12),
    ]


def test_points_of_the_step_are_read_as_they_are(stored, read):
    stored(*(point("cpu", value=n / 7, period=3600, timestamp=NOON + n * HOUR) for n in range(9)))
    assert [one | {"highest": one["Average"], "points": 1} for one in read(reader=series)] == read()


def test_a_bin_that_the_window_cuts_has_only_the_points_in_it(stored, read):
    five = timedelta(minutes=5)
    stored(*(point("cpu", "Sum", 1, timestamp=NOON + n * five) for n in range(24)))
    found = read(("Sum",), window=Window(NOON + five, NOON + HOUR + five))
    assert [(one["timestamp"], one["Sum"]) for one in found] == [(NOON, 11), (NOON + HOUR, 1)]


def test_accounts_and_regions_narrow(stored, read):
    stored(point("cpu", value=1), point("cpu", value=2, region="us-east-1"))
    assert [one["Average"] for one in read(regions=["us-east-1"])] == [2]
    assert read(accounts=["000000000000"]) == []


@pytest.mark.parametrize("step", [0, -60, 7, 5 * 3600, 2 * 86_400])
def test_a_step_that_crosses_midnight_is_refused(read, step):
    with pytest.raises(ValueError, match="midnight"):
        read(step=step)


@pytest.mark.parametrize("statistic", ["p99", "p99.9", "tm90", "*"])
def test_a_statistic_that_does_not_follow_from_the_points_is_refused(read, statistic):
    with pytest.raises(ValueError, match="can't be binned"):
        read(("Average", statistic))


def test_nothing_stored_is_an_empty_table(read):
    assert read() == []


def test_a_bin_keeps_the_highest_value_of_the_first_statistic(stored, read):
    stored(*(point("cpu", value=n, timestamp=NOON + n * HOUR / 12) for n in (3, 7, 5)))
    assert [(one["Average"], one["highest"]) for one in read()] == [(5, 7)]


@pytest.mark.parametrize("reader", [binned, series])
def test_only_the_points_of_some_resources_are_read(stored, read, namespace, reader):
    stored(*(point("cpu", value=n, dimensions=[("I", f"i-{n}")]) for n in range(5)))
    some = [Resource("123456789012", "eu-west-1", namespace, (("I", f"i-{n}"),)) for n in (1, 4)]
    assert [one["Average"] for one in read(reader=reader, resources=some)] == [1, 4]
