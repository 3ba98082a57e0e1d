"""Tables of points, written by hand or drawn by hypothesis."""

from datetime import UTC, datetime

import pyarrow as pa

from nephoscope.model import dimensions_key
from nephoscope.points import POINTS

ASKED = datetime(2026, 11, 23, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def point(
    metric="CPUUtilization",
    statistic="Average",
    value=1.0,
    *,
    timestamp=NOON,
    asked_at=ASKED,
    dimensions=(("InstanceId", "i-1"),),
    namespace="AWS/EC2",
    account="123456789012",
    region="eu-west-1",
    period=300,
):
    """One row of a table."""
    return {
        "account": account,
        "region": region,
        "namespace": namespace,
        "dimensions": dimensions_key(tuple(dict(dimensions).items())),
        "metric": metric,
        "statistic": statistic,
        "period": period,
        "timestamp": timestamp,
        "value": value,
        "asked_at": asked_at,
    }


def table(*points):
    return pa.Table.from_pylist(list(points)).cast(POINTS) if points else POINTS.empty_table()
