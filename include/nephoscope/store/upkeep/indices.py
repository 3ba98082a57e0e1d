"""The metrics indices that there are: whose points are in them, and of when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.read.fields import measures_of, value_field


@dataclass(frozen=True, slots=True, order=True)
class Index:
    """A metrics index.

    Attributes:
        name: its own, never an alias or a pattern.
        namespace: as CloudWatch spells it.
        window: in which its points start.
        shards: how many it is cut into, without their copies.
        values: the fields that points are in, one for each statistic of a metric.
    """

    name: str
    namespace: str
    window: Window
    shards: int
    values: tuple[str, ...]


def metrics_indices(client: Elasticsearch) -> list[Index]:
    """Return all metrics indices, in the order of their names.

    An index says whose it is in its mapping and of when in its settings; its name says nothing.
    One that does not say both is not ours, whatever alias it has.
    """
    with answered(client) as asked:
        found = asked.indices.get(index=names.ALL_METRICS, ignore_unavailable=True)
    return sorted(index for name, said in found.items() for index in _index(name, said))


def _index(name: str, said: Mapping[str, Any]) -> Iterator[Index]:
    """Yield an index if it is one of ours."""
    namespace = said["mappings"].get("_meta", {}).get("nephoscope", {}).get("namespace")
    settings = said["settings"]["index"]
    bounds = settings.get("time_series", {})
    if namespace and {"start_time", "end_time"} <= bounds.keys():
        start, end = (datetime.fromisoformat(bounds[one]) for one in ("start_time", "end_time"))
        of_aws = said["mappings"]["properties"]["aws"]["properties"]
        measures = measures_of(of_aws[names.field_of(namespace)])
        values = tuple(value_field(namespace, measure) for measure in measures)
        yield Index(name, namespace, Window(start, end), int(settings["number_of_shards"]), values)
