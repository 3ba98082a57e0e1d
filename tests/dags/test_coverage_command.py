"""`nephoscope coverage` on a real node: what it says, and its status."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from dag_runs import elasticsearch_connection
from nephoscope.cli import main
from nephoscope.coverage import Coverage
from nephoscope.model import Resource, Window
from nephoscope.store.coverage.cover import cover
from nephoscope.store.coverage.days import write_coverage
from nephoscope.store.coverage.expected import Expected

FIRST = Window.day(datetime(2025, 12, 31, tzinfo=UTC))
SECOND = Window.day(FIRST.end)
CPU = ("CPUUtilization", "avg")


@pytest.fixture
def command(tmp_path, monkeypatch, elasticsearch_url):
    """Run the command over the two days, which lie in two years."""
    monkeypatch.setattr("nephoscope.cli.coverage.use_connections", lambda: None)
    stated = elasticsearch_connection(elasticsearch_url)
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", stated)
    path = tmp_path / "collections.yaml"
    path.write_text(
        "accounts: [{connection: aws_default, regions: [eu-west-1]}]\n"
        "collections: {ec2: {namespace: AWS/EC2}, ebs: {namespace: AWS/EBS}}\n"
    )
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))

    def run(*options, last=SECOND):
        days = ["--from", f"{FIRST.start:%Y-%m-%d}", "--to", f"{last.start:%Y-%m-%d}"]
        done = CliRunner().invoke(main, ["coverage", *days, *options])
        said = done.stdout.splitlines()[-1:]  # this process's Airflow logs to stdout
        return done.exit_code, json.loads(said[0]) if "--json" in options else done

    return run


def day_of(number, day, *, there=24, ran=True, known=True) -> Coverage:
    """Return the coverage of an instance of which so many hours of a day are stored."""
    whose = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", f"i-{number:03}"),))
    always = (Window(FIRST.start, SECOND.end),)
    one = Expected(whose, 3600, (CPU,), always if ran else (), always if known else ())
    stored = [day.start + timedelta(hours=hour) for hour in range(there)]
    return cover(one, day, {CPU: stored}, settled=SECOND.end)


def test_the_sums_are_those_of_the_days(store, command):
    days = [day_of(number, day) for number in range(40) for day in (FIRST, SECOND)]
    days += [day_of(40 + number, FIRST, there=24 - number) for number in range(1, 16)]
    days += [day_of(60, SECOND, ran=False), day_of(61, SECOND, ran=False, known=False)]
    assert write_coverage(store, days) == 97
    status, said = command("--json")
    [row] = said["rows"]
    assert row["states"] == {"missing": 15, "stopped": 1, "stored": 80, "unknown": 1}
    counts = {name: row[name] for name in ("days", "resource_days", "expected", "lacking")}
    assert counts == {
        "days": 2,
        "resource_days": 97,
        "expected": 95 * 24,
        "lacking": sum(range(1, 16)),
    }
    assert (row["collections"], row["stored"]) == (["ec2"], 95 * 24 - 120)
    assert [one["lacking"] for one in said["worst"]] == list(range(15, 5, -1))
    assert (status, said["reached"]) == (1, False)
    assert command("--json", "--at-least", "94")[0] == 0
    assert command("--json", "--at-least", "95")[0] == 1


def test_whole_days_end_with_0_and_a_table(store, command):
    write_coverage(store, [day_of(1, FIRST), day_of(1, SECOND)])
    status, done = command()
    assert status == 0
    assert "100 % is reached" in done.stdout
    assert "AWS/EC2" in done.stdout


def test_a_day_that_nobody_audited_is_named_and_ends_with_1(store, command):
    write_coverage(store, [day_of(1, FIRST)])
    status, said = command("--json")
    assert (status, said["not_audited"]) == (1, ["2026-01-01"])
    assert command("--json", last=FIRST)[0] == 0


def test_a_collection_that_nothing_is_said_of_ends_with_1(store, command):
    write_coverage(store, [day_of(1, FIRST)])
    assert command("--json", "--collections", "ec2", last=FIRST)[0] == 0
    status, said = command("--json", "--collections", "ec2,ebs", last=FIRST)
    assert (status, said["not_covered"]) == (1, ["ebs"])


@pytest.mark.parametrize(
    ("days", "options", "says"),
    [
        pytest.param([], (), "no audit has said anything of", id="nothing-at-all"),
        pytest.param([day_of(1, FIRST)], ("--collections", "ebs"), "no audit has", id="not-these"),
        pytest.param(
            [day_of(1, FIRST, ran=False, known=False)], (), "can't be told", id="all-unknown"
        ),
        pytest.param([], ("--collections", "x"), "there is no collection 'x'", id="no-collection"),
    ],
)
def test_what_cannot_be_told_ends_with_2(store, command, days, options, says):
    write_coverage(store, days)
    status, said = command("--json", *options)
    assert status == 2
    assert says in said["error"]
