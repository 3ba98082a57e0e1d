"""The demo's job: which days it fills, and that it notices what goes wrong."""

from datetime import UTC, date, datetime
from itertools import pairwise
from types import SimpleNamespace

import pytest

from nephoscope.demo.process import ServiceError
from nephoscope.demo.stack import job
from nephoscope.demo.stack.job import final_days
from nephoscope.errors import Incomplete


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 22, 5, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 22, 6, 0, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), date(2025, 12, 30)),
    ],
    ids=["before six", "at six", "at night", "new year"],
)
def test_a_day_is_final_six_hours_after_its_end(now, last):
    assert final_days(now, 1) == [last]


def test_days_come_oldest_first():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert final_days(now, 3) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]


class Airflow:
    """Airflow as `job` uses it: runs are counted by state, and a backfill makes some.

    Args:
        makes: how many runs each `backfill create` adds; less than asked is SQLite's doing.
        state: what becomes of a run.
    """

    def __init__(self, makes, state="success"):
        self.makes = list(makes)
        self.state = state
        self.runs = 0
        self.commands = []

    def run(self, *command):
        self.commands.append(command)
        self.runs += self.makes.pop(0)

    def api(self, _method, _path, query):
        if query["limit"] > 1:
            return {"task_instances": [{"task_id": "plan", "dag_run_id": "run1"}]}
        counted = query.get("state", self.state) == self.state
        return {"total_entries": self.runs if counted else 0}


DAYS = [date(2026, 11, day) for day in (19, 20, 21)]


def ignore(*_):
    pass


def test_a_backfill_asks_for_the_days_and_for_no_more():
    airflow = Airflow([3])
    job.backfill(airflow, DAYS, ignore)
    [command] = airflow.commands
    dates = dict(pairwise(command))
    assert (dates["--from-date"], dates["--to-date"]) == ("2026-11-19", "2026-11-22")


def test_days_that_are_there_are_not_asked_for():
    airflow = Airflow([])
    airflow.runs = 3
    assert job.backfill(airflow, DAYS, ignore).succeeded == 3


def test_a_backfill_that_made_a_part_is_made_again():
    airflow = Airflow([1, 2])
    job.backfill(airflow, DAYS, ignore)
    assert len(airflow.commands) == 2


def test_a_backfill_that_stays_a_part_is_told():
    with pytest.raises(ServiceError, match="made 2 of 3 runs"):
        job.backfill(Airflow([2] + [0] * 20), DAYS, ignore)


def test_a_failed_run_is_told_with_its_task():
    airflow = Airflow([], state="failed")
    airflow.runs = 1
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with pytest.raises(Incomplete, match=r"1 of 1 runs of collect_metrics failed\n.*run1: plan"):
        job.newest(airflow, now, ignore)


def answering(*states):
    """Return an Airflow whose triggered run stands so when it is looked at."""
    left = iter(states)
    return SimpleNamespace(
        api=lambda method, *_: {
            "dag_run_id": "run7",
            **({"state": next(left)} if method == "GET" else {}),
        }
    )


def test_a_triggered_run_is_waited_for(monkeypatch):
    monkeypatch.setattr(job, "_POLL_SECONDS", 0)
    looks = []
    airflow = answering("queued", "running", "success")
    run = job.trigger(airflow, job.STORAGE)
    job.triggered(airflow, job.STORAGE, run, lambda: looks.append(1))
    assert (run, len(looks)) == ("run7", 2)


def test_a_triggered_run_that_failed_is_told():
    with pytest.raises(Incomplete, match="collect_storage, run7 failed"):
        job.triggered(answering("failed"), job.STORAGE, "run7", lambda: None)


def test_what_watches_can_end_the_wait():
    def ended(*_):
        raise ServiceError("the scheduler ended")

    airflow = Airflow([], state="running")
    airflow.runs = 3
    with pytest.raises(ServiceError, match="the scheduler ended"):
        job.backfill(airflow, DAYS, ended)
