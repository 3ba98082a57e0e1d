"""What readers get of a real node."""

from datetime import timedelta

import pytest

from nephoscope.model import Resource, Window
from nephoscope.store.load.loader import load
from nephoscope.store.read import pages
from nephoscope.store.read.queries import point_counts, refresh, series, stored_times
from unit.store.points_table import NOON, point, table

DAY = Window.day(NOON)
FIVE = timedelta(minutes=5)


@pytest.fixture
def stored(elasticsearch, namespace):
    """Load points of the test's namespace, and let them be seen."""

    def write(*points):
        load(
            elasticsearch,
            [table(*(one | {"namespace": namespace} for one in points))],
            attributes={},
        )
        refresh(elasticsearch)

    return write


@pytest.fixture
def read(elasticsearch, namespace):
    def values(metric="cpu", statistics=("Average",), window=DAY, **chosen):
        found = series(
            elasticsearch,
            namespace=namespace,
            metric=metric,
            statistics=statistics,
            window=window,
            **chosen,
        )
        return found.to_pylist()

    return values


def test_a_point_has_whose_when_and_its_statistics(stored, read):
    stored(point("cpu", value=1), point("cpu", "p99.9", value=9), point("net", "Sum", value=5))
    assert read(statistics=("Average", "p99.9", "Maximum")) == [
        {
            "account": "123456789012",
            "region": "eu-west-1",
            "dimensions": '{"InstanceId":"i-1"}',
            "period": 300,
            "timestamp": NOON,
            "Average": 1.0,
            "p99.9": 9.0,
            "Maximum": None,
        }
    ]


def test_points_come_sorted_from_all_pages(stored, read, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 7)
    stored(
        *(
            point("cpu", value=n, timestamp=NOON + n * FIVE, dimensions=[("InstanceId", f"i-{i}")])
            for i in (2, 1)
            for n in range(12)
        )
    )
    found = [(one["dimensions"], one["timestamp"], one["Average"]) for one in read()]
    assert found == [
        (f'{{"InstanceId":"i-{i}"}}', NOON + n * FIVE, n) for i in (1, 2) for n in range(12)
    ]


def test_a_window_is_half_open(stored, read):
    stored(*(point("cpu", value=n, timestamp=NOON + n * FIVE) for n in range(4)))
    assert [p["Average"] for p in read(window=Window(NOON + FIVE, NOON + 3 * FIVE))] == [1, 2]


def test_of_two_periods_the_finer_is_read_for_each_resource_and_day(stored, read):
    tomorrow = timedelta(days=1)
    stored(
        point("cpu", value=1, period=300),
        point("cpu", value=2, period=60),
        point("cpu", value=3, period=300, timestamp=NOON + tomorrow),
        point("credits", value=4, period=300),
    )
    window = Window(DAY.start, DAY.end + tomorrow)
    assert [one["Average"] for one in read(window=window)] == [2, 3]
    assert [one["Average"] for one in read("credits")] == [4], "only those of the metric count"


def test_accounts_and_regions_narrow(stored, read):
    stored(point("cpu", value=1), point("cpu", value=2, region="us-east-1"))
    assert [one["Average"] for one in read(regions=["us-east-1"])] == [2]
    assert read(accounts=["000000000000"]) == []
    assert len(read(accounts=["123456789012"], regions=["us-east-1", "eu-west-1"])) == 2


@pytest.mark.parametrize(
    "name", ["*", "_all", "a,b", "cpu OR 1", "cp?", '"', "cpu.avg", "-cpu", "c*u"]
)
def test_a_name_means_only_itself(elasticsearch, stored, read, name):
    stored(point("cpu", value=1))
    assert read(name) == []
    assert read(statistics=(name,)) == []
    assert read(regions=[name]) == []
    assert read(accounts=[name]) == []
    foreign = series(
        elasticsearch, namespace=name, metric="cpu", statistics=["Average"], window=DAY
    )
    assert foreign.num_rows == 0


def test_a_namespace_that_begins_like_another_is_not_read_with_it(elasticsearch, namespace):
    twin = namespace.upper()
    for number, name in enumerate([namespace, twin]):
        load(elasticsearch, [table(point("cpu", value=number, namespace=name))], attributes={})
    refresh(elasticsearch)
    for number, name in enumerate([namespace, twin]):
        found = series(
            elasticsearch, namespace=name, metric="cpu", statistics=["Average"], window=DAY
        )
        assert found.column("Average").to_pylist() == [number]
        assert point_counts(elasticsearch, namespace=name, window=DAY).num_rows == 1


def test_counts_are_of_each_series(elasticsearch, namespace, stored, monkeypatch):
    monkeypatch.setattr(pages, "BUCKETS", 2)
    stored(
        *(
            point(
                metric, statistic, timestamp=NOON + n * FIVE, dimensions=dimensions, period=period
            )
            for dimensions, period, times in (
                ([("InstanceId", "i-1")], 300, 3),
                ([("InstanceId", "i-1")], 60, 2),
                ([("InstanceId", "i-1"), ("Device", "a.b")], 300, 1),
                ([], 300, 4),
            )
            for metric, statistic in (("cpu", "Average"), ("mem.used", "p99.9"))
            for n in range(times + (metric == "cpu"))
        )
    )
    window = Window(NOON, NOON + 4 * FIVE)
    table_ = point_counts(elasticsearch, namespace=namespace, window=window)
    counts = {
        (one["dimensions"], one["period"], one["metric"], one["statistic"]): one["count"]
        for one in table_.to_pylist()
    }
    web, disk = '{"InstanceId":"i-1"}', '{"Device":"a.b","InstanceId":"i-1"}'
    assert counts == {
        (web, 300, "cpu", "avg"): 4,
        (web, 300, "mem_used", "p99_9"): 3,
        (web, 60, "cpu", "avg"): 3,
        (web, 60, "mem_used", "p99_9"): 2,
        (disk, 300, "cpu", "avg"): 2,
        (disk, 300, "mem_used", "p99_9"): 1,
        ("{}", 300, "cpu", "avg"): 4,
        ("{}", 300, "mem_used", "p99_9"): 4,
    }


def test_nothing_stored_is_an_empty_table(elasticsearch, namespace):
    assert point_counts(elasticsearch, namespace=namespace, window=DAY).num_rows == 0
    refresh(elasticsearch)


def test_times_are_of_exactly_the_resources_asked_for(elasticsearch, namespace, stored):
    stored(
        point("cpu"),
        point("cpu", timestamp=NOON + FIVE, period=60),
        point("net", timestamp=NOON + FIVE),
        point("disk", dimensions=[("InstanceId", "i-1"), ("Device", "a")]),
    )
    web = Resource("123456789012", "eu-west-1", namespace, (("InstanceId", "i-1"),))
    cpu, net, disk = ("cpu", "avg"), ("net", "avg"), ("disk", "avg")
    found = stored_times(elasticsearch, resources=[web], measures=[cpu, net, disk], window=DAY)
    assert found == {
        (web, 300): {cpu: [NOON], net: [NOON + FIVE]},
        (web, 60): {cpu: [NOON + FIVE]},
    }
