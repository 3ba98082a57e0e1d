"""Which fields the indices of a namespace have, by their mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.coverage import Measure
from nephoscope.store import names
from nephoscope.store.answers import answered


@dataclass(frozen=True, slots=True)
class Fields:
    """What any document of a namespace has had: names of dimensions, and measures; sorted."""

    dimensions: list[str]
    measures: list[Measure]


def fields_of(client: Elasticsearch, namespace: str) -> Fields:
    """Return the fields of a namespace; none where nothing is stored of it."""
    with answered(client) as asked:
        found = asked.indices.get_mapping(index=names.indices_of(namespace))
    of_aws = [index["mappings"]["properties"]["aws"]["properties"] for index in found.values()]
    field = names.field_of(namespace)
    # The pattern may hit an index of another namespace, which has another field.
    ours = [fields for fields in of_aws if field in fields]
    return Fields(
        sorted({name for fields in ours for name in _inner(fields["dimensions"])}),
        sorted({measure for fields in ours for measure in measures_of(fields[field])}),
    )


def measures_of(mapping: Mapping[str, Any]) -> Iterator[Measure]:
    """Yield the measures that the field of a namespace has, by its mapping in an index."""
    for metric, statistics in _inner(mapping["properties"]["metrics"]).items():
        for statistic in _inner(statistics):
            yield metric, statistic


def value_field(namespace: str, measure: Measure) -> str:
    """Name the field of a measure's values."""
    return f"aws.{names.field_of(namespace)}.metrics.{measure[0]}.{measure[1]}"


def _inner(field: dict[str, Any]) -> dict[str, Any]:
    inner: dict[str, Any] = field.get("properties", {})
    return inner
