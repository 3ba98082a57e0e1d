"""Upkeep of the store: what is hardly written any more is merged, and all is measured."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nephoscope.archive.rejected import Waiting, waiting
from nephoscope.place import Place
from nephoscope.store.coverage import sums
from nephoscope.store.logs.indices import LogSize, log_sizes
from nephoscope.store.read import queries
from nephoscope.store.schema.making import FieldCount, field_counts
from nephoscope.store.upkeep import segments
from nephoscope.store.upkeep.indices import Index, metrics_indices
from nephoscope.store.upkeep.sizes import (
    Shards,
    Size,
    shards,
    sizes,
    together,
)


@dataclass(frozen=True, slots=True)
class Merged:
    """The names of the indices that were merged, and of those that still are."""

    merged: tuple[str, ...]
    going_on: tuple[str, ...]


def merge(client: Any, asked_at: datetime, *, dry_run: bool) -> Merged:
    """Merge the indices that ended a while ago; in a dry run only say which."""
    indices = segments.mergeable(client, metrics_indices(client), asked_at)
    ended = {one.name: dry_run or segments.merge(client, one) for one in indices}
    return Merged(
        merged=tuple(name for name, done in ended.items() if done),
        going_on=tuple(name for name, done in ended.items() if not done),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """How much is stored.

    Attributes:
        sizes: of each metrics index.
        namespaces: of each, all indices together.
        total: of all.
        coverage: the resource days of the whole store, by namespace and state.
        shards: of the cluster.
        fullest: the index that is nearest to its limit of fields; None where there is none.
        rejected: the documents that Elasticsearch refused and that wait to be stored.
        logs: of each index of log events, by its name.
    """

    sizes: dict[Index, Size]
    namespaces: dict[str, Size]
    total: Size
    coverage: list[sums.Total]
    shards: Shards
    fullest: FieldCount | None
    rejected: Waiting
    logs: dict[str, LogSize]


def measure(root: Place, client: Any) -> Measured:
    """Measure the whole store.

    Args:
        root: the archive's, which keeps what was rejected.
        client: the official client.
    """
    queries.refresh(client)
    sums.refresh(client)
    found = sizes(client, metrics_indices(client))
    by_namespace: dict[str, list[Size]] = defaultdict(list)
    for index, size in found.items():
        by_namespace[index.namespace].append(size)
    return Measured(
        sizes=found,
        namespaces={name: together(each) for name, each in by_namespace.items()},
        total=together(found.values()),
        coverage=sums.totals(client),
        shards=shards(client),
        fullest=next(iter(field_counts(client)), None),
        rejected=waiting(root),
        logs=log_sizes(client),
    )
