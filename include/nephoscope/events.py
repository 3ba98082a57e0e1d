"""The columns of log events: what extract writes, the archive keeps and the loader reads."""

import pyarrow as pa

_MOMENT = pa.timestamp("ms", tz="UTC")

EVENTS = pa.schema(
    [
        pa.field("timestamp", _MOMENT, nullable=False),  # the event's own
        pa.field("event_id", pa.string(), nullable=False),  # AWS's
        pa.field("stream", pa.string(), nullable=False),
        pa.field("message", pa.string(), nullable=False),  # redacted, else as it was written
        pa.field("ingestion_time", _MOMENT, nullable=False),  # when CloudWatch got it
        pa.field("asked_at", _MOMENT, nullable=False),  # when AWS was asked
    ]
)
"""One row an event, of one account, region and log group."""
