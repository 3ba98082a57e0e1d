"""The chain of a DAG run, task by task in Airflow, on the stand-in AWS and a real node."""

from datetime import UTC, datetime, time, timedelta

import boto3
import pytest

import truth
from clouds import ANCHOR
from dag_runs import sources, states
from nephoscope.airflow import tasks
from nephoscope.errors import Incomplete
from nephoscope.model import Window
from nephoscope.store import names
from stored import coverage

TODAY = datetime.combine(ANCHOR, time(), UTC)


def test_a_day_is_collected_audited_drawn_and_collected_again_without_a_change(
    chain, elasticsearch, tmp_path
):
    day = TODAY - timedelta(days=3)
    run = chain("collect_metrics_daily", day + timedelta(days=1, hours=6))
    assert run.state == "success", states(run)
    first = sources(elasticsearch)
    assert len(first) > 10_000
    assert {doc["@timestamp"][:10] for doc in first.values()} == {f"{day:%Y-%m-%d}"}
    report = tmp_path / "reports" / f"day={day:%Y-%m-%d}"
    assert (report / "index.html").exists()
    assert len(list((report / "instances").glob("*.png"))) == 8
    assert (report / "heatmap.png").stat().st_size > 10_000

    again = chain("collect_metrics_daily", day + timedelta(days=1, hours=6, minutes=1))
    assert again.state == "success"
    assert sources(elasticsearch) == first


def test_the_average_that_elasticsearch_answers_is_the_fleets(chain, elasticsearch):
    day = TODAY - timedelta(days=3)
    chain("collect_metrics_daily", day + timedelta(days=1, hours=6))
    elasticsearch.indices.refresh(index=names.ALL_METRICS)
    answer = elasticsearch.search(
        index="cloudwatch_metrics",
        size=0,
        query={"term": {"aws.cloudwatch.period": 300}},
        aggs={"cpu": {"avg": {"field": "aws.ec2.metrics.CPUUtilization.avg"}}},
    )
    values = [
        truth.value(one, "CPUUtilization", "Average", 300, int(day.timestamp()) + 300 * n)
        for one in truth.instances(seed=7, count=50, anchor=ANCHOR)
        if not one.detailed
        for n in range(288)
    ]
    known = [value for value in values if value is not None]
    assert answer["aggregations"]["cpu"]["value"] == pytest.approx(sum(known) / len(known))


def test_a_failing_shard_fails_the_run_alone_and_is_told_once(
    chain, elasticsearch, faults, posted, tmp_path
):
    denied = {"operation": "GetMetricData", "region": "us-east-1", "code": "AccessDenied"}
    faults({**denied, "times": 1})
    day = TODAY - timedelta(days=4)
    run = chain("collect_metrics_daily", day + timedelta(days=1, hours=6))
    assert run.state == "failed"
    by_task = states(run)
    [(failed, map_index)] = [key for key, state in by_task.items() if state == "failed"]
    assert failed == "collect.extract"
    assert by_task["collect.load", map_index] == "upstream_failed"
    loads = {n: state for (task, n), state in by_task.items() if task == "collect.load"}
    assert [n for n, state in loads.items() if state != "success"] == [map_index]
    assert by_task["audit", -1] == by_task["report", -1] == "success"
    assert by_task["verdict", -1] == "upstream_failed"
    assert (tmp_path / "reports" / f"day={day:%Y-%m-%d}" / "index.html").exists()
    assert len(sources(elasticsearch)) > 5_000
    [message] = posted.messages
    assert (message["region"], message["account"]) == ("us-east-1", "123456789012")
    assert message["data_interval_start"][:10] == f"{day:%Y-%m-%d}"
    assert "AWS refuses GetMetricData" in message["error"]
    assert message["log_url"].startswith("http")


def test_a_day_that_has_expired_is_recorded_and_no_failure(chain, elasticsearch):
    day = Window.day(TODAY - timedelta(days=470))
    run = chain(
        "collect_metrics_daily",
        datetime.now(UTC),
        start=day.start.isoformat(),
        end=day.end.isoformat(),
    )
    assert run.state == "success", states(run)
    days = coverage(elasticsearch, day)
    assert len(days) == 50
    assert {one["state"] for one in days.values()} == {"expired"}


