"""The finest period that CloudWatch still holds at an age."""

from datetime import datetime, timedelta

MARGIN = timedelta(hours=6)
"""Of a plan before each retention edge: a backfill may queue that long."""


def finest_period(
    native: int, start: datetime, asked_at: datetime, margin: timedelta = MARGIN
) -> int | None:
    """Return the finest period, in seconds, at which a window's points can still be had.

    Args:
        native: the period at which AWS publishes the metric, or a coarser one that is wanted.
        start: the window's start, whose age decides.
        asked_at: when AWS is asked.
        margin: how long before a retention edge it counts as passed.

    Returns:
        The native period where it is kept, else 300 or 3600; None where CloudWatch may no
        longer hold any.
    """
    age = asked_at - start + margin
    return next((p for p in (native, 300, 3600) if p >= native and age <= _kept(p)), None)


def _kept(period: int) -> timedelta:
    """How long CloudWatch keeps points of a period (GetMetricData's documentation)."""
    if period < 300:
        return timedelta(days=15)
    return timedelta(days=63 if period < 3600 else 455)
