"""Sizes: how many points are stored, in how many bytes, and how near the cluster's limit is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.upkeep.indices import Index

_TOGETHER = 100
"""Fields whose values are counted by one request: each is read whole."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an index holds, or several together.

    Attributes:
        indices: how many.
        documents: one for each resource, period and time.
        points: values of a statistic of a metric in them.
        bytes: on the disk, without copies.
    """

    indices: int
    documents: int
    points: int
    bytes: int

    @property
    def bytes_a_point(self) -> float | None:
        """Bytes for each point; None where there is none."""
        return round(self.bytes / self.points, 2) if self.points else None


def together(sizes: Iterable[Size]) -> Size:
    """Add up sizes."""
    rows = [(0, 0, 0, 0), *map(astuple, sizes)]
    return Size(*map(sum, zip(*rows, strict=True)))


def sizes(client: Elasticsearch, indices: Iterable[Index]) -> dict[Index, Size]:
    """Measure indices; call `queries.refresh` before."""
    stats = _stats(client)
    return {one: _size(client, one, stats[one.name]) for one in indices if one.name in stats}


def _stats(client: Elasticsearch) -> Mapping[str, Any]:
    """Return Elasticsearch's own statistics of the metrics indices, without copies, by name."""
    with answered(client) as asked:
        found = asked.options(ignore_status=404).indices.stats(
            index=names.ALL_METRICS, metric=["docs", "store"]
        )
    return {name: one["primaries"] for name, one in found.get("indices", {}).items()}


def _size(client: Elasticsearch, index: Index, stats: Mapping[str, Any]) -> Size:
    return Size(
        indices=1,
        documents=stats["docs"]["count"],
        points=sum(_counts(client, index)),
        bytes=stats["store"]["size_in_bytes"],
    )


def _counts(client: Elasticsearch, index: Index) -> Iterator[int]:
    """Yield how many values each field of an index has."""
    for first in range(0, len(index.values), _TOGETHER):
        fields = index.values[first : first + _TOGETHER]
        counted = {str(n): {"value_count": {"field": field}} for n, field in enumerate(fields)}
        with answered(client) as asked:
            found = asked.search(
                index=index.name,
                size=0,
                aggregations=counted,
                track_total_hits=False,
                allow_partial_search_results=False,
                ignore_unavailable=True,
            )
        yield from (one["value"] for one in found.get("aggregations", {}).values())


@dataclass(frozen=True, slots=True)
class Shards:
    """How many shards the cluster has, copies too, and how many it makes at the most."""

    made: int
    most: int


def shards(client: Elasticsearch) -> Shards:
    """Count the cluster's shards."""
    with answered(client) as asked:
        health = asked.cluster.health()
        said = asked.cluster.get_settings(
            include_defaults=True, filter_path="*.cluster.max_shards_per_node"
        )
    by_layer = [said.get(layer) for layer in ("transient", "persistent", "defaults")]
    most = next(int(one["cluster"]["max_shards_per_node"]) for one in by_layer if one)
    states = ("active_shards", "initializing_shards", "unassigned_shards")
    return Shards(sum(health[one] for one in states), most * health["number_of_data_nodes"])
