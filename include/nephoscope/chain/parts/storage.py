"""What is stored of S3, for the report: CloudWatch's daily sizes, and the sums of objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from nephoscope.model import Resource, Window, dimensions_from_key
from nephoscope.plan.listings import BUCKET, CLASS, NAMESPACE, OBJECTS, PREFIX, SIZE, STATISTIC
from nephoscope.report import storage, storage_growth
from nephoscope.report.part import Part
from nephoscope.store.names import metric_field, statistic_field
from nephoscope.store.read import queries

LOOK_BACK = timedelta(days=30)
"""How far back growth is shown: a day alone shows none."""

_TYPE = "StorageType"


def part(client: Any, window: Window, asked_at: datetime) -> Part | None:  # ruff: ignore[unused-function-argument]
    """Draw the part of the days up to the window's end; None where CloudWatch has no size."""
    span = Window(min(window.start, window.end - LOOK_BACK), window.end)
    sizes = _daily(client, "AWS/S3", "BucketSizeBytes", "Average", span, {_TYPE: "storage_type"})
    if sizes.empty:
        return None
    objects = _daily(client, "AWS/S3", "NumberOfObjects", "Average", span, {})
    exact, prefixes = _listed(client, span)
    stored = storage.Stored(
        sizes.rename(columns={"value": "bytes"}),
        objects.rename(columns={"value": "objects"}),
        exact,
        prefixes,
    )
    first = sizes["day"].min().to_pydatetime()
    return storage.part(stored, Window(first, span.end))


def _daily(
    client: Any,
    namespace: str,
    metric: str,
    statistic: str,
    span: Window,
    dimensions: Mapping[str, str],
) -> pd.DataFrame:
    """Return a metric as account, region, bucket, the dimensions, day and value (int64)."""
    read = queries.series(
        client, namespace=namespace, metric=metric, statistics=(statistic,), window=span
    )
    table = read.to_pandas()
    names = [dict(dimensions_from_key(key)) for key in table["dimensions"]]
    return pd.DataFrame(
        {
            "account": table["account"].astype(str),
            "region": table["region"].astype(str),
            "bucket": [one.get(BUCKET, "") for one in names],
            **{name: [one.get(key) for one in names] for key, name in dimensions.items()},
            "day": table["timestamp"],
            "value": table[statistic].astype("int64"),
        }
    )


def _listed(client: Any, span: Window) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the newest list of each bucket, whole and by prefix and class."""
    told = {PREFIX: "prefix", CLASS: "storage_class"}
    sizes = _daily(client, NAMESPACE, SIZE, STATISTIC, span, told)
    counts = _daily(client, NAMESPACE, OBJECTS, STATISTIC, span, told)
    keys = [*storage_growth.BUCKET, "prefix", "storage_class", "day"]
    both = sizes.rename(columns={"value": "bytes"}).merge(
        counts.rename(columns={"value": "objects"}), on=keys
    )
    newest = both[both["day"] == both.groupby(storage_growth.BUCKET)["day"].transform("max")]
    total = newest[newest["storage_class"].isna()]
    when = _moments(client, total, span)
    exact = total.assign(listed_at=[when[key] for key in zip(*_columns(total), strict=True)])
    return exact, newest[newest["prefix"].notna()]


def _columns(frame: pd.DataFrame) -> Sequence[pd.Series]:
    return [frame[name] for name in storage_growth.BUCKET]


def _moments(client: Any, total: pd.DataFrame, span: Window) -> dict[tuple[str, ...], pd.Timestamp]:
    """Return when each bucket was listed last."""
    resources = [
        Resource(account, region, NAMESPACE, ((BUCKET, bucket),))
        for account, region, bucket in zip(*_columns(total), strict=True)
    ]
    if not resources:
        return {}
    measure = metric_field(SIZE), statistic_field(STATISTIC)
    found = queries.stored_points(client, resources=resources, measures=[measure], window=span)
    return {
        (one.resource.account, one.resource.region, one.resource.dimensions[0][1]): pd.Timestamp(
            int(one.ingested[-1]), unit="ms", tz="UTC"
        )
        for one in found
    }
