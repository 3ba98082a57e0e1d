"""What is read back: day files, then what is younger; loaded in order it ends in the newest."""

from datetime import timedelta

import pytest

from nephoscope.archive import reading
from nephoscope.archive.days import compact
from nephoscope.model import Window
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, rows_of, run_at, steady, truth_of

LATER = NIGHT + timedelta(hours=1)


def test_a_day_is_read_from_its_files_and_younger_landing(tmp_path):
    other = shard(namespace="AWS/EBS")
    land(tmp_path, steady(1), one=shard(2))
    compact(tmp_path, DAY, NIGHT)
    land(tmp_path, steady(2), one=other)
    read = rows_of(reading.points(tmp_path, DAY))
    assert read == truth_of(steady(1), shard(2)) | truth_of(steady(2), other)


def test_what_is_younger_comes_after_the_file_of_its_source(tmp_path):
    land(tmp_path, steady(1))
    compact(tmp_path, DAY, NIGHT)
    land(tmp_path, steady(3), asked_at=LATER, run=run_at(LATER))
    land(tmp_path, steady(2), asked_at=NIGHT, attempt=2)
    levels = [int(table["value"][0].as_py()) for table in reading.points(tmp_path, DAY)]
    assert levels == [1, 2, 3]


def test_attempts_that_are_in_the_file_are_not_read_again(tmp_path):
    land(tmp_path, steady(1))
    compact(tmp_path, DAY, NIGHT)
    assert rows_of(reading.points(tmp_path, DAY)) == truth_of(steady(1), shard())


def test_a_window_is_read_across_days_and_no_further(tmp_path):
    before = shard(window=Window.day(DAY.start - timedelta(days=1)))
    truth = truth_of(steady(1), before) | truth_of(steady(1), shard())
    for one in (before, shard()):
        land(tmp_path, steady(1), one=one)
    compact(tmp_path, DAY, NIGHT)
    window = Window(DAY.start - timedelta(hours=2), DAY.start + timedelta(hours=3))
    assert rows_of(reading.points(tmp_path, window)) == {
        key: value for key, value in truth.items() if window.start <= key[-1] < window.end
    }


@pytest.mark.parametrize("compacted", [True, False])
@pytest.mark.parametrize(
    "only",
    [
        {"accounts": ["210987654321"]},
        {"regions": ["us-east-1"]},
        {"namespaces": ["a/b"]},
        {"namespaces": ["a/b", "AWS/EC2"], "regions": ["us-east-1"]},
        {"regions": []},
    ],
    ids=str,
)
def test_only_what_is_wanted_is_read(tmp_path, only, compacted):
    wanted = {name.removesuffix("s"): values for name, values in only.items()}
    shards = [shard(), shard(account="210987654321"), shard(region="us-east-1", namespace="a/b")]
    truth = {}
    for number, one in enumerate(shards, start=1):
        land(tmp_path, steady(number), one=one, number=number)
        if all(getattr(one, name) in values for name, values in wanted.items()):
            truth |= truth_of(steady(number), one)
    if compacted:
        compact(tmp_path, DAY, NIGHT)
    assert rows_of(reading.points(tmp_path, DAY, **only)) == truth


def test_a_name_too_long_for_a_path_is_read_back_whole(tmp_path):
    one = shard(namespace="/" * 255)
    land(tmp_path, steady(1), one=one)
    compact(tmp_path, DAY, NIGHT)
    read = rows_of(reading.points(tmp_path, DAY, namespaces=["/" * 255]))
    assert read == truth_of(steady(1), one)


def test_the_days_of_an_archive_are_those_of_files_and_landing(tmp_path):
    before = Window.day(DAY.start - timedelta(days=7))
    land(tmp_path, steady(1), one=shard(window=before))
    compact(tmp_path, before, NIGHT)
    land(tmp_path, steady(1))
    assert reading.days(tmp_path) == [before, DAY]
    assert reading.days(tmp_path / "nothing") == []
