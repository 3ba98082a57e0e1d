"""Compaction: of all that was read of a day, the newest value of each point, once."""

from datetime import timedelta
from operator import itemgetter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nephoscope.archive import day_files, spill
from nephoscope.archive.days import compact, count_points
from nephoscope.model import Window
from shards import DAY, series, shard
from unit.archive.landed import NIGHT, land, rows_of, run_at, steady, truth_of

LATER = NIGHT + timedelta(hours=1)


def hour(number):
    start = DAY.start + timedelta(hours=number)
    return Window(start, start + timedelta(hours=1))


def live(number, **other):
    """A shard of the 5-minute runs: one hour, and when it is asked."""
    one = shard(window=hour(number), **other)
    return one, one.window.end + timedelta(minutes=15)


def stored(root):
    """All points that the day files have."""
    paths = [path for found in day_files.find_days(root).values() for path in found]
    return rows_of(table for path in paths for table in day_files.read_points(root, path))


def test_a_days_attempts_become_one_file(tmp_path):
    one = shard(3)
    land(tmp_path, steady(1), one=one)
    [done] = compact(tmp_path, DAY, LATER)
    assert done.path == (
        "metrics/account=123456789012/region=eu-west-1/namespace=AWS%2FEC2/period=300"
        "/day=2026-11-20/points.parquet"
    )
    assert stored(tmp_path) == truth_of(steady(1), one)
    assert done.points == 3 * 3 * 288
    assert done.bytes == (tmp_path / done.path).stat().st_size


def test_each_source_and_period_has_a_file(tmp_path):
    shards = [
        shard(),
        shard(account="210987654321"),
        shard(region="us-east-1"),
        shard(namespace="AWS/EBS"),
        shard(period=60),
    ]
    truth = {}
    for number, one in enumerate(shards, start=1):
        land(tmp_path, steady(number), one=one, number=number)
        truth |= truth_of(steady(number), one)
    assert len(compact(tmp_path, DAY, LATER)) == 5
    assert stored(tmp_path) == truth


def test_points_of_a_coarser_period_than_planned_are_in_a_file_of_theirs(tmp_path):
    coarser = shard(period=3600)
    land(tmp_path, steady(1), one=shard(), number=1)
    land(tmp_path, steady(2), one=coarser, number=2)
    assert {done.path.split("/")[4] for done in compact(tmp_path, DAY, LATER)} == {
        "period=300",
        "period=3600",
    }
    assert stored(tmp_path) == truth_of(steady(1), shard()) | truth_of(steady(2), coarser)


def test_the_value_that_was_asked_for_last_wins(tmp_path):
    part, asked_at = live(3)
    land(tmp_path, steady(2), run=run_at(asked_at))
    land(tmp_path, steady(1), one=part, asked_at=asked_at, run=run_at(NIGHT + timedelta(days=1)))
    compact(tmp_path, DAY, LATER)
    assert stored(tmp_path) == truth_of(steady(2), shard())


def test_a_point_that_the_newer_reading_lacks_stays(tmp_path):
    part, asked_at = live(3)
    land(tmp_path, steady(1), one=part, asked_at=asked_at, run=run_at(asked_at))
    land(tmp_path, lambda *_: None)
    compact(tmp_path, DAY, LATER)
    assert stored(tmp_path) == truth_of(steady(1), part, asked_at)


def test_what_is_read_after_a_compaction_is_added_to_the_file(tmp_path):
    part, _ = live(3)
    land(tmp_path, steady(1))
    compact(tmp_path, DAY, LATER)
    for path in tmp_path.rglob("*try1*"):
        path.unlink()  # the file alone has them now
    land(tmp_path, steady(2), one=part, asked_at=LATER, run=run_at(LATER))
    compact(tmp_path, DAY, LATER)
    assert stored(tmp_path) == truth_of(steady(1), shard()) | truth_of(steady(2), part, LATER)


def test_an_attempt_that_did_not_end_is_left_out(tmp_path):
    written = land(tmp_path, steady(1))
    (tmp_path / f"{written.name}.answers.parquet").unlink()
    assert compact(tmp_path, DAY, LATER) == []
    assert stored(tmp_path) == {}


def test_other_days_are_left_alone(tmp_path):
    day_before = Window.day(DAY.start - timedelta(hours=1))
    land(tmp_path, steady(1), one=shard(window=day_before))
    assert compact(tmp_path, DAY, LATER) == []


