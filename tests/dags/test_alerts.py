"""A failure is told once, by a real POST, with what a person needs."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from nephoscope.airflow import alerts
from nephoscope.airflow.alerts import RETRY
from nephoscope.errors import (
    AccessDenied,
    ConfigError,
    Incomplete,
    Rejected,
    SourceError,
    StoreError,
    StoreFull,
)

pytestmark = pytest.mark.usefixtures("archive")

START = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
END = datetime(2026, 11, 22, 10, 20, tzinfo=UTC)
SHARD = {"name": "1234/us-east-1/ec2", "account": "123456789012", "region": "us-east-1"}


def context(error=None, **more):
    ti = SimpleNamespace(
        task_id="collect.extract", map_index=1, try_number=3, log_url="http://ui/log?x=1"
    )
    return {
        "dag_run": SimpleNamespace(
            dag_id="collect_metrics", run_id="scheduled__2026-11-22T10:20", clear_number=0
        ),
        "data_interval_start": START,
        "data_interval_end": END,
        "ti": ti,
        "task": SimpleNamespace(op_kwargs={"shard": SHARD}),
        "exception": error,
        **more,
    }


@pytest.fixture
def archive(monkeypatch, tmp_path):
    monkeypatch.setenv("NEPHOSCOPE_ARCHIVE_URL", f"file://{tmp_path}")


def test_a_failed_task_posts_what_failed_where_and_why(posted):
    alerts.task_failed(context(AccessDenied("AWS refuses GetMetricData.")))
    [message] = posted.messages
    assert message == {
        "text": "collect_metrics.collect.extract for 123456789012/us-east-1 of "
        "2026-11-22T10:15:00+00:00 to 2026-11-22T10:20:00+00:00 failed: "
        "AWS refuses GetMetricData. http://ui/log?x=1",
        "dag_id": "collect_metrics",
        "run_id": "scheduled__2026-11-22T10:20",
        "error": "AWS refuses GetMetricData.",
        "log_url": "http://ui/log?x=1",
        "task_id": "collect.extract",
        "map_index": 1,
        "try_number": 3,
        "data_interval_start": "2026-11-22T10:15:00+00:00",
        "data_interval_end": "2026-11-22T10:20:00+00:00",
        "account": "123456789012",
        "region": "us-east-1",
        "shard": "1234/us-east-1/ec2",
    }


def test_the_same_failure_is_told_once_though_airflow_calls_twice(posted):
    alerts.task_failed(context(ConfigError("x")))
    alerts.task_failed(context(ConfigError("x")))
    assert len(posted.messages) == 1


def test_the_runs_callback_is_silent_where_a_task_has_told(posted):
    alerts.task_failed(context(ConfigError("x")))
    alerts.run_failed(context(reason="task_failure"))
    assert len(posted.messages) == 1


@pytest.mark.parametrize(
    ("reason", "says"),
    [
        ("task_failure", "a task ended without a word: it was killed"),
        ("timed_out", "the run took longer than its dagrun_timeout"),
        ("all_tasks_deadlocked", "all_tasks_deadlocked"),
    ],
)
def test_the_runs_callback_tells_where_no_task_could(posted, reason, says):
    alerts.run_failed(context(reason=reason))
    [message] = posted.messages
    assert not message["task_id"]
    assert message["error"].startswith(says)


def test_a_run_that_was_cleared_and_fails_again_is_told_again(posted):
    """A cleared or reprocessed run keeps its id; what was told before must not silence it."""
    alerts.task_failed(context(ConfigError("x")))
    cleared = context(reason="task_failure")
    cleared["dag_run"].clear_number = 1
    alerts.run_failed(cleared)
    assert [m["task_id"] for m in posted.messages] == ["collect.extract", ""]


def test_a_post_that_failed_is_made_up_by_the_runs_callback(posted):
    posted.handler.status = 500
    with pytest.raises(Exception, match="500"):
        alerts.task_failed(context(ConfigError("x")))
    posted.handler.status = 200
    alerts.run_failed(context(reason="task_failure"))
    assert [m["task_id"] for m in posted.messages] == ["collect.extract", ""]


def test_a_template_in_an_error_is_text(posted):
    alerts.task_failed(context(SourceError("{{ 7 * 7 }} {% raise %}")))
    assert posted.messages[0]["error"] == "{{ 7 * 7 }} {% raise %}"


def test_without_the_connection_the_log_says_so(caplog):
    alerts.task_failed(context(ConfigError("the reason")))
    assert "the reason" in caplog.text
    assert "nobody is told: there is no Airflow connection 'nephoscope_alerts'" in caplog.text


@pytest.mark.parametrize(
    ("error", "action", "waits"),
    [
        (ConfigError("x"), "fail", False),
        (AccessDenied("x"), "fail", False),
        (Rejected("x"), "fail", False),
        (Incomplete("x"), "fail", False),
        (SourceError("x"), "retry", False),
        (StoreError("x"), "retry", False),
        (StoreFull("x"), "retry", True),
        (OSError("x"), "default", False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_each_error_is_retried_as_its_remedy_says(error, action, waits):
    decision = RETRY.evaluate(error, 1, 3)
    assert decision.action.value == action
    assert bool(decision.retry_delay) is waits
