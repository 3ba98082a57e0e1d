"""The indices: their mappings and settings, and how they are made.

A metrics index holds one namespace and month. It is a plain time series index with explicit
bounds, not part of a data stream, which would refuse points of the past. An index is made before
it is written, and written by an alias of its own (`names.write_alias`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from elasticsearch import BadRequestError, Elasticsearch

from nephoscope.store import names
from nephoscope.store.answers import answered

Aliases = Mapping[str, Mapping[str, Any]]

VERSION = 1
"""Of the mappings; an index says which it was made with in its ``_meta``."""

MOST_FIELDS = 2000
"""For each index. EC2 has about 40 metrics; a metric with two statistics is three fields."""

_KEYWORD = {"type": "keyword"}
_DATE = {"type": "date"}
_LABEL = {"type": "keyword", "time_series_dimension": True}
_LABELS = {
    "type": "passthrough",
    "time_series_dimension": True,
    "priority": 10,
    "dynamic": True,
}
_RAW = {"type": "object", "enabled": False}  # kept, not searched
_LABELLED = {
    "cloudwatch": {"properties": {"namespace": _KEYWORD, "period": {"type": "integer"}}},
    "dimensions": {"type": "flattened"},
}
_SETTINGS = {"index.number_of_shards": 1, "index.auto_expand_replicas": "0-1"}


def ensure_indices(client: Elasticsearch, namespace: str, months: Iterable[date]) -> None:
    """Make the metrics indices of a namespace that do not exist yet.

    Args:
        client: the official client.
        namespace: as CloudWatch spells it.
        months: the first day of each.
    """
    for month in months:
        name = names.index_of(namespace, month)
        _ensure(client, name, metrics_index(namespace, month), {names.ALL_METRICS: {}})


def ensure_inventory(client: Elasticsearch) -> None:
    """Make the inventory index if it does not exist yet."""
    _ensure(client, names.INVENTORY, inventory_index(), {})


def ensure_coverage(client: Elasticsearch, years: Iterable[int]) -> None:
    """Make the coverage indices of years that do not exist yet."""
    for year in years:
        name = names.coverage_index_of(year)
        _ensure(client, name, coverage_index(), {names.ALL_COVERAGE: {}})


def _ensure(client: Elasticsearch, name: str, body: Mapping[str, Any], aliases: Aliases) -> None:
    named = {names.write_alias(name): {}, **aliases}
    with answered(client) as asked:
        try:
            asked.indices.create(index=name, **body, aliases=named)
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise


def metrics_index(namespace: str, month: date) -> dict[str, Any]:
    """Return settings and mappings of a namespace's index of one month.

    Dimensions, account, region, namespace and period make a document's identity. Every value is
    a double. Another unknown field is refused.
    """
    field = names.field_of(namespace)
    of_aws = {
        "cloudwatch": _fields(namespace=_LABEL, period=_LABEL | {"type": "integer"}),
        "dimensions": _LABELS,
        field: _fields(metrics={"type": "object", "dynamic": True}),
    }
    mappings = _mappings(of_aws, event=_fields(ingested=_DATE), nephoscope=_fields(fetched=_RAW))
    mappings["_meta"]["nephoscope"]["namespace"] = namespace
    return {
        "settings": _SETTINGS | _monthly(month),
        "mappings": mappings | {"dynamic_templates": _templates(field)},
    }


def _monthly(month: date) -> dict[str, Any]:
    return {
        "index.mode": "time_series",
        "index.time_series.start_time": f"{month}T00:00:00Z",
        "index.time_series.end_time": f"{names.following(month)}T00:00:00Z",
        "index.routing_path": [
            "cloud.account.id",
            "cloud.region",
            "aws.cloudwatch.namespace",
            "aws.cloudwatch.period",
            "aws.dimensions.*",
        ],
        "index.refresh_interval": "30s",  # readers refresh what they read
        "index.mapping.total_fields.limit": MOST_FIELDS,
    }


def _templates(field: str) -> list[dict[str, Any]]:
    value = {"type": "double", "time_series_metric": "gauge"}
    return [
        {"dimensions": {"path_match": "aws.dimensions.*", "mapping": _LABEL}},
        {"values": {"path_match": f"aws.{field}.metrics.*.*", "mapping": value}},
    ]


def inventory_index() -> dict[str, Any]:
    """Return settings and mappings of the versions of resources (`inventory`)."""
    version = _fields(
        resource=_KEYWORD,
        valid_from=_DATE,
        seen_at=_DATE,
        attributes=_RAW,
    )
    return {
        "settings": _SETTINGS,
        "mappings": _mappings(_LABELLED, nephoscope=version),
    }


def coverage_index() -> dict[str, Any]:
    """Return settings and mappings of the days of resources (`coverage`)."""
    day = _fields(
        resource=_KEYWORD,
        state=_KEYWORD,
        reasons=_KEYWORD,
        final={"type": "boolean"},
        expected={"type": "integer"},
        stored={"type": "integer"},
        stopped=_RAW,
        missing=_RAW,
        gaps=_RAW,
    )
    return {"settings": _SETTINGS, "mappings": _mappings(_LABELLED, nephoscope=day)}


def _mappings(of_aws: Mapping[str, Any], **own: Any) -> dict[str, Any]:
    """Return mappings with ECS's fields of a cloud resource, those of AWS, and a kind's own."""
    return {
        "dynamic": "strict",
        "date_detection": False,  # a dimension's value may look like a date
        "_meta": {"nephoscope": {"version": VERSION}},
        "properties": {
            "@timestamp": _DATE,
            "cloud": _fields(
                provider=_KEYWORD,
                account=_fields(id=_LABEL),
                region=_LABEL,
                instance=_fields(id=_KEYWORD, name=_KEYWORD),
                machine=_fields(type=_KEYWORD),
            ),
            "host": _fields(name=_KEYWORD),
            "aws": _fields(**of_aws, tags={"type": "flattened"}),
            **own,
        },
    }


def _fields(**fields: Any) -> dict[str, Any]:
    return {"properties": fields}
