"""A run above its budget asks nothing and is told once; one that fits says what it cost."""

import json
import urllib.request
from datetime import UTC, datetime, time, timedelta

import pytest

from clouds import ANCHOR
from dag_runs import states
from nephoscope.store import names

DAY = datetime.combine(ANCHOR, time(), UTC) - timedelta(days=3)
NIGHT = DAY + timedelta(days=1, hours=6)


@pytest.fixture
def allow(tmp_path):
    """Write the budget into the collections."""
    path = tmp_path / "collections.yaml"

    def run(said):
        collections = path.read_text(encoding="utf-8").partition("\nbudget:")[0]
        path.write_text(f"{collections}\nbudget: {said}\n", encoding="utf-8")

    return run


@pytest.fixture
def asked(aws):
    """Count the calls and the queries of GetMetricData since the test began."""

    def now():
        with urllib.request.urlopen(f"{aws.url}/_standin/counters") as answer:
            counts = json.load(answer)
        calls, queries = counts["calls"], counts["cloudwatch"]
        return tuple(
            sum(of.get(name, {}).values())
            for of, name in ((calls, "GetMetricData"), (queries, "queries_asked"))
        )

    before = now()
    return lambda: tuple(a - b for a, b in zip(now(), before, strict=True))


def cost_of(dag_run):
    audit = next(ti for ti in dag_run.get_task_instances() if ti.task_id == "audit")
    return audit.xcom_pull(task_ids="audit")["spent"]


@pytest.mark.parametrize("dag_id", ["collect_metrics", "collect_metrics_daily"])
def test_a_run_above_its_budget_asks_nothing_and_is_told_once(
    chain, allow, asked, posted, elasticsearch, dag_id
):
    allow("{per_run: 0.0001}")
    run = chain(dag_id, NIGHT)
    assert run.state == "failed"
    assert states(run)["plan", -1] == "failed"
    assert asked() == (0, 0)
    [message] = posted.messages
    assert message["task_id"] == "plan"
    assert "more than the $0.0001 of budget.per_run, so nothing is asked" in message["error"]
    assert "raise budget.per_run in collections.yaml" in message["error"]
    assert not elasticsearch.indices.exists_alias(name=names.ALL_METRICS)


def test_with_the_budget_raised_the_same_run_goes_on_and_asks_what_was_estimated(
    chain, allow, asked, elasticsearch, tmp_path, caplog
):
    allow("{per_day: 0.0001}")
    assert chain("collect_metrics_daily", NIGHT).state == "failed"
    allow("{per_day: 1}")
    run = chain("collect_metrics_daily", NIGHT)
    assert run.state == "success", states(run)
    spent = cost_of(run)
    _, queries = asked()
    assert spent["asked"]["metrics"] == spent["estimated"]["metrics"] == queries > 100
    assert spent["asked"]["dollars"] == spent["estimated"]["dollars"]
    assert f"estimated {queries:,} metrics and $0.00" in caplog.text
    kept = [json.loads(path.read_bytes()) for path in tmp_path.glob("archive/runs/*/*/cost.json")]
    [settled] = [one for one in kept if one["asked"]]
    assert {name: settled[name] for name in spent} == spent
    elasticsearch.indices.refresh(index=names.COSTS)
    found = elasticsearch.search(index=names.COSTS, query={"exists": {"field": "nephoscope.run"}})
    [document] = [hit["_source"]["nephoscope"] for hit in found["hits"]["hits"]]
    assert {name: document[name] for name in spent} == spent
    assert document["dag_run"] == run.run_id
    page = tmp_path / "reports" / f"day={DAY:%Y-%m-%d}" / "index.html"
    assert f"asked AWS for {queries:,} metrics" in page.read_text(encoding="utf-8")
