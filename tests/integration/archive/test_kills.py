"""A killed compaction: readers never see half a file, and a rerun ends in the same one."""

import shutil
from datetime import timedelta

import pytest

from integration.archive import processes as work
from nephoscope.archive import day_files, landing
from nephoscope.archive.days import compact
from nephoscope.errors import ConfigError
from nephoscope.model import Window
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, rows_of, run_at, steady, truth_of

NOON = Window(DAY.start, DAY.start + timedelta(hours=12))
LIVE = DAY.end
"""When the first half of the day was compacted, before the whole day was read."""


@pytest.fixture
def archive(tmp_path):
    """Makes archives of a day: half is in a file, then the whole day was read again."""
    half, whole = shard(5, window=NOON), shard(5)
    land(tmp_path / "origin", steady(1), one=half, asked_at=LIVE, run=run_at(LIVE))
    compact(tmp_path / "origin", DAY, LIVE)
    land(tmp_path / "origin", steady(2), one=whole)
    before, after = truth_of(steady(1), half, LIVE), truth_of(steady(2), whole)

    def fresh():
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        shutil.copytree(tmp_path / "origin", tmp_path / "copy")
        return tmp_path / "copy"

    return fresh, before, after


def stored(root):
    """All points of the one day file."""
    [[path]] = day_files.find_days(root).values()
    return rows_of(day_files.read_points(root, path))


def test_killed_at_any_instant_and_run_again_the_file_is_the_same(
    archive, draw, kill, finish, figure
):
    fresh, before, after = archive
    takes = finish(work.compact, str(fresh()))
    kills = {True: 0, False: 0}
    seen = []
    while kills[True] < figure(5, 50):
        root = fresh()
        kills[kill(draw.uniform(0, takes), work.compact, str(root))] += 1
        found = stored(root)
        seen.append(found == after)
        assert seen[-1] or found == before
        finish(work.compact, str(root))
        assert stored(root) == after
    print(f"{kills[True]} kills, {sum(seen)} of {len(seen)} rounds ended in place")  # ruff: ignore[print]


def test_a_file_that_is_written_where_it_is_read_is_found_broken(archive, draw, kill, finish):
    """The negative arm: the kills do strike while a file is written."""
    fresh, _, _ = archive
    takes = finish(work.compact_in_place, str(fresh()))
    for _ in range(40):
        root = fresh()
        kill(draw.uniform(0, takes), work.compact_in_place, str(root))
        try:
            stored(root)
        except ConfigError:  # it is damaged
            return
    pytest.fail("40 kills, and the file was whole after each")


def test_a_killed_extract_leaves_a_whole_attempt_or_none(tmp_path, draw, kill, finish, figure):
    one = shard(40)
    takes, whole = finish(work.extract, str(tmp_path / "first")), truth_of(steady(1), one)
    kills, ended = 0, 0
    while kills < figure(5, 50):
        root = tmp_path / f"{kills}-{ended}"
        kills += kill(draw.uniform(0, takes), work.extract, str(root))
        for [name] in landing.attempts(root, DAY).values():
            ended += 1
            assert rows_of(landing.read_points(root, name)) == whole
            assert landing.read_answers(root, name).num_rows == one.metrics_asked
    print(f"{kills} kills, {ended} attempts had ended")  # ruff: ignore[print]


def test_compactions_at_once_end_in_the_same_file(archive, start, figure):
    fresh, _, after = archive
    for _ in range(figure(3, 30)):
        root = fresh()
        both = [start(work.compact, str(root)) for _ in range(2)]
        for process in both:
            process.join()
            assert process.exitcode == 0
        assert stored(root) == after


def test_what_a_slower_compaction_did_not_know_is_not_lost(archive, tmp_path):
    """It began earlier, ended later, and so took the newer file's place with less in it."""
    fresh, _, after = archive
    root = fresh()
    younger, asked_at = shard(window=NOON), NIGHT + timedelta(hours=1)
    [[path]] = day_files.find_days(root).values()
    compact(root, DAY, NIGHT)
    slower = (root / path).read_bytes()
    land(root, steady(3), one=younger, asked_at=asked_at, run=run_at(asked_at))
    compact(root, DAY, asked_at)
    (root / path).write_bytes(slower)
    assert stored(root) == after
    compact(root, DAY, asked_at)
    assert stored(root) == after | truth_of(steady(3), younger, asked_at)
