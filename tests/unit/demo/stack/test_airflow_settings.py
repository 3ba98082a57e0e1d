"""What the demo's Airflow takes of the caller's environment, and what it must have."""

import json
from pathlib import Path

import pytest

from nephoscope.demo.stack.airflow_settings import airflow_settings, without
from nephoscope.demo.stack.connection_variables import connection_variables


def test_the_callers_airflow_is_left_out(monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", "theirs")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.com")
    kept = without("AIRFLOW", "AWS_")
    assert "AIRFLOW__CORE__FERNET_KEY" not in kept
    assert kept["HTTP_PROXY"] == "http://proxy.example.com"


def test_this_machine_is_asked_past_any_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "example.com")
    assert airflow_settings(Path("/home"), 8080)["NO_PROXY"] == "example.com,127.0.0.1,localhost"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AIRFLOW__API__HOST", "127.0.0.1"),
        ("AIRFLOW__API__BASE_URL", "http://127.0.0.1:8080"),
        ("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", "http://127.0.0.1:8080/execution/"),
        ("AIRFLOW__CORE__LOAD_EXAMPLES", "False"),
    ],
)
def test_airflow_is_set_up_for_this_machine(name, value):
    assert airflow_settings(Path("/home"), 8080)[name] == value


def test_sts_is_the_stand_in_too():
    """Airflow asks the real one when it assumes a role, whatever the endpoint is."""
    variables = connection_variables("http://127.0.0.1:5000", "http://127.0.0.1:9200")
    aws = json.loads(variables["AIRFLOW_CONN_AWS_DEFAULT"])["extra"]
    assert aws["service_config"]["sts"]["endpoint_url"] == aws["endpoint_url"]


def test_elasticsearch_is_named_by_its_parts():
    variables = connection_variables("http://127.0.0.1:5000", "http://127.0.0.1:9200")
    assert json.loads(variables["AIRFLOW_CONN_ELASTICSEARCH_DEFAULT"]) == {
        "conn_type": "elasticsearch",
        "schema": "http",
        "host": "127.0.0.1",
        "port": 9200,
    }
