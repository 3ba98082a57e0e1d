"""What the UI leads to from the tasks of a run, as Airflow's own API gives it."""

import json
from datetime import UTC, datetime
from urllib.parse import unquote

import pytest

import truth
from clouds import ANCHOR
from dag_runs import elasticsearch_connection, empty, reach, run_dag, states


@pytest.fixture(scope="module")
def ran(airflow_database, tmp_path_factory, aws, elasticsearch_url, elasticsearch):
    """A 5-minute run, on services that are reachable as long as this file is tested."""
    empty(elasticsearch)
    with pytest.MonkeyPatch.context() as patched:
        reach(patched, tmp_path_factory.mktemp("web"), aws.url, elasticsearch_url)
        run = run_dag("collect_metrics", datetime.now(UTC))
        assert run.state == "success", states(run)
        elasticsearch.indices.refresh(index="cloudwatch_metrics")
        yield run


def links(reader, run, task_id, map_index=-1):
    path = f"/api/v2/dags/{run.dag_id}/dagRuns/{run.run_id}/taskInstances/{task_id}/links"
    answer = reader.get(path, params={"map_index": map_index})
    assert answer.status_code == 200, answer.text
    return answer.json()["extra_links"]


def test_the_report_task_links_to_todays_page(reader, ran):
    found = links(reader, ran, "report")
    assert found == {"Report": f"nephoscope/reports/day={ANCHOR}/index.html"}
    page = reader.get(f"/{found['Report']}")
    assert page.status_code == 200
    assert "Fleet" in page.text


def test_the_query_of_a_shard_finds_what_it_wrote_and_nothing_else(reader, ran, elasticsearch):
    found = 0
    for ti in ran.get_task_instances():
        if ti.task_id != "collect.load":
            continue
        loaded = ti.xcom_pull(task_ids=ti.task_id, map_indexes=ti.map_index)
        page = reader.get(f"/{links(reader, ran, ti.task_id, ti.map_index)['Documents']}").text
        asked = json.loads(page.split("<pre>")[-1].split("</pre>")[0].replace("&#34;", '"'))
        count = elasticsearch.count(index="cloudwatch_metrics", **asked)["count"]
        assert count == loaded["created"] > 0
        assert f"<p>{count:,} are stored" in page
        found += count
    assert found == elasticsearch.count(index="cloudwatch_metrics")["count"]


def test_other_tasks_have_no_link(reader, ran):
    assert links(reader, ran, "plan") == links(reader, ran, "collect.extract", 0) == {}


def test_kibana_is_opened_where_the_connection_names_it(
    reader, ran, elasticsearch_url, monkeypatch
):
    stated = json.loads(elasticsearch_connection(elasticsearch_url))
    stated["extra"] = {"kibana_url": "https://kibana.example.com/s/ops/"}
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", json.dumps(stated))
    answer = reader.get(f"/{links(reader, ran, 'collect.load', 0)['Documents']}")
    assert answer.status_code == 307
    assert reader.get("/nephoscope/").status_code == 200  # the client takes no such option
    to = unquote(answer.headers["Location"])
    assert to.startswith("https://kibana.example.com/s/ops/app/discover#/?_g=(time:(from:'")
    assert 'FROM cloudwatch_metrics | WHERE cloud.account.id == "123456789012"' in to
    assert 'AND aws.cloudwatch.namespace == "AWS/EC2" AND aws.cloudwatch.period == ' in to


@pytest.mark.parametrize(
    ("named", "status"),
    [
        pytest.param({"dag_id": "another"}, 404, id="dag-of-another"),
        pytest.param({"run_id": "manual__1"}, 404, id="run-that-is-none"),
        pytest.param({"map_index": 99}, 404, id="shard-that-is-none"),
        pytest.param({"map_index": "x"}, 422, id="no-number"),
    ],
)
def test_what_is_no_shard_of_ours_is_not_looked_for(reader, ran, named, status):
    there = {"dag_id": ran.dag_id, "run_id": ran.run_id, "map_index": 0}
    assert reader.get("/nephoscope/documents", params={**there, **named}).status_code == status


# The page.


def test_the_page_tells_what_the_run_left(reader, ran):
    page = reader.get("/nephoscope/")
    assert page.status_code == 200, page.text
    text = " ".join(page.text.split())
    assert f'<img src="reports/day={ANCHOR}/heatmap.png"' in text
    fleet = truth.instances(seed=7, count=50, anchor=ANCHOR)
    # EC2 tells that one is stopped; it has forgotten those that ended yesterday.
    asked = [one for one in fleet if one.ended or not one.last]
    assert f">{3 * len(asked):,}</td>" in text
    assert "fresh</td>" in text
    assert f"runs/{ran.run_id.replace(':', '%3A').replace('+', '%2B')}" in text
