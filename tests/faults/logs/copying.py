"""Shards of logs that are read and loaded, also in a process of its own, to be killed."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
from elasticsearch import Elasticsearch
from elasticsearch.helpers import scan

from clouds import BotoCloud
from nephoscope.archive import log_runs
from nephoscope.archive.log_landing import EVENTS_FILE, read_events
from nephoscope.chain import logs
from nephoscope.config.collections import Collections
from nephoscope.model import Window
from nephoscope.plan.logs import LogPlan, LogShard
from nephoscope.store import names
from nephoscope.store.load import bulk
from nephoscope.store.logs import documents

pa.array([""])

ACCOUNT = "123456789012"


def collections(*groups, **more):
    """Return collections that opt in to log groups, of one region and a quota of no concern."""
    account = {"connection": ACCOUNT, "regions": ["eu-west-1"], "quotas": {"logs": 10_000}}
    return Collections.model_validate(
        {
            "accounts": [account],
            "collections": {"ec2": {"namespace": "AWS/EC2"}},
            "logs": {"shop": {"groups": [*groups], **more}},
        }
    )


def plan_windows(root, group, windows):
    """Write a plan of a shard for each window; return the run's folder."""
    shards = tuple(
        LogShard(
            name=f"{number}",
            entry="shop",
            connection=ACCOUNT,
            account=ACCOUNT,
            region="eu-west-1",
            group=group,
            window=window,
            pace=10_000.0,
        )
        for number, window in enumerate(windows, start=1)
    )
    whole = Window(windows[0].start, windows[-1].end)
    return log_runs.write_log_plan(root, "dag", LogPlan(datetime.now(UTC), whole, shards))


def copy(begun, root, run, number, attempt, url, aws):
    """Read and load a shard as the project does, in small steps: each may be the one killed."""
    bulk.MOST_ITEMS = documents.AT_ONCE = 500
    root, cloud = Path(root), BotoCloud(aws)
    with Elasticsearch(url) as client:
        client.info()
        begun.set()
        written = logs.extract_logs(root, run, number, attempt, cloud, lambda: datetime.now(UTC))
        logs.load_logs(root, written.name, client)


def load_with_ids_of_chance(begun, root, name, url, index):
    """Load what was read as those do who let Elasticsearch draw the ids."""
    with Elasticsearch(url) as client:
        client.info()
        begun.set()
        for table in read_events(Path(root), f"{name}{EVENTS_FILE}"):
            for message in range(0, table.num_rows, 500):
                lines = table["message"].slice(message, 500).to_pylist()
                client.bulk(
                    index=index, operations=[x for m in lines for x in ({"index": {}}, {"m": m})]
                )


def stored(client):
    """Return what is stored: time, ingestion, stream and message by AWS's id; one twice fails."""
    client.indices.refresh(index=names.ALL_LOGS)
    found = {}
    for hit in scan(client, index=names.ALL_LOGS, size=5000):
        source = hit["_source"]
        cloudwatch = source["aws"]["cloudwatch"]
        key = cloudwatch["log_group"], source["event"]["id"]
        assert key not in found
        found[key] = (
            milliseconds(source["@timestamp"]),
            milliseconds(cloudwatch["ingestion_time"]),
            cloudwatch["log_stream"],
            source["message"],
        )
    return found


def milliseconds(text):
    """Return milliseconds since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)
