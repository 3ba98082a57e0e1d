"""The chain that copies logs, task by task in Airflow, on the stand-in AWS and a real node."""

from datetime import UTC, datetime, time, timedelta

import pytest
from elasticsearch.helpers import scan

from clouds import ANCHOR
from dag_runs import states
from nephoscope.store import names
from standing import tell

TODAY = datetime.combine(ANCHOR, time(), UTC)
GROUPS = 'logs: {shop: {groups: ["/shop/db", "/odd/*"], redact: ["4[0-9]{15}"]}}\n'


@pytest.fixture
def opted_in(chain, tmp_path):
    """Runs a DAG where some log groups are opted in."""
    path = tmp_path / "collections.yaml"
    path.write_text(path.read_text(encoding="utf-8") + GROUPS, encoding="utf-8")
    return chain


def stored(client):
    """Every stored event by its id."""
    client.indices.refresh(index=names.ALL_LOGS)
    return {hit["_id"]: hit["_source"] for hit in scan(client, index=names.ALL_LOGS, size=5000)}


def test_a_day_is_copied_once_however_often_it_is_read(opted_in, elasticsearch, tmp_path):
    day = TODAY - timedelta(days=3)
    run = opted_in("collect_logs_daily", day + timedelta(days=1, hours=5, minutes=30))
    assert run.state == "success", states(run)
    first = stored(elasticsearch)
    assert {one["@timestamp"][:10] for one in first.values()} == {f"{day:%Y-%m-%d}"}
    groups = {one["aws"]["cloudwatch"]["log_group"] for one in first.values()}
    assert groups == {"/shop/db", "/odd/names"}
    assert not any('card":"4' in one["message"] for one in first.values())
    assert list((tmp_path / "archive" / "logs").rglob("events.parquet"))

    again = opted_in("collect_logs_daily", day + timedelta(days=1, hours=5, minutes=31))
    assert again.state == "success"
    assert stored(elasticsearch) == first


def test_without_log_groups_a_run_is_green_and_asks_nothing(chain, aws, caplog):
    before = tell(aws.url, "GET", "counters")["calls"]
    run = chain("collect_logs", datetime.now(UTC))
    assert run.state == "success", states(run)
    assert tell(aws.url, "GET", "counters")["calls"] == before
    assert "no log group is opted in" in caplog.text
