"""The indices, and how they are made: before they are written, and never by a bulk request.

A metrics index holds one namespace and month, or year (`names.index_of`). It is a plain time
series index with explicit bounds, not part of a data stream, which would refuse points of the
past. What all of a kind have in common is in its template (`mappings`). An index is written by an
alias of its own (`names.write_alias`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from elasticsearch import BadRequestError, Elasticsearch

from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.schema.log_mode import log_mode
from nephoscope.store.schema.mappings import COSTS, COVERAGE, INVENTORY, LOGS, METRICS, Template
from nephoscope.store.schema.templates import ensure_template, refuse_newer

Body = Mapping[str, Any]

_TAKEN = {"resource_already_exists_exception", "invalid_index_name_exception"}
"""The second where the name is by now an alias, of the index's copy."""


def ensure_indices(client: Elasticsearch, namespace: str, days: Iterable[date]) -> None:
    """Make the metrics indices of a namespace that do not exist yet.

    Args:
        client: the official client.
        namespace: as CloudWatch spells it.
        days: any of each index; what has points is written by months, so their first ones.

    Raises:
        ConfigError: an index is of a newer version than this program.
        AccessDenied: the identity may not make indices or manage templates.
    """
    bodies = {names.index_of(namespace, day): metrics_index(namespace, day) for day in days}
    for name, body in bodies.items():
        _ensure(client, METRICS, name, names.ALL_METRICS, body)


def ensure_inventory(client: Elasticsearch) -> None:
    """Make the inventory index if it does not exist yet."""
    _ensure(client, INVENTORY, names.INVENTORY, None, {})


def ensure_costs(client: Elasticsearch) -> None:
    """Make the index of costs if it does not exist yet."""
    _ensure(client, COSTS, names.COSTS, None, {})


def ensure_coverage(client: Elasticsearch, years: Iterable[int]) -> None:
    """Make the coverage indices of years that do not exist yet."""
    for year in years:
        _ensure(client, COVERAGE, names.coverage_index_of(year), names.ALL_COVERAGE, {})


def ensure_logs(client: Elasticsearch, index: str, entry: str) -> None:
    """Make an index of log events if it does not exist yet; it says whose entry's they are."""
    if not _exists(client, index):
        meta = {"_meta": {"nephoscope": {"entry": entry}}}
        body = {"settings": log_mode(client), "mappings": meta}
        _ensure(client, LOGS, index, names.ALL_LOGS, body)


def metrics_index(namespace: str, day: date) -> Body:
    """Return what a namespace's index of a day has beyond the template: bounds and a field."""
    first, end = names.span_of(namespace, day)
    field = {"properties": {"metrics": {"type": "object", "dynamic": True}}}
    return {
        "settings": {
            "index.time_series.start_time": f"{first}T00:00:00Z",
            "index.time_series.end_time": f"{end}T00:00:00Z",
        },
        "mappings": {
            "_meta": {"nephoscope": {"namespace": namespace}},
            "properties": {"aws": {"properties": {names.field_of(namespace): field}}},
        },
    }


def _ensure(
    client: Elasticsearch, template: Template, name: str, read_alias: str | None, body: Body
) -> None:
    if _exists(client, name):
        return
    ensure_template(client, template)
    aliases: dict[str, Any] = {names.write_alias(name): {}}
    if read_alias:
        aliases[read_alias] = {}
    with answered(client) as asked:
        try:
            asked.indices.create(index=name, **body, aliases=aliases)
        except BadRequestError as error:
            if error.error not in _TAKEN:
                raise


def _exists(client: Elasticsearch, name: str) -> bool:
    with answered(client) as asked:
        found = asked.indices.get_mapping(
            index=names.write_alias(name),
            ignore_unavailable=True,
            filter_path="*.mappings._meta.nephoscope.version",
        )
    for index, made in found.items():
        refuse_newer(
            client, f"the index {index}", made["mappings"]["_meta"]["nephoscope"]["version"]
        )
    return bool(found)


class FieldCount(NamedTuple):
    """How many fields an index has, objects among them, and how many it may have."""

    name: str
    fields: int
    limit: int


def field_counts(client: Elasticsearch) -> list[FieldCount]:
    """Count the fields of every index of ours, as Elasticsearch does; the fullest first.

    One at its limit refuses each document with another metric, statistic or dimension.
    """
    with answered(client) as asked:
        found = asked.indices.get(
            index="cloudwatch-*",
            filter_path="*.mappings._meta.nephoscope,*.mappings.properties,"
            "*.settings.index.mapping.total_fields.limit",
        )
    counts = (
        FieldCount(index, sum(1 for _ in _each_field(one["mappings"])), _limit(one))
        for index, one in found.items()
        if "_meta" in one.get("mappings", {})
    )
    return sorted(counts, key=lambda one: one.fields / one.limit, reverse=True)


def _each_field(mapping: Body) -> Iterator[str]:
    for name, field in mapping.get("properties", {}).items():
        yield name
        yield from _each_field(field)


def _limit(index: Body) -> int:
    given = index.get("settings", {}).get("index", {}).get("mapping", {})
    return int(given.get("total_fields", {}).get("limit", 1000))  # Elasticsearch's default
