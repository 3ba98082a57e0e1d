"""Runs of DAGs in tests: the connections that they need, and what they leave."""

import json
from datetime import timedelta

from elasticsearch.helpers import scan

from nephoscope.config.settings import ROOT
from nephoscope.store import names


def aws_connection(url, login="key", **extra):
    """Return an Airflow connection to a stand-in, as JSON."""
    extra = {"endpoint_url": url, "region_name": "eu-west-1", **extra}
    return json.dumps({"conn_type": "aws", "login": login, "password": "secret", "extra": extra})


def elasticsearch_connection(url):
    """Return an Airflow connection to a node, as JSON."""
    host, _, port = url.removeprefix("http://").rpartition(":")
    return json.dumps(
        {"conn_type": "elasticsearch", "host": host, "port": int(port), "schema": "http"}
    )


def small_collections(folder):
    """Write the shipped collections with CPU and a status check alone: quicker, the same path."""
    path = folder / "collections.yaml"
    path.write_text(
        (ROOT / "include" / "collections.yaml")
        .read_text(encoding="utf-8")
        .split("      NetworkIn")[0]
        + "      StatusCheckFailed: [Maximum]\n    settle: 15m\n",
        encoding="utf-8",
    )
    return path


def parsed():
    """Return all DAGs, parsed anew."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(ROOT / "dags"))


def empty(client):
    """Drop all indices of ours."""
    for index in client.indices.get(index="cloudwatch-*", ignore_unavailable=True):
        client.indices.delete(index=index)


def reach(patched, folder, aws_url, elasticsearch_url):
    """Let DAGs reach a stand-in and a node, and have archive and reports in a folder."""
    from nephoscope.airflow import connections

    connections._account.cache_clear()
    connections._client.cache_clear()
    patched.setenv("AIRFLOW_CONN_AWS_DEFAULT", aws_connection(aws_url))
    patched.setenv(
        "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT", elasticsearch_connection(elasticsearch_url)
    )
    patched.setenv("NEPHOSCOPE_ARCHIVE_URL", f"file://{folder}/archive")
    patched.setenv("NEPHOSCOPE_REPORTS_URL", f"file://{folder}/reports")
    patched.setenv("NEPHOSCOPE_COLLECTIONS", str(small_collections(folder)))


def run_dag(dag_id, date, **conf):
    """Run a DAG for a date, with these params."""
    dag = parsed().dags[dag_id]  # anew: a run leaves its params in the DAG
    for task in dag.tasks:
        task.retry_delay = timedelta(0)
    return dag.test(logical_date=date, run_conf=conf or None)


def sources(client, *, timeless=False):
    """Every stored document by id; without the times of reading if asked."""
    client.indices.refresh(index=names.ALL_METRICS)
    found = {}
    query = {"match_all": {}}
    for hit in scan(client, index=names.ALL_METRICS, query={"query": query}, size=5000):
        if timeless:
            hit["_source"].pop("event")
        found[hit["_id"]] = hit["_source"]
    return found


def states(dag_run):
    return {(ti.task_id, ti.map_index): ti.state for ti in dag_run.get_task_instances()}
