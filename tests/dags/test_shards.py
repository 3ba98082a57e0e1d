"""What became of the shards of a run, as its last tasks count them."""

from types import SimpleNamespace

import pytest

from nephoscope.airflow import shards

RUN = "runs/collect_metrics/20261120T061500.000000Z"
PLAN = [{"number": number} for number in (1, 2, 3, 0)]
"""Three shards, and one of nothing."""


def loaded(number, run=RUN, created=10, reasons=""):
    return {"run": run, "number": number, "created": created, "reasons": reasons}


@pytest.fixture
def count(monkeypatch):
    """Count what load tasks returned of a run that has planned three shards."""
    ti = SimpleNamespace(xcom_pull=lambda **_: PLAN)
    monkeypatch.setattr(shards, "get_current_context", lambda: {"ti": ti})
    return lambda returned: shards.done(returned, RUN)


def test_a_shard_that_did_not_end_well_is_unread(count):
    assert count([loaded(1), loaded(2)]).unread == 1
    assert count([loaded(1), loaded(2), loaded(3)]).unread == 0


@pytest.mark.parametrize("returned", [None, []])
def test_where_no_load_ended_well_all_are_unread(count, returned):
    assert count(returned).unread == 3


def test_the_only_shard_comes_without_a_list(count):
    assert count(loaded(1)).shards == [loaded(1)]


def test_what_an_earlier_plan_of_the_run_has_left_does_not_count(count):
    done = count([loaded(1), loaded(2, run="runs/collect_metrics/20261119T061500.000000Z")])
    assert (done.unread, done.sums(["created"])) == (2, {"created": 10})


def test_counts_are_added_up_and_the_first_reason_is_told(count):
    done = count([loaded(1), loaded(2, created=5, reasons="too long"), loaded(3, reasons="other")])
    assert (done.sums(["created"]), done.reasons) == ({"created": 25}, "too long")
