"""The columns of points: what extract writes, the archive keeps and the loader reads."""

import pyarrow as pa

_NAME = pa.dictionary(pa.int32(), pa.string())
_MOMENT = pa.timestamp("ms", tz="UTC")

POINTS = pa.schema(
    [
        pa.field("account", _NAME, nullable=False),  # 12 digits
        pa.field("region", _NAME, nullable=False),
        pa.field("namespace", _NAME, nullable=False),
        pa.field("dimensions", _NAME, nullable=False),  # model.dimensions_key
        pa.field("metric", _NAME, nullable=False),
        pa.field("statistic", _NAME, nullable=False),  # as CloudWatch spells it: Average, p99.9
        pa.field("period", pa.int32(), nullable=False),  # seconds
        pa.field("timestamp", _MOMENT, nullable=False),  # the period's start
        pa.field("value", pa.float64(), nullable=False),
        pa.field("asked_at", _MOMENT, nullable=False),  # when AWS was asked
    ]
)
"""One row a point. Rows of one resource and period stand together, otherwise in any order."""