def test_a_day_that_has_nothing_new_is_not_written_again(tmp_path):
    land(tmp_path, steady(1))
    [done] = compact(tmp_path, DAY, LATER)
    before = (tmp_path / done.path).stat()
    assert compact(tmp_path, DAY, LATER + timedelta(days=1)) == []
    assert (tmp_path / done.path).stat() == before


def test_a_day_without_any_point_has_an_empty_file(tmp_path):
    land(tmp_path, lambda *_: None)
    [done] = compact(tmp_path, DAY, LATER)
    assert done.points == 0
    assert compact(tmp_path, DAY, LATER) == []


def test_the_same_attempts_make_the_same_bytes(tmp_path):
    for root in ("one", "two"):
        land(tmp_path / root, steady(1), one=shard(3))
        compact(tmp_path / root, DAY, LATER)
    files = [path.read_bytes() for path in tmp_path.rglob("metrics/**/*.parquet")]
    assert len(files) == 2
    assert len(set(files)) == 1


@pytest.mark.parametrize("bucket", [1, 1000, 10**6])
def test_points_stand_in_order_in_groups_of_whole_resources(tmp_path, monkeypatch, bucket):
    monkeypatch.setattr(spill, "BUCKET", bucket)
    for number, chosen in enumerate((series(9)[5:], series(9)[:7]), start=1):
        land(tmp_path, steady(number), number=number, one=shard(series=chosen))
    [done] = compact(tmp_path, DAY, LATER)
    groups = [
        [tuple(row[n] for n in ("dimensions", "metric", "statistic", "timestamp")) for row in rows]
        for rows in (t.to_pylist() for t in day_files.read_points(tmp_path, done.path))
    ]
    keys = [key for group in groups for key in group]
    assert keys == sorted(set(keys))
    assert len(keys) == 9 * 3 * 288
    resources = [{key[0] for key in group} for group in groups]
    assert sum(map(len, resources)) == len(set().union(*resources)) == 9


def test_points_are_counted_once_whether_compacted_or_not(tmp_path):
    part, _ = live(3)
    land(tmp_path, steady(1))
    compact(tmp_path, DAY, LATER)
    land(tmp_path, steady(2), one=part, asked_at=LATER, run=run_at(LATER))
    land(tmp_path, steady(1), one=shard(2, region="us-east-1", period=3600), number=2)
    land(tmp_path, steady(1), one=shard(namespace="AWS/EBS"), number=3)
    land(tmp_path, steady(1), one=shard(window=Window.day(DAY.end)), number=4)
    counted = {
        (source.split("/")[1], period): points
        for (source, _, period), points in count_points(tmp_path, "AWS/EC2", [DAY]).items()
    }
    assert counted == {("region=eu-west-1", 300): 864, ("region=us-east-1", 3600): 2 * 3 * 24}
    assert count_points(tmp_path, "AWS/EC", [DAY]) == {}
    compact(tmp_path, DAY, LATER)
    for path in tmp_path.rglob("landing/**/*.parquet"):
        path.unlink()  # the files alone have them now
    assert sorted(count_points(tmp_path, "AWS/EC2", [DAY]).values()) == sorted(counted.values())


READINGS = st.lists(
    st.tuples(
        st.integers(0, 23),  # hour of the window
        st.integers(1, 24),  # hours in it
        st.integers(0, 5),  # when it was asked
        st.sets(st.integers(0, 4), min_size=1),  # of which resources
        st.booleans(),  # compacted afterwards
    ),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(READINGS)
def test_any_readings_end_in_the_newest_value_of_each_point(tmp_path_factory, readings):
    root, newest = tmp_path_factory.mktemp("archive"), {}
    for number, (first, hours, asked, chosen, between) in enumerate(readings, start=1):
        start = DAY.start + timedelta(hours=first)
        window = Window(start, min(start + timedelta(hours=hours), DAY.end))
        one = shard(window=window, period=3600, series=tuple(series(5)[n] for n in sorted(chosen)))
        asked_at = NIGHT + timedelta(minutes=asked * 10, seconds=number)
        land(root, steady(number), one=one, asked_at=asked_at, number=number)
        for key, value in truth_of(steady(number), one, asked_at).items():
            newest[key] = max(newest.get(key, value), value, key=itemgetter(1))
        if between:
            compact(root, DAY, LATER)
    compact(root, DAY, LATER)
    assert stored(root) == newest
