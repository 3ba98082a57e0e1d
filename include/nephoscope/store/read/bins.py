"""Stored points in bins of time, for windows whose points are too many to be read one by one.

Elasticsearch computes them. Of points stored at the bin's own step `queries.series` reads faster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
from elasticsearch import Elasticsearch

from nephoscope.model import Resource, Window
from nephoscope.store import names
from nephoscope.store.read import rows
from nephoscope.store.read.fields import fields_of
from nephoscope.store.read.pages import during, view
from nephoscope.store.read.queries import by_series, having

OF_BIN = {
    "Average": "avg",
    "Maximum": "max",
    "Minimum": "min",
    "Sum": "sum",
    "SampleCount": "sum",
}
"""What a bin has of a statistic of its points.

The mean of averages: a series' points are of one period, so each stands for as much time.
Percentiles have none: that of a bin does not follow from those of its points.
"""

DAY = 86_400

MOST_POINTS = 100_000
"""Documents under one search. More are more pages, and each page looks at all of them."""

BINS = 10_000
"""Of one page."""


def binned(
    client: Elasticsearch,
    *,
    namespace: str,
    metric: str,
    statistics: Sequence[str],
    window: Window,
    step: int,
    accounts: Sequence[str] | None = None,
    regions: Sequence[str] | None = None,
    resources: Sequence[Resource] | None = None,
) -> pa.Table:
    """Return a metric's points in bins; of each resource and day, those of the finest period.

    Args:
        client: the official client; call `queries.refresh` before.
        namespace: as CloudWatch spells it; so are metric and statistics.
        metric: one.
        statistics: of `OF_BIN`. Each becomes a column, null where no point of the bin has it.
        window: points that start in it; a bin that it cuts has only these.
        step: seconds of a bin; bins are counted from midnight UTC. A point of a longer period is
            in the bin that it starts in.
        accounts: only theirs.
        regions: only theirs.
        resources: at most some hundred: only theirs, and those of what has more dimensions.

    Returns:
        As `queries.series`, with the start of the bin as timestamp, and after the statistics the
        columns highest, the highest value of the first of them, and points: how many the bin has.
        A bin without any has no row.

    Raises:
        ValueError: the step does not divide a day, or a statistic can't be binned.
    """
    if step < 1 or DAY % step:
        raise ValueError(f"a day is no multiple of {step} s: bins would cross midnight")
    if unknown := set(statistics) - set(OF_BIN):
        raise ValueError(f"{', '.join(sorted(unknown))} can't be binned: {', '.join(OF_BIN)} can")
    values = {name: names.value_field(namespace, metric, name) for name in statistics}
    query = having(namespace, list(values.values()), accounts, regions, resources)
    time = {"date_histogram": {"field": "@timestamp", "fixed_interval": f"{step}s"}}
    with view(client, names.indices_of(namespace), window) as stored:
        dimensions = fields_of(client, namespace).dimensions
        read = rows.Rows(dimensions)
        for span in stored.spans(query, window, MOST_POINTS, steps=sorted({DAY, step})[::-1]):
            for page in stored.buckets(
                during(query, span),
                sources=[*by_series(dimensions), {"time": time}],
                aggregations={name: {"stats": {"field": field}} for name, field in values.items()},
                size=BINS,
            ):
                read.add(list(zip(*(_row(one, statistics) for one in page), strict=True)))
    table = read.table([*statistics, "highest", "points"])
    points = table.schema.get_field_index("points")
    return table.set_column(points, "points", table["points"].cast(pa.int64()))


def _row(bucket: Mapping[str, Any], statistics: Sequence[str]) -> list[Any]:
    """Return a bin as `rows.Rows` takes it."""
    *whose, time = bucket["key"].values()
    values = [_value(bucket[name], OF_BIN[name]) for name in statistics]
    highest = _value(bucket[statistics[0]], "max")
    return [time, *whose, *values, highest, bucket["doc_count"]]


def _value(stats: Mapping[str, Any], name: str) -> Any:
    return stats[name] if stats["count"] else rows.ABSENT  # the sum of nothing is told as 0
