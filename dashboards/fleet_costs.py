"""What S3 holds, what AWS charges, and what Elasticsearch refused, by day."""

from __future__ import annotations

from grafana_foundation_sdk.builders import elasticsearch as es
from grafana_foundation_sdk.builders import timeseries

from dashboards.panels import (
    ORANGE,
    AnyPanel,
    bars,
    colour,
    coloured,
    daily,
    lines,
    stacked,
    values,
)
from dashboards.queries import (
    COSTS,
    METRICS,
    PERIOD,
    PLACE,
    TAGGED,
    all_of,
    by,
    over_time,
    query,
    term,
)
from nephoscope.store import names

_CLASS = f"{names.DIMENSIONS}StorageType"
_CLASSES = (
    "StandardStorage",
    "StandardIAStorage",
    "GlacierInstantRetrievalStorage",
    "GlacierStorage",
    "DeepArchiveStorage",
    "IntelligentTieringFAStorage",
)
DAGS = (
    "collect_metrics",
    "collect_metrics_daily",
    "collect_storage",
    "collect_logs",
    "collect_logs_daily",
)
"""Those that ask AWS."""

_SIZE = names.value_field("AWS/S3", "BucketSizeBytes", "Average")
_SIZES = all_of(METRICS, f"{PERIOD}:86400", f"_exists_:{_SIZE}", PLACE, TAGGED)


def panels() -> list[AnyPanel]:
    """Return the panels in their order."""
    return [_storage(), _spending(), _rejected()]


def _storage() -> timeseries.Panel:
    what = "BucketSizeBytes (average) of all buckets, by storage class; CloudWatch has one a day."
    size = [es.Sum().field(_SIZE)]
    asked = query(_SIZES, size, [by(_CLASS), over_time("1d")], alias=term(_CLASS))
    made = stacked(daily(lines("S3 size by storage class", what, "bytes")))
    return coloured(made.with_target(asked), *_CLASSES)


def _spending() -> timeseries.Panel:
    what = "What AWS charges for what the runs asked, by the day when they were planned."
    dag = "nephoscope.dag"
    dollars = [es.Sum().field("nephoscope.asked.dollars")]
    asked = query(COSTS, dollars, [by(dag), over_time("1d")], alias=term(dag))
    made = stacked(bars("Spending by day", what, "dollars", width=6)).with_target(asked)
    return coloured(made, *DAGS)


def _rejected() -> timeseries.Panel:
    what = "Documents that Elasticsearch refused, by the day of the run; they wait in the archive."
    refused = [es.Sum().field("nephoscope.stored.rejected")]
    asked = query(COSTS, refused, [over_time("1d")], alias="rejected")
    made = bars("Rejected documents by day", what, "count", width=6).decimals(0).with_target(asked)
    return made.override_by_name("rejected", values(color=colour(ORANGE)))
