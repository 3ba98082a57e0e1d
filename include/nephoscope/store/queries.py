"""Stored points for the report, and what is stored of each series for the audit.

Names reach Elasticsearch only as terms and field names, never as a query string, a script or a
pattern, so none of them can mean more than itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from elasticsearch import Elasticsearch

from nephoscope.model import Resource, Window, instant
from nephoscope.store import names, rows
from nephoscope.store.answers import answered
from nephoscope.store.pages import Fields, buckets, hits

Query = dict[str, Any]

Measure = tuple[str, str]
"""A metric and a statistic of it, as fields are named: ``("CPUUtilization", "avg")``."""

COUNTS = pa.schema(
    [*rows.RESOURCE, ("metric", rows.NAME), ("statistic", rows.NAME), ("count", pa.int64())]
)


def refresh(client: Elasticsearch) -> None:
    """Let searches see all points that were written before."""
    with answered(client) as asked:
        asked.indices.refresh(index=names.ALL_METRICS, ignore_unavailable=True)


def series(
    client: Elasticsearch,
    *,
    namespace: str,
    metric: str,
    statistics: Sequence[str],
    window: Window,
    accounts: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
) -> pa.Table:
    """Return a metric's points; of each resource and day, those of the finest period alone.

    Args:
        client: the official client; call `refresh` before.
        namespace: as CloudWatch spells it; so are metric and statistics.
        metric: one.
        statistics: each becomes a column, null where a point lacks it.
        window: points that start in it.
        accounts: only theirs.
        regions: only theirs.

    Returns:
        Columns account, region, dimensions (canonical JSON), period (s), timestamp (UTC) and the
        statistics, sorted by account, region, dimensions and timestamp.
    """
    values = {name: names.value_field(namespace, metric, name) for name in statistics}
    chosen = {"cloud.account.id": accounts, "cloud.region": regions}
    query = _query(
        namespace,
        window,
        _any([{"exists": {"field": field}} for field in values.values()]),
        *({"terms": {field: list(only)}} for field, only in chosen.items() if only is not None),
    )
    found = hits(
        client,
        names.indices_of(namespace),
        query,
        fields=[*rows.IDENTITY_FIELDS, rows.TIME_FIELD, *values.values()],
    )
    pages = [rows.points(page, values) for page in found]
    return rows.ordered(rows.finest(pa.concat_tables([rows.points([], values), *pages])))


def point_counts(client: Elasticsearch, *, namespace: str, window: Window) -> pa.Table:
    """Count the stored points of every series.

    Args:
        client: the official client; call `refresh` before.
        namespace: as CloudWatch spells it.
        window: points that start in it.

    Returns:
        Columns account, region, dimensions (canonical JSON), period (s), metric and statistic (as
        fields are named), count. A series without a point has no row.
    """
    measures = _measures(client, namespace)
    counts = {str(n): _count(namespace, measure) for n, measure in enumerate(measures)}
    found = buckets(
        client,
        names.indices_of(namespace),
        _query(namespace, window),
        sources=[{"series": {"terms": {"field": "_tsid"}}}],
        aggregations={"whose": _WHOSE, **counts},
    )
    counted = [
        (*rows.identity(bucket["whose"]["hits"]["hits"][0]["fields"]), *measure, count)
        for bucket in found
        for number, measure in enumerate(measures)
        if (count := bucket[str(number)]["value"])
    ]
    columns = list(zip(*counted, strict=True)) or [()] * len(COUNTS)
    return pa.table([pa.array(list(column)) for column in columns], names=COUNTS.names).cast(COUNTS)


Times = dict[tuple[Resource, int], dict[Measure, list[datetime]]]
"""When there are points, in UTC, by resource, period (s) and measure."""


def stored_times(
    client: Elasticsearch,
    *,
    resources: Sequence[Resource],
    measures: Iterable[Measure],
    window: Window,
) -> Times:
    """Return when the points of some resources of one namespace start.

    Args:
        client: the official client; call `refresh` before.
        resources: at most some hundred, of one namespace.
        measures: what to look for.
        window: points that start in it.
    """
    namespace = resources[0].namespace
    whose = {(one.account, one.region, one.key): one for one in resources}
    fields = {measure: _field(namespace, measure) for measure in measures}
    times: Times = defaultdict(lambda: defaultdict(list))
    for page in hits(
        client,
        names.indices_of(namespace),
        _query(namespace, window, _any([_of(one) for one in resources])),
        fields=[*rows.IDENTITY_FIELDS, rows.TIME_FIELD, *fields.values()],
    ):
        for hit in page:
            account, region, key, period = rows.identity(hit)
            # A query for {InstanceId} finds {InstanceId, Device} too.
            if resource := whose.get((account, region, key)):
                _note(times[resource, period], hit, fields)
    return times


def _note(times: dict[Measure, list[datetime]], hit: Fields, fields: Mapping[Measure, str]) -> None:
    moment = datetime.fromtimestamp(rows.milliseconds(hit) / 1000, UTC)
    for measure, field in fields.items():
        if field in hit:
            times[measure].append(moment)


def _measures(client: Elasticsearch, namespace: str) -> list[Measure]:
    """Return what any document of a namespace has had, from the mappings."""
    with answered(client) as asked:
        found = asked.indices.get_mapping(index=names.indices_of(namespace))
    of_aws = [index["mappings"]["properties"]["aws"]["properties"] for index in found.values()]
    # The pattern may hit an index of another namespace, which has another field.
    ours = [fields[field] for fields in of_aws if (field := names.field_of(namespace)) in fields]
    metrics = [fields["properties"]["metrics"].get("properties", {}) for fields in ours]
    return sorted(
        {
            (metric, statistic)
            for known in metrics
            for metric, field in known.items()
            for statistic in field.get("properties", {})
        }
    )


def _field(namespace: str, measure: Measure) -> str:
    return f"aws.{names.field_of(namespace)}.metrics.{measure[0]}.{measure[1]}"


def _count(namespace: str, measure: Measure) -> Query:
    return {"value_count": {"field": _field(namespace, measure)}}


_WHOSE: Query = {
    "top_hits": {"size": 1, "_source": False, "docvalue_fields": list(rows.IDENTITY_FIELDS)}
}


def _query(namespace: str, window: Window, *more: Query) -> Query:
    time = {"gte": instant(window.start), "lt": instant(window.end)}
    own = [{"term": {"aws.cloudwatch.namespace": namespace}}, {"range": {"@timestamp": time}}]
    return {"bool": {"filter": [*own, *more]}}


def _any(queries: Sequence[Query]) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _of(resource: Resource) -> Query:
    terms = {
        "cloud.account.id": resource.account,
        "cloud.region": resource.region,
        **{f"aws.dimensions.{name}": value for name, value in resource.dimensions},
    }
    return {"bool": {"filter": [{"term": {field: value}} for field, value in terms.items()]}}
