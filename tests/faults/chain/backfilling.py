"""A backfill: a daily run of each day, one after another; also in a process that is killed."""

from datetime import timedelta
from pathlib import Path

import pandas as pd  # ruff: ignore[unused-import] - pyarrow imports it with its first column, once
from elasticsearch import Elasticsearch

from chains import Chain
from clouds import BotoCloud


def backfill(chain, days, now, **more):
    """Collect days of the collection ``ec2``, in this order, each a second later; return the runs.

    No two runs of a DAG are planned at the same moment.
    """
    moments = (now + timedelta(seconds=number) for number in range(len(days)))
    return [
        chain.collect({"ec2": day}, lambda at=at: at, **more)
        for day, at in zip(days, moments, strict=True)
    ]


def backfill_anew(begun, root, elasticsearch, aws, collections, days, now):
    """Backfill with clients of this process's own."""
    begun.set()
    with Elasticsearch(elasticsearch) as client:
        backfill(Chain(Path(root), client, BotoCloud(aws), collections), days, now)
