"""Which buckets a run lists, with what CloudWatch counted of them lately."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from nephoscope.aws.cloud import Cloud
from nephoscope.config.collections import Collections
from nephoscope.model import Window, dimensions_from_key
from nephoscope.plan.listings import BUCKET, Lister
from nephoscope.plan.shards import Shard
from nephoscope.store.read import queries

LATELY = timedelta(days=7)


def listings(
    collections: Collections, cloud: Cloud, client: Any | None, asked_at: datetime
) -> list[Shard]:
    """Plan the listings of the buckets that `collections.yaml` names, as of now.

    Args:
        collections: with the buckets.
        cloud: the clients.
        client: the official client of Elasticsearch; without one no number of objects is known.
        asked_at: now, in UTC.
    """
    objects = counted(client, asked_at) if client is not None and collections.buckets else {}
    return list(Lister(cloud, Window.day(asked_at), objects).plan(collections.buckets))


def counted(client: Any, asked_at: datetime) -> dict[str, int]:
    """Return how many objects each bucket had when CloudWatch counted last, by its name."""
    queries.refresh(client)
    table = queries.series(
        client,
        namespace="AWS/S3",
        metric="NumberOfObjects",
        statistics=("Average",),
        window=Window(asked_at - LATELY, asked_at),
    )
    rows = zip(table["dimensions"].to_pylist(), table["Average"].to_pylist(), strict=True)
    return {
        dict(dimensions_from_key(key))[BUCKET]: int(count)
        for key, count in rows
        if count is not None
    }
