"""The plan of a run that copies logs: which groups, cut into shards of one group and window each.

FilterLogEvents costs nothing a call, but AWS lets an account ask few of them a second, so what a
plan estimates is calls, and the time that they take.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from nephoscope.aws.cloud import Cloud, explained
from nephoscope.config.accounts import Account
from nephoscope.config.collections import Collections
from nephoscope.config.logs import entry_of
from nephoscope.errors import NephoscopeError
from nephoscope.model import Window, outlived
from nephoscope.plan.asking import OF_QUOTA
from nephoscope.plan.discovery import Place, places_of
from nephoscope.plan.log_groups import LogGroup, log_groups

OVERLAP = timedelta(minutes=10)
"""How long before its window a 5-minute run reads again: what came late is caught by then, mostly.
The daily sweep has the rest."""

PAGE_BYTES = 1_000_000
"""Of events that a call of FilterLogEvents answers at the most."""

CALLS = 300
"""Of a shard, about: with the quota to itself a minute of work."""

MOST_PARTS = 96
"""Of a group's day."""


@dataclass(frozen=True, slots=True)
class LogShard:
    """What one extract task reads: the events of a log group in a window of one UTC day.

    Attributes:
        name: for people.
        entry: of ``logs`` in the collections.
        connection: that it is read through.
        account, region, group: whose events they are.
        window: of the events' own times.
        filter: CloudWatch's filter pattern; empty is all.
        redact: the regular expressions of what is not kept.
        pace: calls a second.
        calls: about how many it takes.
        bytes: about how many it brings.
        refusal: why it could not be planned; it fails when it is extracted.
    """

    name: str
    entry: str
    connection: str
    account: str
    region: str
    group: str
    window: Window
    filter: str = ""
    redact: tuple[str, ...] = ()
    pace: float = 1.0
    calls: int = 0
    bytes: int = 0
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class LogPlan:
    """What a run copies.

    Attributes:
        asked_at: when it was planned, in UTC.
        window: of the run.
        shards: what is read.
        unread: what is opted in and not read, with the reason.
        unfound: the names and patterns that no log group fits.
        slots: how many shards are read at once.
    """

    asked_at: datetime
    window: Window
    shards: tuple[LogShard, ...] = ()
    unread: tuple[str, ...] = ()
    unfound: tuple[str, ...] = ()
    slots: int = 1

    @property
    def calls(self) -> int:
        """About how many calls of FilterLogEvents it takes."""
        return sum(one.calls for one in self.shards)

    @property
    def seconds(self) -> float:
        """How long its calls take at the least, each region at the pace of all its shards."""
        return sum(one.calls / one.pace for one in self.shards) / max(self.slots, 1)

    @property
    def groups(self) -> int:
        """How many log groups it reads."""
        return len({(one.account, one.region, one.group) for one in self.shards if one.group})

    @property
    def bytes(self) -> int:
        """About how many bytes of messages it brings."""
        return sum(one.bytes for one in self.shards)


@dataclass(frozen=True, slots=True)
class LogPlanner:
    """Decides which log groups are read, and in which parts.

    Attributes:
        collections: what is opted in, and in which accounts.
        cloud: the clients.
        asked_at: now, in UTC.
        slots: how many shards may be read at once.
    """

    collections: Collections
    cloud: Cloud
    asked_at: datetime
    slots: int

    def plan(self, window: Window) -> LogPlan:
        """Make the plan of a window; a place that refuses becomes a shard that fails."""
        shards: list[LogShard] = []
        unread: list[str] = []
        found: set[str] = set()
        for place, group in self._groups(window, shards):
            found.add(group.name)
            if why := self._unread(group, window):
                unread.append(f"{place}: {group.name} {why}")
                continue
            shards += self._shards(place, group, window)
        names = [one for entry in self.collections.logs.values() for one in entry.groups]
        fits = {one for entry in self.collections.logs.values() for one in entry.fitting(found)}
        unfound = tuple(one for one in names if one not in fits)
        return LogPlan(self.asked_at, window, tuple(shards), tuple(unread), unfound, self.slots)

    def _groups(self, window: Window, refused: list[LogShard]) -> Iterator[tuple[Place, LogGroup]]:
        """Yield the groups that are opted in; what refuses is added to the shards."""
        for account in self.collections.accounts:
            for place in self._places(account, window, refused):
                try:
                    with explained(str(place)):
                        logs = self.cloud.client(account.connection, "logs", place.region)
                        there = list(log_groups(logs, self.asked_at))
                except NephoscopeError as error:
                    refused.append(_refusal(place, window, error))
                    continue
                opted = (one for one in there if entry_of(self.collections.logs, one.name))
                yield from ((place, one) for one in opted)

    def _places(self, account: Account, window: Window, refused: list[LogShard]) -> list[Place]:
        try:
            with explained(account.connection):
                return list(places_of(account, self.cloud))
        except NephoscopeError as error:
            refused.append(_refusal(Place(account, "all regions"), window, error))
            return []

    def _unread(self, group: LogGroup, window: Window) -> str:
        """Return why a group is not read; empty where it is."""
        if not group.readable:
            return "is of a class that FilterLogEvents can't read: leave it out"
        if outlived(window.end, group.retention, self.asked_at):
            return "keeps nothing that old"
        keep = self.collections.logs[self._entry(group)].keep
        return "is not kept that long" if outlived(window.end, keep, self.asked_at) else ""

    def _entry(self, group: LogGroup) -> str:
        return entry_of(self.collections.logs, group.name) or ""

    def _shards(self, place: Place, group: LogGroup, window: Window) -> Iterator[LogShard]:
        name = self._entry(group)
        said = self.collections.logs[name]
        connection = place.account.connection
        account = self.cloud.account(connection)
        for part in _parts(window, group):
            size = group.bytes_a_day * ((part.end - part.start) / timedelta(days=1))
            yield LogShard(
                name=f"{account}/{place.region}{_slashed(group.name)} {part.start:%m-%d %H:%M}",
                entry=name,
                connection=connection,
                account=account,
                region=place.region,
                group=group.name,
                window=part,
                filter=said.filter or "",
                redact=said.redact,
                pace=OF_QUOTA * place.account.quotas.logs / self.slots,
                calls=_calls(size),
                bytes=round(size),
            )


def overlapping(window: Window) -> Window:
    """Return the window that a 5-minute run reads: with what came before it and may be late."""
    return Window(window.start - OVERLAP, window.end)


def _calls(size: float) -> int:
    return max(1, math.ceil(size / PAGE_BYTES))


def _parts(window: Window, group: LogGroup) -> Iterator[Window]:
    """Cut a window into parts of one UTC day each, of about `CALLS` calls; in whole minutes."""
    for day in window.days():
        minutes = max(1, round((day.end - day.start) / timedelta(minutes=1)))
        calls = _calls(group.bytes_a_day * minutes / 1440)
        count = min(-(-calls // CALLS), MOST_PARTS, minutes)
        bounds = [day.start + timedelta(minutes=minutes * n // count) for n in range(count)]
        yield from map(Window, bounds, [*bounds[1:], day.end])


def _slashed(group: str) -> str:
    return group if group.startswith("/") else f"/{group}"


def _refusal(place: Place, window: Window, error: Exception) -> LogShard:
    return LogShard(
        name=f"{place} refused",
        entry="",
        connection=place.account.connection,
        account="",
        region=place.region,
        group="",
        window=Window(window.start, min(window.end, Window.day(window.start).end)),
        refusal=str(error),
    )
