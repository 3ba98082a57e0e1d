"""The secrets of the Elasticsearch connection: where they are sent, and what logs show of them."""

import base64
import io
import json

import pytest
import structlog
from airflow.sdk._shared.secrets_masker.secrets_masker import (  # ruff: ignore[import-private-name]
    _secrets_masker,
)
from airflow.sdk.log import logging_processors

from nephoscope.errors import ConfigError, StoreError
from nephoscope.store.answers import check
from tls_proxy import listening

KEY = {"api_key": "canary-key"}
NOT_LOOPBACK = "0.0.0.0"
"""To Linux it is this machine, to the rule it is not."""


@pytest.mark.parametrize(
    ("fields", "sent"),
    [
        pytest.param({"host": NOT_LOOPBACK, "extra": KEY}, False, id="key-in-the-clear"),
        pytest.param(
            {"host": NOT_LOOPBACK, "login": "u", "password": "canary"},
            False,
            id="password-in-the-clear",
        ),
        pytest.param(
            {"schema": "https", "extra": {**KEY, "hosts": ["http://0.0.0.0:PORT"]}},
            False,
            id="key-in-the-clear-to-a-further-node",
        ),
        pytest.param(
            {"schema": "https", "extra": {**KEY, "verify_certs": 0}},
            False,
            id="verification-off-but-not-by-name",
        ),
        pytest.param({"extra": KEY}, True, id="key-to-this-machine"),
        pytest.param({"host": NOT_LOOPBACK}, True, id="no-secret"),
    ],
)
def test_what_is_unsafe_is_refused_before_a_byte_is_sent(connect, fields, sent):
    received = []

    def count(connection):
        with connection:
            received.append(len(connection.recv(65536)))

    with listening(count) as port:
        fields = json.loads(json.dumps(fields).replace("PORT", str(port)))
        with pytest.raises(StoreError if sent else ConfigError) as caught:
            check(connect(port, **fields))
    assert bool(sum(received)) == sent
    assert "canary" not in str(caught.value)


@pytest.fixture
def task_log():
    """Log a sentence as a task does; return what the log has of it. No secret is known before."""
    _secrets_masker().reset_masker()
    written = io.BytesIO()
    processors = logging_processors(json_output=True)
    logger = structlog.wrap_logger(structlog.BytesLogger(written), processors)

    def run(sentence):
        logger.info(sentence)
        return json.loads(written.getvalue().splitlines()[-1])["event"]

    return run


def encoded(text):
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("fields", "forms"),
    [
        pytest.param(
            {"login": "elastic", "password": "p%ss/w0rd"},
            ["p%ss/w0rd", encoded("elastic:p%ss/w0rd"), "p%25ss%2Fw0rd"],
            id="password",
        ),
        pytest.param(
            {"extra": {"basic_auth": ["elastic", "passw0rd"]}},
            ["passw0rd", encoded("elastic:passw0rd")],
            id="basic-auth",
        ),
        pytest.param(
            {"extra": {"api_key": encoded("key-id:k3yk3y")}},
            [encoded("key-id:k3yk3y"), "key-id:k3yk3y", "k3yk3y"],
            id="encoded-key",
        ),
        pytest.param(
            {"extra": {"api_key": ["key-id", "k3yk3y"]}},
            [encoded("key-id:k3yk3y"), "k3yk3y"],
            id="key-as-a-pair",
        ),
        pytest.param({"extra": {"bearer_auth": "b34r3r"}}, ["b34r3r"], id="bearer"),
        pytest.param(
            {"extra": {"headers": {"Authorization": "ApiKey " + encoded("id:h34d3r")}}},
            ["h34d3r", encoded("id:h34d3r")],
            id="header",
        ),
    ],
)
def test_no_form_of_a_secret_reaches_a_tasks_log(connect, fields, forms, task_log):
    client = connect(9200, **fields)
    for form in (*forms, client._headers["authorization"].split()[1]):
        assert task_log(f"sent {form} to es") == "sent *** to es"


def test_what_is_no_secret_is_logged(connect, task_log):
    """The negative arm: the log shows what no connection holds."""
    connect(9200, login="elastic", password="passw0rd")
    assert task_log(f"sent {encoded('elastic:another')}") == f"sent {encoded('elastic:another')}"
