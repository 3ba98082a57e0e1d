"""Stored points for the report and the comparison with the archive, and counts for the audit.

Names reach Elasticsearch only as terms and field names, never as a query string, a script or a
pattern, so none of them can mean more than itself. What is read is whole: a shard that does not
answer is an error, never a shorter table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from elasticsearch import Elasticsearch

from nephoscope.coverage import Measure
from nephoscope.model import Resource, Window
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.names import DIMENSIONS
from nephoscope.store.read import rows
from nephoscope.store.read.fields import fields_of, value_field
from nephoscope.store.read.pages import Query, during, view

SERIES = 5_000
"""Whose counts are on one page."""

INGESTED = "event.ingested"

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
    resources: Sequence[Resource] | None = None,
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
        resources: at most some hundred: only their points, and those of what has more dimensions.

    Returns:
        Columns account, region, dimensions (canonical JSON), period (s), timestamp (UTC) and the
        statistics, sorted by account, region, dimensions and timestamp.
    """
    values = [names.value_field(namespace, metric, statistic) for statistic in statistics]
    query = during(having(namespace, values, accounts, regions, resources), window)
    with view(client, names.indices_of(namespace), window) as stored:
        dimensions = fields_of(client, namespace).dimensions
        read = rows.Rows(dimensions)
        for page in stored.hits(query, rows.sort(dimensions, values)):
            read.add(page)
    return read.table(statistics)


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
    with view(client, names.indices_of(namespace), window) as stored:
        known = fields_of(client, namespace)
        values = [value_field(namespace, measure) for measure in known.measures]
        found = stored.buckets(
            during(_of_namespace(namespace), window),
            sources=by_series(known.dimensions),
            aggregations={str(n): {"value_count": {"field": one}} for n, one in enumerate(values)},
            size=SERIES,
        )
        counted = [
            (*rows.identity(known.dimensions, list(bucket["key"].values())), *measure, count)
            for page in found
            for bucket in page
            for number, measure in enumerate(known.measures)
            if (count := bucket[str(number)]["value"])
        ]
    columns = list(zip(*counted, strict=True)) or [()] * len(COUNTS)
    return pa.table([pa.array(list(column)) for column in columns], names=COUNTS.names).cast(COUNTS)


def by_series(dimensions: Sequence[str]) -> list[Query]:
    """Return the sources of a composite aggregation by series: `rows.identity_fields`.

    By ``_tsid`` it would take many times as long; besides, another version of Elasticsearch may
    make another one of the same names.
    """
    return [
        {str(number): {"terms": {"field": field, "missing_bucket": True}}}
        for number, field in enumerate(rows.identity_fields(dimensions))
    ]


class Points(NamedTuple):
    """The points of a series.

    Attributes:
        resource: whose they are.
        period: in seconds.
        measure: as fields are named.
        times: when they start, in ms since 1970, in order.
        values: of each.
        ingested: when the document of each was read of CloudWatch last, in ms since 1970.
    """

    resource: Resource
    period: int
    measure: Measure
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    ingested: npt.NDArray[np.int64]


def stored_points(
    client: Elasticsearch,
    *,
    resources: Sequence[Resource],
    measures: Iterable[Measure],
    window: Window,
    period: int | None = None,
) -> Iterator[Points]:
    """Yield the points of some resources of one namespace; never an empty series.

    Args:
        client: the official client; call `refresh` before.
        resources: at most some hundred, of one namespace.
        measures: what to look for.
        window: points that start in it.
        period: only those of this one, in seconds.
    """
    namespace, measures = resources[0].namespace, list(measures)
    wanted = {(one.account, one.region, one.key): one for one in resources}
    with view(client, names.indices_of(namespace), window) as stored:
        fields = [*(value_field(namespace, measure) for measure in measures), INGESTED]
        dimensions = fields_of(client, namespace).dimensions
        read = rows.Rows(dimensions)
        query = during(_of_some(resources, period), window)
        for page in stored.hits(query, rows.sort(dimensions, fields)):
            read.add(page)
    for (account, region, key, of), times, (*columns, ingested) in read.each():
        # A query for {InstanceId} finds {InstanceId, Device} too.
        if resource := wanted.get((account, region, key)):
            for measure, column in zip(measures, columns, strict=True):
                there = column != rows.ABSENT
                if there.any():
                    moments = ingested[there].astype(np.int64)
                    found = times[there], column[there], moments
                    yield Points(resource, of, measure, *found)


Times = dict[tuple[Resource, int], dict[Measure, list[datetime]]]
"""When there are points, in UTC, by resource, period (s) and measure."""


def stored_times(
    client: Elasticsearch,
    *,
    resources: Sequence[Resource],
    measures: Iterable[Measure],
    window: Window,
) -> Times:
    """Return when the points of some resources of one namespace start; see `stored_points`."""
    times: Times = defaultdict(dict)
    for one in stored_points(client, resources=resources, measures=measures, window=window):
        moments = [_moment(time) for time in one.times.tolist()]
        times[one.resource, one.period][one.measure] = moments
    return times


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def having(
    namespace: str,
    values: Sequence[str],
    accounts: Sequence[str] | None,
    regions: Sequence[str] | None,
    resources: Sequence[Resource] | None = None,
) -> Query:
    """Ask for the documents of a namespace that have one of the values."""
    chosen = {"cloud.account.id": accounts, "cloud.region": regions}
    narrow: list[Query] = [
        {"terms": {field: list(only)}} for field, only in chosen.items() if only is not None
    ]
    if resources is not None:
        narrow.append(_any([_of(one) for one in resources]))
    some = _any([{"exists": {"field": field}} for field in values])
    return {"bool": {"filter": [_of_namespace(namespace), some, *narrow]}}


def _of_namespace(namespace: str) -> Query:
    return {"term": {"aws.cloudwatch.namespace": namespace}}


def _any(queries: Sequence[Query]) -> Query:
    return {"bool": {"should": queries, "minimum_should_match": 1}}


def _of_some(resources: Sequence[Resource], period: int | None) -> Query:
    """Ask for resources of a namespace, of one period or of any."""
    some = [_of_namespace(resources[0].namespace), _any([_of(one) for one in resources])]
    if period is not None:
        some.append({"term": {"aws.cloudwatch.period": period}})
    return {"bool": {"filter": some}}


def _of(resource: Resource) -> Query:
    terms = {
        "cloud.account.id": resource.account,
        "cloud.region": resource.region,
        **{f"{DIMENSIONS}{name}": value for name, value in resource.dimensions},
    }
    return {"bool": {"filter": [{"term": {field: value}} for field, value in terms.items()]}}
