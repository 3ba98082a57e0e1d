"""Snapshots: what was seen is read back, and the right one is chosen for a moment or a day."""

from datetime import timedelta

import pytest

from discovered import NOW, instance, queue
from nephoscope.archive.inventory import (
    inventory_of,
    newest_inventory,
    snapshots,
    write_inventory,
)
from nephoscope.model import Resource, Seen, Window

SEEN = [
    instance(1, tags={"k": "<b>\u00fc\U0001f600\n"}),
    queue("a/b"),
    Seen(Resource("1", "r", "n", ()), ()),
]
HOUR = timedelta(hours=1)
DAY = Window.day(NOW)


def wrote(root, seen_at, seen=(), question="q", connection="c", region="r"):
    write_inventory(root, connection, region, question, seen_at, seen)


def test_what_was_seen_is_read_back(tmp_path):
    wrote(tmp_path, NOW, SEEN)
    assert newest_inventory(tmp_path, "c", "r", "q", since=NOW) == (NOW, SEEN)


def test_nothing_seen_is_read_back_as_nothing(tmp_path):
    wrote(tmp_path, NOW)
    assert newest_inventory(tmp_path, "c", "r", "q", since=NOW) == (NOW, [])


def test_the_newest_snapshot_is_chosen(tmp_path):
    for hours in (2, 0, 1):
        wrote(tmp_path, NOW - hours * HOUR, SEEN[:hours])
    assert newest_inventory(tmp_path, "c", "r", "q", since=NOW - 3 * HOUR) == (NOW, [])


def test_a_snapshot_that_is_too_old_is_none(tmp_path):
    wrote(tmp_path, NOW - HOUR)
    assert newest_inventory(tmp_path, "c", "r", "q", since=NOW) is None


@pytest.mark.parametrize("other", [("x", "r", "q"), ("c", "x", "q"), ("c", "r", "x")], ids=str)
def test_the_answer_to_another_question_is_none(tmp_path, other):
    wrote(tmp_path, NOW)
    assert newest_inventory(tmp_path, *other, since=NOW) is None


@pytest.mark.parametrize("name", ["..", "../x", "a/b", ".", "*", "\u00fc"], ids=ascii)
def test_a_strange_connection_stays_below_the_inventory(tmp_path, name):
    root = tmp_path / "archive"
    wrote(root, NOW, SEEN, connection=name, region=name)
    assert newest_inventory(root, name, name, "q", since=NOW) == (NOW, SEEN)
    [file] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert file.relative_to(root / "inventory").parts[2:] == (file.name,)


def test_a_day_is_told_best_by_what_was_seen_on_it_then_before_then_after(tmp_path):
    for days in (-9, -2, 3, 8):
        wrote(tmp_path, NOW + timedelta(days=days))
    for hours in (1, 0):
        wrote(tmp_path, NOW - hours * HOUR)
    assert [one.seen_at for one in inventory_of(snapshots(tmp_path), DAY)] == [
        NOW + timedelta(days=3),
        NOW - timedelta(days=2),
        NOW - HOUR,
        NOW,
    ]


def test_each_question_tells_of_a_day(tmp_path):
    wrote(tmp_path, NOW - timedelta(days=2), question="a")
    wrote(tmp_path, NOW - timedelta(days=1), question="b")
    wrote(tmp_path, NOW + timedelta(days=1), region="other")
    assert [one.asked[1] for one in inventory_of(snapshots(tmp_path), DAY)] == ["q", "a", "b"]


def test_midnight_belongs_to_the_day_that_begins(tmp_path):
    for moment in (DAY.start, DAY.end):
        wrote(tmp_path, moment)
    found = inventory_of(snapshots(tmp_path), DAY)
    assert [one.seen_at for one in found] == [DAY.end, DAY.start]


def test_an_archive_without_inventory_has_no_snapshot(tmp_path):
    assert snapshots(tmp_path) == []