def test_a_backfill_of_days_that_are_not_kept_asks_nothing_and_is_no_failure(
    chain, elasticsearch, tmp_path, caplog
):
    with (tmp_path / "collections.yaml").open("a", encoding="utf-8") as file:
        file.write("    keep: 30d\n")
    day = Window.day(TODAY - timedelta(days=40))
    run = chain("collect_metrics_daily", day.end + timedelta(hours=6))
    assert run.state == "success", states(run)
    assert not elasticsearch.indices.exists_alias(name=[names.ALL_METRICS, names.ALL_COVERAGE])
    assert "50 resource days are not asked: they are older than `keep` says" in caplog.text


def test_a_run_of_a_single_shard_is_audited(chain, elasticsearch, tmp_path):
    path = tmp_path / "collections.yaml"
    text = path.read_text(encoding="utf-8")
    one = text.replace("[eu-west-1, us-east-1]", "[eu-west-1]")
    path.write_text(one + "    period: 300\n", encoding="utf-8")
    run = chain("collect_metrics", datetime.now(UTC))
    assert run.state == "success", states(run)
    assert [index for task, index in states(run) if task == "collect.load"] == [0]


def test_a_run_fails_of_which_a_shard_was_not_read_though_no_task_failed():
    audited = {"unread": 0, "unanswered": 0, "rejected": 0, "reasons": ""}
    tasks.verdict.function(audited)
    with pytest.raises(Incomplete, match="2 shards were not read"):
        tasks.verdict.function(audited | {"unread": 2})


def test_a_live_run_without_params_stores_the_last_settled_window(chain, elasticsearch):
    now = datetime.now(UTC)
    run = chain("collect_metrics", now)
    assert run.state == "success", states(run)
    times = {doc["@timestamp"] for doc in sources(elasticsearch).values()}
    ages = [now - datetime.fromisoformat(time) for time in times]
    assert all(timedelta(minutes=15) < age < timedelta(minutes=30) for age in ages)


def test_a_run_given_a_window_stores_that_window(chain, elasticsearch):
    start = TODAY - timedelta(days=2)
    run = chain(
        "collect_metrics",
        datetime.now(UTC),
        start=start.isoformat(),
        end=(start + timedelta(hours=1)).isoformat(),
    )
    assert run.state == "success", states(run)
    times = sorted({doc["@timestamp"] for doc in sources(elasticsearch).values()})
    assert datetime.fromisoformat(times[0]) == start
    assert datetime.fromisoformat(times[-1]) < start + timedelta(hours=1)


def test_archive_and_report_go_to_a_bucket(chain, aws, monkeypatch):
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=aws.url, **keys)
    s3.create_bucket(Bucket="nephoscope-tests")
    monkeypatch.setenv("NEPHOSCOPE_ARCHIVE_URL", "s3://aws_default@nephoscope-tests/archive")
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", "s3://aws_default@nephoscope-tests/reports")
    day = TODAY - timedelta(days=3)
    run = chain("collect_metrics_daily", day + timedelta(days=1, hours=6))
    assert run.state == "success", states(run)
    page = s3.get_object(Bucket="nephoscope-tests", Key=f"reports/day={day:%Y-%m-%d}/index.html")
    assert page["ContentType"] == "text/html; charset=utf-8"
    assert b"AWS EC2 CPU Utilization" in page["Body"].read()
    landed = s3.list_objects_v2(Bucket="nephoscope-tests", Prefix="archive/landing/")
    assert any(found["Key"].endswith(".answers.parquet") for found in landed["Contents"])


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        pytest.param(
            "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT",
            '{"conn_type": "elasticsearch", "host": "127.0.0.1", "port": 1, "schema": "http"}',
            "127.0.0.1:1",
            id="unreachable-elasticsearch",
        ),
        pytest.param(
            "AIRFLOW_CONN_AWS_DEFAULT",
            '{"conn_type": "http", "host": "h"}',
            "'aws_default' is of type 'http'; it must be 'aws'",
            id="wrong-aws-connection",
        ),
        pytest.param(
            "NEPHOSCOPE_COLLECTIONS", "/nowhere.yaml", "set NEPHOSCOPE_COLLECTIONS", id="no-file"
        ),
    ],
)
def test_bad_input_fails_the_run_with_a_sentence(
    chain, elasticsearch, posted, monkeypatch, variable, value, says
):
    monkeypatch.setenv(variable, value)
    run = chain("collect_metrics", datetime.now(UTC))
    assert run.state == "failed"
    assert any(says in message["error"] for message in posted.messages), posted.messages
    assert not elasticsearch.indices.exists_alias(name=names.ALL_METRICS)
