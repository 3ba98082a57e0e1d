"""What CloudWatch said of a shard: by counts where they do, else by the points that it gave."""

from datetime import timedelta

import pytest

from nephoscope.archive import landing, runs
from nephoscope.chain.readings import Answered, answered
from nephoscope.extract.table import table
from nephoscope.model import Window, dimensions_key
from nephoscope.plan.planning import Plan
from nephoscope.store.coverage.expected import Reading
from shards import DAY, series, shard
from unit.archive.landed import NIGHT, answers, land, steady

SHARD = shard(2)
ONE, OTHER = (dimensions_key(one.dimensions) for one in series(2))
LATER = NIGHT + timedelta(minutes=5)


@pytest.fixture
def run(tmp_path):
    return runs.write_plan(tmp_path, "collect_metrics_daily", Plan(NIGHT, {}, (SHARD,)))


def said(root, run, *, read=True):
    return answered(root, run, 1, SHARD, read=read)


def lacks(*hours):
    """Return a value function that has nothing of an instance's CPU in some hours."""

    def value(dimensions, metric, _statistic, time):
        hour = (time - int(DAY.start.timestamp())) // 3600
        gone = dimensions_key(dimensions) == ONE and metric == "CPUUtilization" and hour in hours
        return None if gone else 1.0

    return value


def test_a_shard_that_nobody_read_has_no_answers(tmp_path, run):
    assert said(tmp_path, run) is None


def test_whole_answers_are_readings_of_all_that_they_gave(tmp_path, run):
    land(tmp_path, steady(1), run=run, one=SHARD)
    found = said(tmp_path, run)
    assert (found.failed, found.periods) == ({}, {})
    assert len(found.readings) == 6
    assert set(found.readings.values()) == {Reading(NIGHT, DAY, (DAY,))}


def test_a_reading_tells_the_spans_that_were_given(tmp_path, run):
    land(tmp_path, lacks(3, 4, 23), run=run, one=SHARD)
    found = said(tmp_path, run).readings
    bounds = [DAY.start + timedelta(hours=hour) for hour in (0, 3, 5, 23)]
    spans = Window(*bounds[:2]), Window(*bounds[2:])
    assert found[ONE, "CPUUtilization", "Average"] == Reading(NIGHT, DAY, spans)
    assert found[OTHER, "CPUUtilization", "Average"] == Reading(NIGHT, DAY, (DAY,))


def test_an_empty_answer_is_a_reading_too(tmp_path, run):
    land(tmp_path, lacks(*range(24)), run=run, one=SHARD)
    found = said(tmp_path, run).readings
    assert found[ONE, "CPUUtilization", "Maximum"] == Reading(NIGHT, DAY, ())


def test_what_was_not_answered_whole_is_no_reading(tmp_path, run):
    said_ = list(answers(SHARD, steady(1), NIGHT, status="Forbidden"))
    landing.write_points(tmp_path, run, 1, 1, SHARD, [(table(SHARD, said_), said_)], NIGHT)
    found = said(tmp_path, run)
    assert found.readings == {}
    assert len(found.failed) == 6
    assert set(found.failed.values()) == {"Forbidden"}


def test_the_last_attempt_counts(tmp_path, run):
    land(tmp_path, lacks(3), run=run, one=SHARD)
    land(tmp_path, steady(1), run=run, one=SHARD, attempt=2, asked_at=LATER)
    assert set(said(tmp_path, run).readings.values()) == {Reading(LATER, DAY, (DAY,))}


def test_a_live_audit_needs_no_readings(tmp_path, run):
    land(tmp_path, lacks(3), run=run, one=SHARD)
    assert said(tmp_path, run, read=False) == Answered()
