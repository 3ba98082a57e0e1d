"""Airflow's own scheduler, end to end: what is stored of three midnights that it missed, by the
minute and after what failed is the planted truth.
"""

import os
import signal
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from nephoscope.chain.report import DAILY
from nephoscope.demo.stack import job
from nephoscope.demo.stack.summary import summarise
from nephoscope.errors import Incomplete
from scheduled import DAYS, NOW, create_again, expected, no_live_run, stored
from standing import tell


def test_three_midnights_that_were_missed_are_caught_up_with_every_value(stack, client):
    client.indices.refresh(index="cloudwatch_metrics")
    wanted = expected(DAYS, stack.kept.anchor)
    values = 0
    for key, source in stored(client, DAYS[0], DAYS[-1]):
        assert source["aws"]["ec2"]["metrics"] == wanted.pop(key), key
        values += sum(len(found) for found in source["aws"]["ec2"]["metrics"].values())
    assert not wanted, f"{len(wanted)} documents are not stored, such as {next(iter(wanted))}"
    print(f"{values} values compared")  # ruff: ignore[print] - the figure of this test
    assert values > 500_000


def test_each_document_says_whose_it_is_and_when_it_was_read(client):
    key, source = next(stored(client, DAYS[0], DAYS[0]))
    assert source["cloud"]["provider"] == "aws"
    assert source["cloud"]["account"] == {"id": "123456789012"}
    assert source["cloud"]["region"] in {"eu-west-1", "us-east-1"}
    assert source["cloud"]["instance"]["id"] == key[0]
    assert source["aws"]["cloudwatch"] == {"namespace": "AWS/EC2", "period": key[1]}
    assert datetime.fromisoformat(source["event"]["ingested"]) > NOW - timedelta(minutes=5)


def kill_one(airflow, task_id):
    """SIGKILL the process of the first task of that name that is seen running."""

    def killed():
        found = airflow.api("GET", f"dags/{job.DAILY}/dagRuns/~/taskInstances?state=running")
        for instance in found["task_instances"]:
            if instance["task_id"] == task_id and instance["pid"]:
                with suppress(ProcessLookupError):
                    os.kill(instance["pid"], signal.SIGKILL)
                    return True
        return False

    airflow.until(killed, f"{task_id} to run and be killed", 120)


def test_a_load_that_is_killed_is_made_again_by_airflow(stack, client):
    day = DAYS[0] - timedelta(days=3)
    create_again(stack.airflow, [day])
    kill_one(stack.airflow, "collect.load")
    job.backfill(stack.airflow, [day], lambda *_: stack.check())
    at = job.scheduled(day).isoformat()
    loads = {"task_id": "collect.load", "run_after_gte": at, "run_after_lte": at}
    tries = stack.airflow.api("GET", f"dags/{job.DAILY}/dagRuns/~/taskInstances", query=loads)
    assert max(one["try_number"] for one in tries["task_instances"]) == 2
    client.indices.refresh(index="cloudwatch_metrics")
    found = {key: doc["aws"]["ec2"]["metrics"] for key, doc in stored(client, day, day)}
    assert found == expected([day], stack.kept.anchor)


def test_a_failing_shard_fails_the_run_and_is_told_once(stack, client, webhook):
    alerts = {"connection_id": "nephoscope_alerts", "conn_type": "http", "host": webhook.url}
    stack.airflow.api("POST", "connections", alerts)
    denied = {"operation": "GetMetricData", "region": "us-east-1", "code": "AccessDenied"}
    day = DAYS[0] - timedelta(days=4)
    with no_live_run(stack.airflow):
        tell(stack.aws.url, "POST", "faults", [{**denied, "times": 1}])
        create_again(stack.airflow, [day])
        with pytest.raises(Incomplete, match=r"collect\.extract .* failed"):
            job.backfill(stack.airflow, [day], lambda *_: stack.check())
    stack.airflow.until(lambda: bool(webhook.messages), "the alert", 60)
    time_for_a_second_alert(stack)
    [message] = webhook.messages
    assert (message["dag_id"], message["task_id"]) == (job.DAILY, "collect.extract")
    assert (message["account"], message["region"]) == ("123456789012", "us-east-1")
    assert message["data_interval_start"] == f"{day}T06:00:00+00:00"
    assert message["error"].startswith("123456789012/us-east-1: AWS refuses GetMetricData")
    assert message["log_url"].startswith(stack.airflow.url)
    client.indices.refresh(index="cloudwatch_metrics")
    assert len({doc["cloud"]["region"] for _, doc in stored(client, day, day)}) == 2
    assert (stack.kept.folder / "reports" / f"day={day}" / "index.html").exists()


def time_for_a_second_alert(stack):
    """Wait until the dag-processor has called the run's callback, up to 35 s after the run."""
    log = stack.kept.folder / "airflow" / "logs" / "dag_processor"

    def called():
        texts = (path.read_text(encoding="utf-8") for path in log.rglob("*.log"))
        return any("its tasks have told why" in text for text in texts)

    stack.airflow.until(called, "the run's callback", 120)


def test_the_live_dag_collects_by_itself(stack, client):
    job.newest(stack.airflow, NOW, lambda *_: stack.check())
    client.indices.refresh(index="cloudwatch_metrics")
    today = [key for key, _ in stored(client, (NOW - timedelta(hours=2)).date(), NOW.date())]
    newest = max(second for _, _, second in today)
    assert NOW.timestamp() - newest < 3600


def test_log_groups_are_copied_by_themselves_each_event_once(stack, client):
    job.newest(stack.airflow, NOW, lambda *_: stack.check(), job.LOGS_LIVE)
    client.indices.refresh(index="cloudwatch_logs")
    found = client.search(index="cloudwatch_logs", size=5000)["hits"]["hits"]
    ids = [hit["_source"]["event"]["id"] for hit in found]
    assert len(ids) == len(set(ids)) > 10


def test_coverage_misses_the_planted_gap_and_nothing_else(stack):
    summary = summarise(stack.airflow.environment, stack.aws.url, stack.node.url, DAYS)
    assert summary.missing == []
    for day in summary.days:
        assert day.lacking == summary.gaps
        assert 0.99 < day.stored / day.expected < 1


def test_the_days_are_drawn(stack):
    for day in DAYS:
        alone = stack.kept.folder / "reports" / f"day={day}" / "instances"
        pages = [page.read_text(encoding="utf-8") for page in alone.glob("*.html")]
        assert len(pages) == len(list(alone.glob("*.png"))) == DAILY
        assert all("AWS EC2 CPU Utilization" in page for page in pages)
