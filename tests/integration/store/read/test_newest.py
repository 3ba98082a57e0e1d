"""The newest points of a namespace, on a real node."""

from datetime import timedelta

from nephoscope.model import Window
from nephoscope.store.load.loader import load
from nephoscope.store.read.newest import Newest, newest, some
from nephoscope.store.read.pages import during
from nephoscope.store.read.queries import refresh
from unit.store.points_table import ASKED, NOON, point, table

FIVE = timedelta(minutes=5)


def stored(client, namespace):
    """Store twelve points of two resources of a namespace, and a younger one of another."""
    times = [NOON - number * FIVE for number in range(6)]
    points = [
        point(
            namespace=namespace,
            timestamp=time,
            asked_at=ASKED + (NOON - time),
            dimensions=(("InstanceId", resource),),
        )
        for time in times
        for resource in ("i-1", "i-2")
    ]
    younger = point(namespace=f"{namespace}_b", timestamp=NOON + FIVE)
    load(client, [table(*points), table(younger)], attributes={})
    refresh(client)


def test_the_newest_point_is_of_the_namespace_and_says_when_it_was_read(store, namespace):
    stored(store, namespace)
    assert newest(store, namespace) == Newest(NOON, ASKED)
    assert newest(store, f"{namespace}_b") == Newest(NOON + FIVE, ASKED)


def test_nothing_is_newest_where_nothing_is_stored(store, namespace):
    assert newest(store, namespace) is None


def test_some_of_what_a_query_finds_comes_newest_first_with_the_number_of_all(store, namespace):
    stored(store, namespace)
    of_one = {"term": {"aws.dimensions.InstanceId": "i-2"}}
    found = some(store, during(of_one, Window(NOON - 3 * FIVE, NOON + FIVE)), most=2)
    assert found.total == 4
    assert [one["@timestamp"] for one in found.documents] == [
        "2026-11-20T12:00:00.000Z",
        "2026-11-20T11:55:00.000Z",
    ]
