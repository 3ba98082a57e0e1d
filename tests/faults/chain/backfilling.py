"""A backfill in a process of its own, to be killed: a daily run of each day, one after another."""

from pathlib import Path

import pandas as pd  # ruff: ignore[unused-import] - pyarrow imports it with its first column, once
from elasticsearch import Elasticsearch

from chains import Chain
from clouds import BotoCloud


def backfill(begun, root, elasticsearch, aws, collections, days, now):
    """Collect days of the collection ``ec2``, in this order, at one simulated time."""
    begun.set()
    with Elasticsearch(elasticsearch) as client:
        chain = Chain(Path(root), client, BotoCloud(aws), collections)
        for day in days:
            assert chain.collect({"ec2": day}, lambda: now).errors == {}
