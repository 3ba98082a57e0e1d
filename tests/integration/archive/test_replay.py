"""Elasticsearch is rebuilt from the archive, to the last field, and AWS is not asked."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch.helpers import scan

from chains import Chain
from clouds import BotoCloud
from nephoscope.archive.inventory import write_inventory
from nephoscope.chain.replay import replay
from nephoscope.config.collections import Collections
from nephoscope.errors import ConfigError
from nephoscope.model import Resource, Seen, Window
from nephoscope.store import names
from shards import shard
from standing import tell
from unit.archive.landed import land, run_at, steady

NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))
METRICS = {"CPUUtilization": ["Average", "Maximum"], "NetworkIn": ["Sum"]}


def nobody(_more):
    """Watches nothing."""


@pytest.fixture
def chain(aws, elasticsearch, tmp_path):
    """The chain, with a node that is empty of ours."""
    drop(elasticsearch)
    accounts = [{"connection": "aws_default", "regions": ["eu-west-1", "us-east-1"]}]
    entries = {"ec2": {"namespace": "AWS/EC2", "metrics": METRICS}}
    collections = Collections.model_validate({"accounts": accounts, "collections": entries})
    return Chain(tmp_path / "archive", elasticsearch, BotoCloud(aws.url), collections)


def drop(client):
    for index in client.indices.get(index="cloudwatch*", ignore_unavailable=True):
        client.indices.delete(index=index)


def command(root, url, tmp_path, *options):
    """Run `nephoscope replay` as a user does: with connections in the environment."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    store = {"conn_type": "elasticsearch", "host": host, "port": int(port), "schema": "http"}
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT": json.dumps(store),
        "NEPHOSCOPE_ARCHIVE_URL": f"file://{root}",
    }
    line = [sys.executable, "-m", "nephoscope.cli", "replay", *options]
    return subprocess.run(line, env=environment, capture_output=True, text=True, check=False)


