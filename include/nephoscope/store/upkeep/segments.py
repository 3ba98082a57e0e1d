"""Segments: an index that is hardly written any more is merged into one for each shard.

That takes fewer bytes and is read faster; a later write only makes new segments beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from elasticsearch import ConnectionTimeout, Elasticsearch

from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.upkeep.indices import Index

SETTLED = timedelta(days=7)
"""How long after its end an index is merged: what reads its last day once more is through."""

PATIENCE = 1200.0
"""Seconds that a merge is waited for."""


def mergeable(client: Elasticsearch, indices: Iterable[Index], asked_at: datetime) -> list[Index]:
    """Return the indices that ended a while ago and are in more segments than shards."""
    with answered(client) as asked:
        found = asked.options(ignore_status=404).indices.stats(
            index=names.ALL_METRICS, metric="segments"
        )
    counts = {
        name: one["primaries"]["segments"]["count"]
        for name, one in found.get("indices", {}).items()
    }
    return [
        one
        for one in indices
        if one.window.end + SETTLED <= asked_at and counts.get(one.name, 0) > one.shards
    ]


def merge(client: Elasticsearch, index: Index) -> bool:
    """Merge an index; tell whether that ended while we waited: else it goes on without us."""
    with answered(client) as asked:
        patient = asked.options(request_timeout=PATIENCE, max_retries=0)
        try:
            patient.indices.forcemerge(
                index=index.name, max_num_segments=1, ignore_unavailable=True
            )
        except ConnectionTimeout:
            return False
    return True
