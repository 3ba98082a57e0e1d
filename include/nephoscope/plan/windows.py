"""Which windows of time a run collects."""

from datetime import UTC, datetime, timedelta

from nephoscope.model import Window

DAY_SETTLES = timedelta(hours=6)
"""How long after its end a day is read for good."""

LOG_DAY_SETTLES = timedelta(hours=5, minutes=30)
"""The same of a day's logs: they are there when its report is drawn."""

STORAGE_SETTLES = timedelta(hours=36)
"""How long after its end a day's storage metrics are read: AWS publishes them
once a day, and now and then late."""

STORAGE_DAYS = 3
"""How many days a run of `collect_storage` reads: a day may come late, or be missed at first."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def settled_in(interval: Window, every: timedelta, settle: timedelta) -> Window | None:
    """Return the windows that settle during a data interval, as one span.

    The windows are [e - every, e) with e a multiple of ``every`` counted from midnight UTC and
    start < e + settle <= end of the interval. So each window settles in exactly one of the
    intervals that follow one another, and no run waits for CloudWatch.

    Returns:
        The hull of the windows, which touch; None where none settles in the interval.
    """
    after = _floor(interval.start - settle, every)
    until = _floor(interval.end - settle, every)
    return Window(after, until) if after < until else None


def last_settled(asked_at: datetime, every: timedelta, settle: timedelta) -> Window:
    """Return the newest window that has settled: what a manual run collects."""
    end = _floor(asked_at - settle, every)
    return Window(end - every, end)


def _floor(moment: datetime, every: timedelta) -> datetime:
    """Round down to a multiple of ``every``, which divides a day, counted from midnight UTC."""
    return moment - (moment - _EPOCH) % every
