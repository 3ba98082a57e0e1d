"""The dashboards that stand in the repository are the generated ones, and keep the rules of all."""

import json
import re

import pytest
import yaml
from dashboards import queries, variables
from dashboards.__main__ import FOLDER, texts
from dashboards.fleet_costs import DAGS
from dashboards.panels import PALETTE
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.cog.runtime import dataquery_from_json
from grafana_foundation_sdk.models.dashboard import Dashboard

from nephoscope.config.settings import ROOT

GRAFANA = ROOT / "include" / "grafana"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yaml").read_text())["services"]["grafana"]
DASHBOARDS = {path.name: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
register_default_plugins()

VALUES = re.compile(r"aws\.(?:ec2|s3)\.metrics\.")


def panels():
    """Yield each panel that is drawn, and the variable that it or its row is repeated by."""
    for name, dashboard in DASHBOARDS.items():
        row = None
        for panel in dashboard["panels"]:
            if panel["type"] == "row":
                row = panel.get("repeat")
            else:
                repeated = panel.get("repeat", row)
                yield pytest.param(panel, repeated, id=f"{name}-{panel['title']}")


EACH = pytest.mark.parametrize(("panel", "repeated"), [*panels()])


def asked(panel):
    """Return a panel's queries of Elasticsearch."""
    return [one for one in panel.get("targets", []) if one["datasource"]["type"] == "elasticsearch"]


def rewritten(read):
    """Return what a model writes of what it read."""
    return json.loads(JSONEncoder().encode(read))


def test_the_files_are_the_generated_ones():
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert committed == texts(), "run `python -m dashboards`"


@pytest.mark.parametrize("name", DASHBOARDS)
def test_grafanas_models_read_and_write_a_dashboard_unchanged(name):
    whole = json.loads((FOLDER / name).read_text())
    for panel in whole["panels"]:  # the models take all of a panel's queries to be of its source
        apart = [one for one in panel.get("targets", []) if one not in asked(panel)]
        assert [rewritten(dataquery_from_json(one, "")) for one in apart] == apart
        if apart:
            panel["targets"] = asked(panel)
    assert rewritten(Dashboard.from_json(whole)) == whole


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_is_in_utc_and_its_panels_do_not_overlap(name):
    assert DASHBOARDS[name]["timezone"] == "utc"
    cells = [
        (x, y)
        for panel in DASHBOARDS[name]["panels"]
        for place in [panel["gridPos"]]
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24


@EACH
def test_what_reads_values_filters_on_one_period(panel, repeated):
    for query in asked(panel):
        grouped = [one.get("field", "") for one in query.get("bucketAggs", [])]
        read = [one.get("field", "") for one in query["metrics"]] + grouped
        if any(VALUES.search(field) for field in read):
            periods = re.findall(r"aws\.cloudwatch\.period:(\S+)", query["query"])
            assert periods in ([f"${repeated}"], ["86400"])


@EACH
def test_a_period_is_that_of_a_repetition(panel, repeated):
    used = set(re.findall(r"\$\{?(\w*period)\b", json.dumps(panel)))
    assert used <= {repeated}


@EACH
def test_no_line_is_drawn_over_a_gap(panel, repeated):
    if panel["type"] == "timeseries":
        assert panel["fieldConfig"]["defaults"]["custom"]["spanNulls"] is False
        [histogram] = {json.dumps(one["bucketAggs"][-1]["settings"]) for one in asked(panel)}
        assert json.loads(histogram)["min_doc_count"] == "0"


@EACH
def test_what_is_counted_apart_at_each_step_fits_elasticsearchs_memory(panel, repeated):
    for query in asked(panel):
        for metric in query["metrics"]:
            if metric["type"] == "cardinality" and len(query["bucketAggs"]) > 1:
                regions = 20
                of_each = 8 * int(metric["settings"]["precision_threshold"])
                assert of_each * panel["maxDataPoints"] * regions < 100 * 2**20


@EACH
def test_a_panel_says_what_it_shows_in_which_unit(panel, repeated):
    assert panel["description"].endswith(".")
    unit = panel["fieldConfig"]["defaults"].get("unit") or panel["options"].get("yAxis", {}).get(
        "unit"
    )
    assert (unit is None) == (panel["title"] == "What it is")


@EACH
def test_a_panel_reads_the_data_source_that_is_chosen(panel, repeated):
    sources = {one["datasource"]["uid"] for one in panel["targets"]} | {panel["datasource"]["uid"]}
    assert sources <= {"${datasource}", "__expr__"}
    assert "${datasource}" in sources


@EACH
def test_colours_are_not_red_and_green(panel, repeated):
    assert not re.search(r'"(?:dark-|light-|semi-)?(?:red|green)"', json.dumps(panel))


def test_the_data_source_has_the_indices_that_the_queries_choose_from():
    [source] = yaml.safe_load(
        (GRAFANA / "provisioning" / "datasources" / "elasticsearch.yaml").read_text()
    )["datasources"]
    assert source["jsonData"]["index"] == queries.INDICES
    assert source["jsonData"]["timeField"] == queries.TIME
    named = {name for name, value in source.items() if str(value).startswith("$")}
    assert named == {"url"}
    assert source["url"].strip("$") in COMPOSE["environment"]


def test_grafana_opens_on_the_fleet_from_the_folder_that_it_is_provisioned_from():
    [provider] = yaml.safe_load(
        (GRAFANA / "provisioning" / "dashboards" / "nephoscope.yaml").read_text()
    )["providers"]
    folder = provider["options"]["path"]
    assert f"./include/grafana/dashboards:{folder}:ro" in COMPOSE["volumes"]
    home = COMPOSE["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{folder}/fleet.json"


def test_each_dag_that_asks_has_a_colour():
    assert set(DAGS) == {path.stem for path in (ROOT / "dags").glob("collect_*.py")}
    assert len(DAGS) <= len(PALETTE)


def test_the_links_lead_to_the_dashboard_of_one_instance():
    links = re.findall(r"/d/([\w-]+)\?", (FOLDER / "fleet.json").read_text())
    assert set(links) == {DASHBOARDS["instance.json"]["uid"]}
    assert "var-instance=" in (FOLDER / "fleet.json").read_text()


def test_all_tags_are_what_has_no_tag_too():
    [tag] = [one for one in DASHBOARDS["fleet.json"]["templating"]["list"] if one["name"] == "tag"]
    assert tag["allValue"] == variables.EVERYTHING
