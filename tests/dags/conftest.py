"""An Airflow of its own for these tests; the environment is set before Airflow is imported."""

import json
import os
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOME = tempfile.mkdtemp(prefix="nephoscope-airflow-")

os.environ.update(
    AIRFLOW_HOME=HOME,
    AIRFLOW__CORE__DAGS_FOLDER=str(ROOT / "dags"),
    AIRFLOW__CORE__PLUGINS_FOLDER=str(ROOT / "plugins"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    NEPHOSCOPE_SINCE="2026-01-01",
)


@pytest.fixture(scope="session")
def dagbag():
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(ROOT / "dags"))


@pytest.fixture
def posted(monkeypatch, webhook):
    """The messages that alerts post; the connection leads to a listening server."""
    stated = {"conn_type": "http", "host": webhook.url}
    monkeypatch.setenv("AIRFLOW_CONN_NEPHOSCOPE_ALERTS", json.dumps(stated))
    return webhook
