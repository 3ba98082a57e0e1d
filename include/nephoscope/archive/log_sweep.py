"""The sweep of logs: landing that was loaded and is in a day file for some days goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from nephoscope.archive.landing import LOADED_FILE
from nephoscope.archive.layout import Attempt
from nephoscope.archive.log_days import FOLDER, day_file, read_log_day
from nephoscope.archive.log_landing import EVENTS_FILE
from nephoscope.archive.log_landing import FOLDER as LANDING
from nephoscope.archive.sweep import KEEP
from nephoscope.place import Place, files, leftovers, remove


def sweep_logs(root: Place, asked_at: datetime, keep: timedelta = KEEP) -> int:
    """Remove attempts that were loaded, and compacted a while ago; return how many.

    Args:
        root: the archive's.
        asked_at: now, in UTC.
        keep: how long everything stays.
    """
    before = asked_at - keep
    loaded = [
        Attempt(path.removesuffix(LOADED_FILE))
        for path in files(root, LANDING)
        if path.endswith(LOADED_FILE)
    ]
    compacted = {path: read_log_day(root, path) for path in map(_day_file, loaded)}
    over = [
        one.name
        for one in loaded
        if (day := compacted[_day_file(one)])
        and day.compacted_at <= before
        and one.name in day.attempts
    ]
    for ending in (EVENTS_FILE, LOADED_FILE):  # the mark last: it says what may go
        remove(root, [f"{name}{ending}" for name in over])
    remove(root, leftovers(root, FOLDER, before))
    return len(over)


def _day_file(one: Attempt) -> str:
    return day_file(one.source, one.day)
