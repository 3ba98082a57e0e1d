"""What a run can be given: offered from the file, checked where it is used."""

from datetime import UTC, datetime

import pytest
from airflow.sdk.exceptions import ParamValidationError

from dag_runs import sources, states
from nephoscope.airflow import params
from nephoscope.config.collections import load_collections
from nephoscope.errors import ConfigError

TWO = """
accounts: [{connection: aws_default, regions: [eu-west-1]}]
collections:
  servers: {namespace: AWS/EC2, metrics: {CPUUtilization: [Average]}}
  disks: {namespace: AWS/EBS}
"""
DAGS = ["collect_metrics", "collect_metrics_daily"]


@pytest.fixture
def two(tmp_path, monkeypatch):
    path = tmp_path / "two.yaml"
    path.write_text(TWO, encoding="utf-8")
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", str(path))
    return path


@pytest.mark.parametrize("dag_id", DAGS)
def test_every_param_is_typed_and_described(dagbag, dag_id):
    offered = dagbag.dags[dag_id].params
    assert set(offered) == {"collections", "start", "end", "force"}
    for name in offered:
        param = offered.get_param(name)
        assert param.schema["type"], name
        assert param.description, name
        assert param.schema["title"], name


def test_the_form_offers_the_names_of_the_file(two):
    assert params.offered()["collections"].schema["examples"] == ["servers", "disks"]


@pytest.mark.parametrize(
    "text", ["collections: [", "collections: {a: {}, a: {}}", "collections: 3", "[]", "? [a]\n", ""]
)
def test_a_file_that_is_wrong_leaves_the_names_to_be_written(two, text):
    two.write_text(text, encoding="utf-8")
    assert "examples" not in params.offered()["collections"].schema


def test_a_file_that_is_not_there_leaves_the_names_to_be_written(monkeypatch):
    monkeypatch.setenv("NEPHOSCOPE_COLLECTIONS", "/nowhere.yaml")
    assert "examples" not in params.offered()["collections"].schema


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, ["servers", "disks"], id="no-params"),
        pytest.param({"collections": []}, ["servers", "disks"], id="empty-is-all"),
        pytest.param({"collections": ["disks"]}, ["disks"], id="one"),
        pytest.param({"collections": ["disks", "servers"]}, ["servers", "disks"], id="all"),
    ],
)
def test_the_collections_that_are_named_are_collected(two, given, expected):
    assert list(params.chosen(load_collections(two), given)) == expected


def test_an_unknown_collection_is_refused_and_those_that_there_are_named(two):
    says = (
        "names 'ec3', and collections.yaml has none of that name for this DAG: "
        "it has servers, disks"
    )
    with pytest.raises(ConfigError, match=says):
        params.chosen(load_collections(two), {"collections": ["disks", "ec3"]})


def test_a_param_of_another_type_is_refused_before_a_run_is_made():
    with pytest.raises(ParamValidationError):
        params.offered()["collections"].resolve("ec2")
    with pytest.raises(ParamValidationError):
        params.offered()["force"].resolve("yes")


def test_a_run_of_an_unknown_collection_fails_and_says_so(chain, elasticsearch, posted):
    run = chain("collect_metrics", datetime.now(UTC), collections=["ec3"])
    assert run.state == "failed"
    [message] = [one for one in posted.messages if one["task_id"] == "plan"]
    assert "names 'ec3'" in message["error"]
    assert "it has ec2" in message["error"]


def test_a_run_of_a_named_collection_stores_only_that(chain, elasticsearch, tmp_path):
    with (tmp_path / "collections.yaml").open("a", encoding="utf-8") as file:
        file.write("  alone: {namespace: AWS/EBS, settle: 15m}\n")
    run = chain("collect_metrics", datetime.now(UTC), collections=["ec2"])
    assert run.state == "success", states(run)
    stored = {doc["aws"]["cloudwatch"]["namespace"] for doc in sources(elasticsearch).values()}
    assert stored == {"AWS/EC2"}
