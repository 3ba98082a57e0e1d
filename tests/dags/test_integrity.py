"""Every DAG file is known, parses, is documented, and is light."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from nephoscope.config.settings import ROOT

DAGS = {
    "collect_logs": ("*/5 * * * *", False),
    "collect_logs_daily": ("30 5 * * *", True),
    "collect_metrics": ("*/5 * * * *", False),
    "collect_metrics_daily": ("0 6 * * *", True),
    "collect_storage": ("0 12 * * *", True),
    "maintain_store": ("30 3 * * *", False),
}
CHAINS = {
    "collect_metrics": "aws_live",
    "collect_metrics_daily": "aws_history",
    "collect_storage": "aws_history",
}
ENDS = {
    "collect_metrics": {"audit", "report"},
    "collect_metrics_daily": {"audit", "compact", "report"},
    "collect_storage": {"audit", "compact"},
}
LOGS = {"collect_logs": set(), "collect_logs_daily": {"compact"}}
TASKS = {"plan", "collect.extract", "collect.load", "verdict"}


def test_every_dag_file_is_listed_here():
    assert {path.stem for path in (ROOT / "dags").glob("*.py")} == set(DAGS)


def test_all_files_parse_and_hold_the_dag_they_are_named_by(dagbag):
    assert dagbag.import_errors == {}
    assert set(dagbag.dags) == set(DAGS)


@pytest.mark.parametrize("dag_id", DAGS)
def test_a_dag_says_what_it_does_and_when(dagbag, dag_id):
    dag = dagbag.dags[dag_id]
    cron, catchup = DAGS[dag_id]
    assert dag.doc_md
    assert "nephoscope" in dag.tags
    assert dag.timetable.expression == cron
    assert type(dag.timetable).__name__ == "CronDataIntervalTimetable"
    assert dag.catchup is catchup
    assert dag.on_failure_callback


@pytest.mark.parametrize("dag_id", CHAINS)
def test_a_dag_that_collects_is_the_chain(dagbag, dag_id):
    dag = dagbag.dags[dag_id]
    assert dag.get_task("collect.extract").pool == CHAINS[dag_id]
    ends = ENDS[dag_id]
    assert set(dag.task_ids) == TASKS | ends
    assert dag.get_task("verdict").upstream_task_ids == {"collect.load"} | ends
    assert dag.get_task("verdict").trigger_rule == "none_failed"
    assert {dag.get_task(one).trigger_rule for one in ends} == {"all_done"}


@pytest.mark.parametrize(("dag_id", "more"), LOGS.items())
def test_a_dag_of_logs_is_their_chain(dagbag, dag_id, more):
    dag = dagbag.dags[dag_id]
    assert dag.get_task("collect.extract").pool == "aws_logs"
    assert (
        set(dag.task_ids)
        == {"plan", "collect.extract", "collect.load", "account", "verdict"} | more
    )
    ends = {"account"} | more
    assert dag.get_task("verdict").upstream_task_ids == {"collect.load"} | ends
    assert dag.get_task("verdict").trigger_rule == "none_failed"
    assert {dag.get_task(one).trigger_rule for one in ends} == {"all_done"}


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_task_is_retried_bounded_documented_and_tells_its_failure(dagbag, dag_id):
    for task in dagbag.dags[dag_id].tasks:
        assert task.retries > 0, task.task_id
        assert task.retry_policy is not None, task.task_id
        assert task.execution_timeout <= timedelta(hours=1), task.task_id
        assert task.on_failure_callback, task.task_id
        assert task.doc_md, task.task_id


def test_the_newest_minutes_go_before_history_and_upkeep(dagbag):
    """Another rule adds up the weights behind a task, which would mix the DAGs."""
    weights = {
        dag_id: {(one.weight_rule, one.priority_weight) for one in dag.tasks}
        for dag_id, dag in dagbag.dags.items()
    }
    live = {"collect_metrics", "collect_logs"}
    assert [weights.pop(one) for one in live] == [{("absolute", 10)}] * 2
    assert weights == {key: {("absolute", 1)} for key in set(DAGS) - live}


def test_a_start_before_the_first_settled_day_is_not_scheduled(dagbag):
    since = dagbag.dags["collect_metrics_daily"].start_date
    assert since.isoformat() == "2026-01-01T06:00:00+00:00"


def test_parsing_imports_no_heavy_library():
    code = """
import sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
assert not bag.import_errors, bag.import_errors
heavy = {"pandas", "matplotlib", "boto3", "elasticsearch", "pyarrow", "numpy"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "dags")],
        env={**os.environ, "AIRFLOW__CORE__PLUGINS_FOLDER": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
