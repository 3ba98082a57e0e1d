"""Runs of DAGs in tests: the connections that they need, and what they leave."""

import json

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
