"""`nephoscope plan` counts what a backfill would ask, and projects the fleet of now."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner

from chains import Chain
from clouds import BotoCloud
from dag_runs import aws_connection, elasticsearch_connection
from nephoscope.cli import main
from nephoscope.config.collections import load_collections
from nephoscope.model import Resource, Window
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
        "{CPUUtilization: [Average]}}, ebs: {namespace: AWS/EBS}}\n"
        'logs: {shop: {groups: ["/shop/db", /dense, /cold]}}\n'
    )
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))
    monkeypatch.setenv("NEPHOSCOPE_ARCHIVE_URL", f"file://{tmp_path}/archive")

    def run(elasticsearch_url, day=DAY, more=("--json",), chosen="ec2", status=0):
        stated = elasticsearch_connection(elasticsearch_url)
        monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", stated)
        named = ["--collections", chosen] if chosen else []
        asked = ["plan", "--from", day, "--to", day, *named, *more]
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == status, done.output
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


def test_what_is_there_already_is_not_asked_and_said(plan, store, elasticsearch_url, aws, tmp_path):
    read = load_collections(tmp_path / "collections.yaml").only(["ec2"])
    chain = Chain(tmp_path / "archive", store, BotoCloud(aws.url), read)
    day = Window.day(NOW - timedelta(days=3))
    assert not chain.collect({"ec2": day}, lambda: NOW).errors
    found = plan(elasticsearch_url)
    assert found["total"]["metrics_asked"] == found["gaps"] == 0
    assert found["unasked"]["whole"] >= 20
    assert "resource days are there already and ask nothing." in plan(elasticsearch_url, more=())
    assert found["projection"][0]["series"] > 20  # a month's bill is of the next days


def test_only_the_named_collections_are_planned_and_projected(plan, elasticsearch_url):
    both = plan(elasticsearch_url, chosen="ebs, ec2")
    assert {row["collection"] for row in both["rows"]} == {"ec2", "ebs"}
    assert {one["collection"] for one in both["projection"]} == {"ec2", "ebs"}
    one = plan(elasticsearch_url, chosen="ec2")
    assert {row["collection"] for row in one["rows"]} == {"ec2"}
    assert [one["collection"] for one in one["projection"]] == ["ec2"]


def test_what_logs_take_is_estimated_by_what_is_stored_of_them(plan, store, elasticsearch_url):
    logs = plan(elasticsearch_url, chosen=None)["logs"]
    # /dense: 8.64 M events a day, of 20 bytes compressed to 0.15
    assert (logs["groups"], logs["calls"]) == (2, pytest.approx(1152, abs=10))
    assert logs["seconds"] == pytest.approx(logs["calls"] / 4.5)
    said = plan(elasticsearch_url, chosen=None, more=())
    assert "Logs: 2 log groups, by their size about 1,15" in said


def test_a_collection_that_is_not_there_is_an_error_that_lists_the_others(plan):
    found = plan("http://127.0.0.1:9", chosen="ec2,ec3", status=2)
    assert found["error"] == "there is no collection 'ec3': there are ec2, ebs"


def test_the_answer_in_json_keeps_its_shape(plan, store, elasticsearch_url):
    assert shape(plan(elasticsearch_url)) == {
        "rows": [{"account": str, "region": str, "collection": str, "period": int, **COST}],
        "total": COST,
        "gaps": int,
        "refused": [],
        "unasked": {},
        "note": str,
        "buckets": [],
        "logs": type(None),
        "projection": [
            {
                "collection": str,
                "every": int,
                "series": int,
                "live": BILL,
                "daily": BILL,
                "cheaper": {"every": int, "dollars": float, "dollars_if_grouped": float},
            }
        ],
        "listing": {"calls": int, "dollars": float},
    }


BILL = {"metrics_asked": int, "dollars": float, "dollars_if_grouped": float}
COST = {
    **dict.fromkeys(("resources", "series", "metrics_asked", "calls", "points"), int),
    "seconds": float,
    "bytes": int,
    "dollars": float,
    "dollars_if_grouped": float,
    "lists": int,
}


def shape(of):
    """Return the types of what JSON says, of lists that of the first."""
    if isinstance(of, dict):
        return {key: shape(value) for key, value in of.items()}
    return [shape(of[0])] if isinstance(of, list) and of else [] if of == [] else type(of)
