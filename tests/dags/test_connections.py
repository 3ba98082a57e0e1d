"""Connections that are missing or unsafe are refused before anything is sent."""

import json

import pytest

from nephoscope.airflow.connections import AirflowCloud, elasticsearch_client
from nephoscope.errors import ConfigError


def elastic(monkeypatch, **fields):
    stated = {"conn_type": "elasticsearch", "host": "127.0.0.1", "port": 9200, **fields}
    monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", json.dumps(stated))


def test_an_unknown_aws_connection_is_an_error_and_not_another_accounts_credentials():
    with pytest.raises(ConfigError, match="AIRFLOW_CONN_AWS_NOWHERE"):
        AirflowCloud().client("aws_nowhere", "cloudwatch", "eu-west-1")


def test_a_connection_of_another_type_is_refused(monkeypatch):
    monkeypatch.setenv("AIRFLOW_CONN_AWS_WRONG", json.dumps({"conn_type": "http", "host": "h"}))
    with pytest.raises(ConfigError, match="is of type 'http'; it must be 'aws'"):
        AirflowCloud().client("aws_wrong", "cloudwatch", "eu-west-1")


@pytest.mark.parametrize("missing", ["host", "port"])
def test_an_elasticsearch_connection_needs_host_and_port(monkeypatch, missing):
    elastic(monkeypatch, **{missing: None})
    with pytest.raises(ConfigError, match="needs a host and a port"):
        elasticsearch_client()


def test_the_cloudwatch_client_keeps_the_connections_own_config(monkeypatch):
    stated = {
        "conn_type": "aws",
        "login": "key",
        "password": "secret",
        "extra": {"endpoint_url": "http://127.0.0.1:1", "config_kwargs": {"read_timeout": 7}},
    }
    monkeypatch.setenv("AIRFLOW_CONN_AWS_TUNED", json.dumps(stated))
    client = AirflowCloud().client("aws_tuned", "cloudwatch", "eu-west-1")
    assert client.meta.config.read_timeout == 7
    assert client.meta.config.retries["total_max_attempts"] == 10
    assert client.meta.region_name == "eu-west-1"
