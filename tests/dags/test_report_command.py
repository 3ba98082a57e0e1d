"""`nephoscope report`, on a real node and its connection."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from nephoscope.cli.commands import main
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.model import Window
from stored_fleet import store_fleet

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
CPU = {"CPUUtilization": ["Average", "Maximum"]}


@pytest.fixture
def run(store, elasticsearch_url, tmp_path, monkeypatch):
    host, _, port = elasticsearch_url.removeprefix("http://").partition(":")
    connection = {"conn_type": "elasticsearch", "host": host, "port": int(port), "schema": "http"}
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("NEPHOSCOPE_REPORTS_URL", f"file://{tmp_path}/reports")
    monkeypatch.setenv("NEPHOSCOPE_ARCHIVE_URL", f"file://{tmp_path}/archive")
    return lambda *arguments: CliRunner().invoke(main, ["report", *arguments])


def test_a_range_is_drawn_and_the_newest_leads_to_it(run, store, tmp_path):
    store_fleet(store, Fleet(7, 3, date(2026, 11, 21)), DAY, CPU)
    days = "--from", "2026-11-19", "--to", "2026-11-20"
    told = run(*days, "--instances", "1", "--json")
    assert told.exit_code == 0, told.output
    answer = json.loads(told.stdout)
    page = Path(answer["page"].removeprefix("file://"))
    assert page == tmp_path / "reports" / "days=2026-11-19_2026-11-20" / "index.html"
    assert len(list((page.parent / "instances").glob("*.html"))) == 1
    assert {"busiest", "gaps"} <= {one["part"] for one in answer["findings"]}
    latest = (tmp_path / "reports" / "latest.html").read_text("utf-8")
    assert "url=days=2026-11-19_2026-11-20/index.html" in latest
    shown = run(*days, "--instances", "all")
    assert shown.exit_code == 0
    assert f"files: {answer['page']}" in shown.stdout.splitlines()[-1]
    assert len(list((page.parent / "instances").glob("*.html"))) == 3


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("2026-11-20", "2026-11-19", "--from 2026-11-20 is after --to 2026-11-19"),
        ("2999-01-01", "2999-01-01", "has not begun: there is nothing to draw"),
    ],
)
def test_what_can_not_be_drawn_is_said_in_a_sentence(run, first, last, says):
    told = run("--from", first, "--to", last)
    assert told.exit_code == 2
    assert says in told.stderr
    assert "Traceback" not in told.output


def test_a_number_of_instances_is_one_or_all(run):
    told = run("--from", "2026-11-20", "--to", "2026-11-20", "--instances", "many")
    assert told.exit_code == 2
    assert "'many' is neither a number nor 'all'" in told.stderr
