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
    """A table of rows."""
    columns = [[one[name] for one in points] for name in POINTS.names]
    return pa.table([*map(column, columns, POINTS)], schema=POINTS)


def column(values, field):
    if pa.types.is_timestamp(field.type):
        milliseconds = [int(value.timestamp() * 1000) for value in values]
        return pa.array(milliseconds, pa.int64()).cast(field.type)
    if pa.types.is_dictionary(field.type):
        return pa.array(values, pa.string()).dictionary_encode()
    return pa.array(values, field.type)
