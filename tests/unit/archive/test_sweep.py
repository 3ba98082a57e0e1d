"""The sweep removes what is compacted, loaded and old; whatever lacks one of these stays."""

import os
from datetime import timedelta

import pytest

from nephoscope.archive import landing, reading, runs
from nephoscope.archive.days import compact
from nephoscope.archive.inventory import write_inventory
from nephoscope.archive.sweep import Swept, sweep
from nephoscope.plan.planning import Plan
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, rows_of, steady, truth_of

WEEK = timedelta(days=7)
NOTHING = Swept(0, 0, 0)


@pytest.fixture
def run(tmp_path):
    return runs.write_plan(tmp_path, "a_dag", Plan(NIGHT, {"ec2": DAY}, (shard(),)))


@pytest.fixture
def attempt(tmp_path, run):
    """The name of an attempt that is loaded and compacted."""
    written = land(tmp_path, steady(1), run=run)
    landing.mark_loaded(tmp_path, written.name, {"points": written.points})
    compact(tmp_path, DAY, NIGHT)
    return written.name


def files(root):
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_an_old_attempt_goes_and_its_points_stay(tmp_path, attempt):
    assert sweep(tmp_path, NIGHT + WEEK) == Swept(attempts=1, runs=1, snapshots=0)
    [left] = files(tmp_path)
    assert left.endswith("/points.parquet")
    assert rows_of(reading.points(tmp_path, DAY)) == truth_of(steady(1), shard())


def test_no_empty_folder_is_left(tmp_path, attempt):
    sweep(tmp_path, NIGHT + WEEK)
    assert {path.name for path in tmp_path.iterdir()} == {"metrics"}


def test_an_attempt_stays_for_a_week_after_its_compaction(tmp_path, attempt):
    before = files(tmp_path)
    assert sweep(tmp_path, NIGHT + WEEK - timedelta(seconds=1)) == NOTHING
    assert files(tmp_path) == before


def test_how_long_it_stays_can_be_said(tmp_path, attempt):
    assert sweep(tmp_path, NIGHT + timedelta(days=1), keep=timedelta(days=1)).attempts == 1


def test_the_week_begins_anew_when_the_file_is_written_anew(tmp_path, attempt):
    land(tmp_path, steady(2), number=2)
    compact(tmp_path, DAY, NIGHT + timedelta(days=1))
    assert sweep(tmp_path, NIGHT + WEEK).attempts == 0
    assert sweep(tmp_path, NIGHT + WEEK + timedelta(days=1)).attempts == 1


def test_an_attempt_that_is_not_loaded_stays(tmp_path, run, attempt):
    (tmp_path / f"{attempt}.loaded.json").unlink()
    before = files(tmp_path)
    assert sweep(tmp_path, NIGHT + 2 * WEEK) == NOTHING
    assert files(tmp_path) == before


def test_an_attempt_that_is_not_compacted_stays(tmp_path, attempt):
    younger = land(tmp_path, steady(2), number=2)
    landing.mark_loaded(tmp_path, younger.name, {})
    assert sweep(tmp_path, NIGHT + 2 * WEEK).attempts == 1
    assert {path for path in files(tmp_path) if path.startswith("landing")} == {
        f"{younger.name}{ending}"
        for ending in (".points.parquet", ".answers.parquet", ".loaded.json")
    }


def test_an_attempt_of_a_day_without_its_file_stays(tmp_path, attempt):
    for path in tmp_path.rglob("metrics/**/points.parquet"):
        path.unlink()
    assert sweep(tmp_path, NIGHT + 2 * WEEK) == NOTHING


def test_an_attempt_that_did_not_end_stays(tmp_path, attempt):
    broken = land(tmp_path, steady(2), number=2)
    (tmp_path / f"{broken.name}.answers.parquet").unlink()
    sweep(tmp_path, NIGHT + 2 * WEEK)
    assert f"{broken.name}.points.parquet" in files(tmp_path)


@pytest.mark.parametrize(
    "gone",
    [[".answers.parquet"], [".answers.parquet", ".points.parquet"]],
    ids=["after-the-answers", "after-the-points"],
)
def test_a_sweep_that_was_killed_is_ended_by_the_next(tmp_path, attempt, gone):
    for ending in gone:
        (tmp_path / f"{attempt}{ending}").unlink()
    assert rows_of(reading.points(tmp_path, DAY)) == truth_of(steady(1), shard())
    assert compact(tmp_path, DAY, NIGHT + WEEK) == []
    sweep(tmp_path, NIGHT + WEEK)
    assert {path.name for path in tmp_path.iterdir()} == {"metrics"}


def test_a_run_stays_while_it_has_landing(tmp_path, run, attempt):
    (tmp_path / f"{attempt}.loaded.json").unlink()
    assert sweep(tmp_path, NIGHT + 2 * WEEK).runs == 0
    assert runs.read_plan(tmp_path, run).shards == (shard(),)


def test_a_young_run_stays_though_it_has_no_landing_yet(tmp_path, run):
    assert sweep(tmp_path, NIGHT + WEEK - timedelta(seconds=1)).runs == 0
    assert sweep(tmp_path, NIGHT + WEEK).runs == 1


def test_of_old_snapshots_the_last_of_each_question_and_day_stays(tmp_path):
    def write(moment, question="q", region="r"):
        write_inventory(tmp_path, "c", region, question, moment, [])

    for hours in (0, 1, 2, 24):
        write(NIGHT + timedelta(hours=hours))
    write(NIGHT, question="other")
    write(NIGHT, region="other")
    before = files(tmp_path)
    assert sweep(tmp_path, NIGHT + timedelta(days=30)).snapshots == 2
    gone = {path.rpartition("/")[2][:11] for path in before - files(tmp_path)}
    assert gone == {"20261121T06", "20261121T07"}


def test_young_snapshots_stay(tmp_path):
    for hours in (0, 1):
        write_inventory(tmp_path, "c", "r", "q", NIGHT + timedelta(hours=hours), [])
    assert sweep(tmp_path, NIGHT + WEEK - timedelta(seconds=1)).snapshots == 0
    assert sweep(tmp_path, NIGHT + WEEK).snapshots == 1


def test_what_a_killed_compaction_left_goes_when_it_is_old(tmp_path, attempt):
    [folder] = tmp_path.glob("metrics/*/*/*/*/*")
    for name, age in (("old", WEEK), ("young", timedelta(days=6))):
        part = folder / f".points.parquet.{name}.part"
        part.write_bytes(b"PAR1")
        os.utime(part, ((NIGHT - age).timestamp(),) * 2)
    sweep(tmp_path, NIGHT)
    assert {path.name for path in folder.iterdir()} == {
        "points.parquet",
        ".points.parquet.young.part",
    }


def test_whatever_else_is_there_stays(tmp_path, attempt):
    for name in ("alerts/x.json", "notes.txt", "metrics/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    sweep(tmp_path, NIGHT + 2 * WEEK)
    assert {"alerts/x.json", "notes.txt", "metrics/notes.txt"} < files(tmp_path)
