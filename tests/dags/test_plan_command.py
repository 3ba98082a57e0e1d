"""`nephoscope plan` counts what a backfill would ask, of what AWS lists no more too."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from dag_runs import aws_connection, elasticsearch_connection
from nephoscope.cli import main
from nephoscope.model import Resource
from nephoscope.store import inventory

NOW = datetime.now(UTC)
DAY = f"{NOW - timedelta(days=3):%Y-%m-%d}"
GONE = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", "i-0123456789abcdef0"),))


@pytest.fixture
def plan(tmp_path, monkeypatch, aws):
    """Run the command for a day, on a stand-in and the Elasticsearch at a URL."""
    monkeypatch.setattr("nephoscope.cli.plan.use_connections", lambda: None)  # not this machine's
    name = f"aws_{uuid4().hex}"  # another each time, as a process keeps the clients of one
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", aws_connection(aws.url))
    path = tmp_path / "collections.yaml"
    path.write_text(
        f"accounts: [{{connection: {name}, regions: [eu-west-1]}}]\n"
        "collections: {ec2: {namespace: AWS/EC2, keep: 400d, metrics: "
        "{CPUUtilization: [Average]}}}\n"
    )
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))

    def run(elasticsearch_url, day=DAY, more=("--json",)):
        stated = elasticsearch_connection(elasticsearch_url)
        monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", stated)
        done = CliRunner().invoke(main, ["plan", "--from", day, "--to", day, *more])
        assert done.exit_code == 0, done.output
        if "--json" not in more:
            return done.stdout
        return json.loads(done.stdout.splitlines()[-1])  # this process's Airflow logs to stdout

    return run


def test_what_aws_lists_no_more_is_counted_where_the_inventory_knows_it(
    plan, store, elasticsearch_url
):
    before = plan(elasticsearch_url)
    assert not before["note"]
    assert before["total"]["metrics_asked"] == 25
    inventory.record(store, [(GONE, {"metrics": ["CPUUtilization"]})], NOW - timedelta(days=1))
    assert plan(elasticsearch_url)["total"]["metrics_asked"] == 26


def test_what_is_older_than_it_is_kept_is_not_asked_and_said(plan, store, elasticsearch_url):
    old = f"{NOW - timedelta(days=401):%Y-%m-%d}"
    found = plan(elasticsearch_url, old)
    assert found["total"]["metrics_asked"] == 0
    assert found["unasked"] == {"not kept": 25}
    said = plan(elasticsearch_url, old, more=())
    assert "25 resource days are not asked: they are older than `keep` says." in said


def test_without_a_store_it_says_what_is_left_out(plan):
    found = plan("http://127.0.0.1:9")
    assert found["note"].startswith("Resources that AWS no longer lists are left out")
    assert found["total"]["metrics_asked"] == 25
