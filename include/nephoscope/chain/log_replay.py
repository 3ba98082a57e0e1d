"""Replay of logs: their events in Elasticsearch from the archive, with no call of AWS."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nephoscope.archive.log_reading import kept_logs, log_days, newest_events
from nephoscope.chain.logs import origin_of
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.store.logs.load import store_events


@dataclass(frozen=True, slots=True)
class LogsReplayed:
    """What became of a UTC day's log events: each is created, or was there already."""

    day: str
    events: int
    created: int
    unchanged: int


def replay_logs(root: Place, client: Any, window: Window) -> Iterator[LogsReplayed]:
    """Load the log events of days that the archive has some of.

    Args:
        root: the archive's.
        client: the official client.
        window: whole UTC days.

    Yields:
        Each day that the archive has events of, when it is loaded.

    Raises:
        Rejected: Elasticsearch refuses some; all others are stored.
    """
    known = set(log_days(root))
    for day in (one for one in window.days() if one in known):
        reports = []
        for kept in kept_logs(root, [day]):
            report = store_events(client, origin_of(kept.source), newest_events(root, kept))
            report.check()
            reports.append(report)
        yield LogsReplayed(
            day=f"{day.start:%Y-%m-%d}",
            events=sum(one.produced for one in reports),
            created=sum(one.created for one in reports),
            unchanged=sum(one.unchanged for one in reports),
        )
