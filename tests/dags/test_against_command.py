"""`nephoscope coverage --against archive` on a real node: what it says, and its status."""

import json

import pytest
from click.testing import CliRunner

from dag_runs import elasticsearch_connection
from nephoscope.archive import landing
from nephoscope.cli import against_found, main
from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.load.loader import load
from shards import DAY, shard
from unit.archive.landed import land, run_at, steady

NEXT = Window.day(DAY.end)
RESOURCE = '{"InstanceId":"i-00000000000000000"}'


@pytest.fixture
def command(tmp_path, monkeypatch, elasticsearch_url):
    """Run the command over two days: ``command("--json")``."""
    monkeypatch.setattr("nephoscope.cli.coverage.use_connections", lambda: None)
    stated = elasticsearch_connection(elasticsearch_url)
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", stated)
    monkeypatch.setenv("NEPHOSCOPE_ARCHIVE_URL", f"file://{tmp_path / 'archive'}")
    path = tmp_path / "collections.yaml"
    path.write_text(
        "accounts: [{connection: aws_default, regions: [eu-west-1]}]\n"
        "collections: {ec2: {namespace: AWS/EC2}, ebs: {namespace: AWS/EBS}}\n"
    )
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))

    def run(*options):
        days = ["--from", f"{DAY.start:%Y-%m-%d}", "--to", f"{NEXT.start:%Y-%m-%d}"]
        done = CliRunner().invoke(main, ["coverage", *days, "--against", "archive", *options])
        said = done.stdout.splitlines()[-1:]  # this process's Airflow logs to stdout
        return done.exit_code, json.loads(said[0]) if "--json" in options else done.stdout

    return run


@pytest.fixture
def both(tmp_path, store):
    """Archive and store two days of two instances."""
    for day in (DAY, NEXT):
        root = tmp_path / "archive"
        one = shard(2, window=day)
        name = land(root, steady(1), one=one, run=run_at(day.end)).name
        load(store, landing.read_points(root, name), attributes={})
    return store


def lose(store, **term):
    """Delete the documents that have a value in a field."""
    store.indices.refresh(index=names.ALL_METRICS)
    query = {"term": {name.replace("__", "."): value for name, value in term.items()}}
    hits = store.search(index=names.ALL_METRICS, query=query, size=1000)["hits"]["hits"]
    for hit in hits:
        store.delete(index=hit["_index"], id=hit["_id"])
    return hits


def test_equal_sides_end_with_0(command, both):
    status, said = command("--json")
    assert (status, said["equal"], said["differences"], said["not_told"]) == (0, True, [], 0)
    assert [(row["day"], row["archived"], row["stored"]) for row in said["rows"]] == [
        ("2026-11-20", 1728, 1728),
        ("2026-11-21", 1728, 1728),
    ]
    status, said = command()
    assert "the archive and Elasticsearch hold the same 3,456 points" in said
    assert status == 0


def test_what_is_not_stored_ends_with_1_and_the_command_that_brings_it_back(command, both):
    assert len(lose(both, **{"@timestamp": "2026-11-21T03:00:00Z"})) == 2
    status, said = command("--json")
    assert (status, said["equal"]) == (1, False)
    assert said["total"]["not_stored"] == 6
    assert said["differences"][0] == {
        "day": "2026-11-21",
        "account": "123456789012",
        "region": "eu-west-1",
        "namespace": "AWS/EC2",
        "period": 300,
        "dimensions": RESOURCE,
        "metric": "CPUUtilization",
        "statistic": "avg",
        "kind": "not stored",
        "points": 1,
        "first": "2026-11-21T03:00:00Z",
        "last": "2026-11-21T03:00:00Z",
    }
    status, said = command()
    assert status == 1
    assert f"AWS/EC2 {RESOURCE} at 300 s: 3 points not stored" in said
    assert "03:00 to 03:05: CPUUtilization.avg, CPUUtilization.max, NetworkIn.sum" in said
    assert "not stored or with an older value: 6 points" in said
    assert "`nephoscope replay --from 2026-11-21 --to 2026-11-21`" in said


def test_a_changed_value_is_named_with_what_a_replay_does(command, both):
    [hit, *_] = lose(both, **{"@timestamp": "2026-11-20T03:00:00Z"})
    hit["_source"]["aws"]["ec2"]["metrics"]["NetworkIn"]["sum"] = 7.0
    both.index(index=hit["_index"], document=hit["_source"])
    status, said = command("--json")
    total = said["total"]
    counts = total["other_value_stored"], total["older_value_stored"], total["not_stored"]
    assert (status, counts) == (1, (1, 0, 3))
    [one] = [one for one in said["differences"] if one["kind"] == "other value stored"]
    assert (one["metric"], one["first"]) == ("NetworkIn", "2026-11-20T03:00:00Z")
    assert "stored with another value that is not older: 1 point of 2026-11-20" in command()[1]


def test_what_the_archive_lacks_is_told_with_what_that_means(command, both, tmp_path):
    for path in (tmp_path / "archive" / "landing" / "day=2026-11-20").rglob("*.parquet"):
        path.unlink()
    status, said = command()
    assert status == 1
    assert "stored, and not archived: 1,728 points of 2026-11-20" in said
    assert "collect them while CloudWatch has them" in said
    assert "nephoscope replay" not in said


def test_only_so_many_series_are_told_of_and_the_rest_is_counted(command, both, monkeypatch):
    monkeypatch.setattr(against_found, "MOST", 4)
    both.indices.delete(index="cloudwatch-metrics-aws.ec2-2026.11")
    status, said = command("--json")
    assert (status, len(said["differences"]), said["not_told"]) == (1, 4, 8)
    assert said["total"]["not_stored"] == 3456


def test_only_the_collections_that_are_named_are_compared(command, both):
    assert command("--json", "--collections", "ec2")[0] == 0
    status, said = command("--json", "--collections", "ebs")
    assert status == 2
    assert "has a point of 2026-11-20T00:00:00Z/2026-11-22T00:00:00Z" in said["error"]
    assert command("--json", "--collections", "x")[0] == 2


def test_where_neither_has_anything_nothing_can_be_told(command, store):
    status, said = command("--json")
    assert (status, said["error"][:30]) == (2, "neither Elasticsearch nor the ")


def test_a_share_of_points_is_no_equality(command, both):
    status, said = command("--json", "--at-least", "99")
    assert status == 2
    assert said["error"].startswith("--at-least goes without --against")
