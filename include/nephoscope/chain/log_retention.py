"""Retention of logs: months of an entry in which all is over go, if the archive holds them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time
from typing import Any

from nephoscope.archive.log_landing import LogSource
from nephoscope.archive.log_reading import count_events
from nephoscope.chain.retention import Over, Retained, Shortfall
from nephoscope.config.collections import Collections
from nephoscope.model import Window, outlived
from nephoscope.place import Place
from nephoscope.store.logs.indices import LogIndex, events_of, log_indices
from nephoscope.store.upkeep import retention
from nephoscope.store.upkeep.retention import Part


def retain_logs(
    root: Place,
    client: Any,
    collections: Collections,
    asked_at: datetime,
    *,
    dry_run: bool,
    drop_unarchived: Collection[str] = (),
) -> Retained:
    """Drop the indices of log events in which all is over; the arguments are those of `retain`."""
    logs, over, unclaimed = collections.logs, [], set()
    for index in log_indices(client):
        if index.entry not in logs:
            unclaimed.add(f"logs: {index.entry}")
        elif outlived(index.window.end, logs[index.entry].keep, asked_at):
            one = _compared(root, client, index, forced=index.name in drop_unarchived)
            if one.goes and not dry_run:
                retention.drop(client, index.name)
            over.append(one)
    unknown = set(drop_unarchived) - {one.name for one in over}
    return Retained(tuple(over), tuple(sorted(unclaimed)), tuple(sorted(unknown)))


def _compared(root: Place, client: Any, index: LogIndex, *, forced: bool) -> Over:
    """Compare an index with the archive."""
    stored = events_of(client, index)
    held = count_events(root, sorted({_day(part) for part in stored}))
    short = [
        Shortfall(part, count, in_archive)
        for part, count in sorted(stored.items())
        if (in_archive := held.get((_path(part), _day(part)), 0)) < count
    ]
    count, parts = sum(stored.values()), len(stored)
    end = index.window.end
    return Over(index.name, end, "log events", count, parts, tuple(short), forced)


def _path(part: Part) -> str:
    return LogSource(part.account, part.region, part.namespace, "").path


def _day(part: Part) -> Window:
    return Window.day(datetime.combine(part.day, time(), UTC))
