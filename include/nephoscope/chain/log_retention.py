"""Retention of logs: months of an entry in which all is over go, if the archive holds them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, time
from typing import Any

from nephoscope.archive.log_landing import LogSource
from nephoscope.archive.log_reading import count_events
from nephoscope.chain.retention import Ending, Over, Retained
from nephoscope.config.collections import Collections
from nephoscope.model import Window, outlived
from nephoscope.place import Place
from nephoscope.store.logs.indices import LogIndex, events_of, log_indices
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
    ending = Ending(root, client, dry_run, drop_unarchived)
    logs, over, unclaimed = collections.logs, [], set()
    for index in log_indices(client):
        if index.entry not in logs:
            unclaimed.add(f"logs: {index.entry}")
        elif outlived(index.window.end, logs[index.entry].keep, asked_at):
            over.append(_ended(ending, index))
    unknown = set(drop_unarchived) - {one.name for one in over}
    return Retained(tuple(over), tuple(sorted(unclaimed)), tuple(sorted(unknown)))


def _ended(ending: Ending, index: LogIndex) -> Over:
    stored = events_of(ending.client, index)
    held = count_events(ending.root, sorted({_day(part) for part in stored}))

    def archived(part: Part) -> int:
        return held.get((_path(part), _day(part)), 0)

    return ending.end(index.name, index.window, "log events", stored, archived)


def _path(part: Part) -> str:
    return LogSource(part.account, part.region, part.namespace, "").path


def _day(part: Part) -> Window:
    return Window.day(datetime.combine(part.day, time(), UTC))
