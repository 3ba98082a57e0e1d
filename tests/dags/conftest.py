"""An Airflow of its own for these tests; the environment is set before Airflow is imported."""

import json
import os
import tempfile
from pathlib import Path

import pytest

from dag_runs import empty, parsed, reach, run_dag

ROOT = Path(__file__).parents[2]
HOME = tempfile.mkdtemp(prefix="nephoscope-airflow-")

os.environ.update(
    AIRFLOW_HOME=HOME,
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__API_AUTH__JWT_SECRET="x"
    * 64,  # Airflow makes one that is too short for its own signer
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    NEPHOSCOPE_SINCE="2026-01-01",
)


@pytest.fixture(scope="session")
def dagbag():
    return parsed()


@pytest.fixture
def posted(monkeypatch, webhook):
    """The messages that alerts post; the connection leads to a listening server."""
    stated = {"conn_type": "http", "host": webhook.url}
    monkeypatch.setenv("AIRFLOW_CONN_NEPHOSCOPE_ALERTS", json.dumps(stated))
    return webhook


@pytest.fixture
def connect(monkeypatch):
    """Make the client of an Elasticsearch connection to this machine."""
    from nephoscope.airflow.connections import elasticsearch_client

    made = []

    def run(port, **fields):
        stated = {"conn_type": "elasticsearch", "host": "127.0.0.1", "port": port, **fields}
        monkeypatch.setenv("AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", json.dumps(stated))
        made.append(elasticsearch_client())
        return made[-1]

    yield run
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def airflow_database():
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture
def chain(airflow_database, monkeypatch, tmp_path, aws, elasticsearch_url, elasticsearch):
    """Runs a DAG for a date against the session's services, with an archive of its own."""
    empty(elasticsearch)
    reach(monkeypatch, tmp_path, aws.url, elasticsearch_url)
    return run_dag


@pytest.fixture(scope="session")
def airflow_app(airflow_database):
    """A client of Airflow's app of the API server, of nobody who is logged in."""
    from web_access import serving

    with serving() as client:
        yield client


@pytest.fixture
def reader(airflow_app):
    """The same of a user who may read."""
    from web_access import token

    airflow_app.headers["Authorization"] = f"Bearer {token(airflow_app, 'vic', 'viewer')}"
    yield airflow_app
    del airflow_app.headers["Authorization"]