def without_aws(root, url, tmp_path, *line):
    """Run a command where no client of AWS can be made and no connection to it is known."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    store = {"conn_type": "elasticsearch", "host": host, "port": int(port), "schema": "http"}
    kept = {name: one for name, one in os.environ.items() if "AWS" not in name}
    environment = {
        **kept,
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT": json.dumps(store),
        "NEPHOSCOPE_ARCHIVE_URL": f"file://{root}",
    }
    code = (
        "import sys, botocore.session; "
        "botocore.session.Session.create_client = lambda *_, **__: sys.exit('AWS is asked'); "
        "from nephoscope.cli import main; main()"
    )
    command = [sys.executable, "-c", code, *line]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def documents(client, alias=names.ALL_METRICS):
    client.indices.refresh(index=alias)
    return {hit["_id"]: hit["_source"] for hit in scan(client, index=alias, size=5000)}


def test_a_replay_brings_back_every_document_without_asking_aws(chain, aws, elasticsearch):
    chain.collect({"ec2": DAY}, lambda: NOW)
    collected = documents(elasticsearch)
    inventory = documents(elasticsearch, names.INVENTORY)
    covered = documents(elasticsearch, names.ALL_COVERAGE)
    assert len(collected) > 10_000
    assert {one["nephoscope"]["state"] for one in covered.values()} >= {"stored", "missing"}
    drop(elasticsearch)
    asked = tell(aws.url, "GET", "counters")
    [done] = replay(chain.root, elasticsearch, DAY, nobody)
    assert tell(aws.url, "GET", "counters") == asked
    assert documents(elasticsearch) == collected
    assert documents(elasticsearch, names.INVENTORY) == inventory
    assert documents(elasticsearch, names.ALL_COVERAGE) == covered
    assert done.covered == len(covered) == 50
    assert (done.day, done.created) == (f"{DAY.start:%Y-%m-%d}", len(collected))


def test_a_second_replay_changes_nothing(chain, elasticsearch):
    chain.collect({"ec2": DAY}, lambda: NOW)
    before = documents(elasticsearch)
    [done] = replay(chain.root, elasticsearch, DAY, nobody)
    assert documents(elasticsearch) == before
    assert done.unchanged == done.documents == len(before)


def test_what_was_read_after_the_compaction_is_replayed_too(chain, elasticsearch):
    hour = Window(DAY.start, DAY.start + timedelta(hours=1))
    chain.collect({"ec2": hour}, lambda: NOW)
    later = Window(hour.end, hour.end + timedelta(hours=1))
    chain.collect({"ec2": later}, lambda: NOW + timedelta(minutes=1), final=False)
    before = documents(elasticsearch)
    drop(elasticsearch)
    assert len(list(replay(chain.root, elasticsearch, DAY, nobody))) == 1
    assert documents(elasticsearch) == before


def test_a_days_documents_say_what_their_resource_was_on_that_day(tmp_path, elasticsearch):
    drop(elasticsearch)
    days = [Window.day(DAY.start - timedelta(days=n)) for n in (2, 1, 0)]
    resource = Resource("123456789012", "eu-west-1", "AWS/EC2", shard().series[0].dimensions)
    for day, env in zip(days, ("before", "then", "after"), strict=True):
        land(tmp_path, steady(1), one=shard(window=day), run=run_at(day.end))
        seen = Seen(resource, (), {"tags": {"env": env}})
        write_inventory(tmp_path, "c", "eu-west-1", "q", day.start + timedelta(hours=9), [seen])
    unknown = Seen(resource, (), {})
    write_inventory(tmp_path, "c", "eu-west-1", "q", days[1].start + timedelta(hours=10), [unknown])
    list(replay(tmp_path, elasticsearch, Window(days[0].start, DAY.end), nobody))
    tags = {
        (source["@timestamp"][:10], source["aws"]["tags"]["env"])
        for source in documents(elasticsearch).values()
    }
    assert tags == {
        (f"{day.start:%Y-%m-%d}", env)
        for day, env in zip(days, ("before", "then", "after"), strict=True)
    }


def test_each_day_that_the_archive_has_is_told_of(chain, elasticsearch):
    days = [Window.day(DAY.start - timedelta(days=n)) for n in (3, 0)]
    for number, day in enumerate(days):
        hour = Window(day.start, day.start + timedelta(hours=1))
        chain.collect({"ec2": hour}, lambda: NOW + timedelta(minutes=number))  # ruff: ignore[function-uses-loop-variable]
    stored = []
    window = Window(days[0].start - timedelta(days=5), DAY.end)
    done = list(replay(chain.root, elasticsearch, window, stored.append))
    assert [one.day for one in done] == [f"{day.start:%Y-%m-%d}" for day in days]
    assert sum(stored) == sum(one.points for one in done) > 0


def test_days_that_the_archive_lacks_are_an_error_that_says_what_it_has(chain, elasticsearch):
    hour = Window(DAY.start, DAY.start + timedelta(hours=1))
    chain.collect({"ec2": hour}, lambda: NOW)
    before = Window.day(DAY.start - timedelta(days=1))
    says = f"has no points of {before}: its first day is {DAY.start:%Y-%m-%d}, its last"
    with pytest.raises(ConfigError, match=says):
        list(replay(chain.root, elasticsearch, before, nobody))


def test_an_empty_archive_is_an_error_that_says_so(tmp_path, elasticsearch):
    with pytest.raises(ConfigError, match="it has none of any day"):
        list(replay(tmp_path, elasticsearch, DAY, nobody))


def test_the_command_replays_days_and_says_so(chain, elasticsearch, elasticsearch_url, tmp_path):
    hour = Window(DAY.start, DAY.start + timedelta(hours=1))
    chain.collect({"ec2": hour}, lambda: NOW)
    before = documents(elasticsearch)
    drop(elasticsearch)
    day = f"{DAY.start:%Y-%m-%d}"
    days = ("--from", day, "--to", day)
    ended = command(chain.root, elasticsearch_url, tmp_path, *days, "--json")
    assert (ended.returncode, ended.stderr.strip()) == (0, "")
    told = json.loads(ended.stdout)
    assert told["total"]["created"] == len(before)
    assert [one["day"] for one in told["days"]] == [day]
    assert documents(elasticsearch) == before


def test_the_command_ends_with_2_where_the_archive_has_nothing(
    tmp_path, elasticsearch, elasticsearch_url
):
    days = ("--from", "2026-01-01", "--to", "2026-01-02")
    ended = command(tmp_path / "none", elasticsearch_url, tmp_path, *days)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "has no points of 2026-01-01T00:00:00Z/2026-01-03T00:00:00Z" in ended.stderr


def test_replay_and_comparison_need_no_aws_at_all(elasticsearch, elasticsearch_url, tmp_path):
    drop(elasticsearch)
    land(tmp_path / "archive", steady(1), one=shard(2, window=DAY), run=run_at(NOW))
    day = ("--from", f"{DAY.start:%Y-%m-%d}", "--to", f"{DAY.start:%Y-%m-%d}")
    where = tmp_path / "archive", elasticsearch_url, tmp_path
    ended = without_aws(*where, "coverage", *day, "--against", "archive")
    assert (ended.returncode, ended.stderr.strip()) == (1, "")
    [line] = [one for one in ended.stdout.splitlines() if "`nephoscope replay" in one]
    ended = without_aws(*where, *line.split("`")[1].split()[1:])
    assert (ended.returncode, ended.stderr.strip()) == (0, "")
    assert len(documents(elasticsearch)) == 2 * 288
