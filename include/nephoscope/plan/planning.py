"""Makes the plan of a run: everything that extract and load will do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from nephoscope.aws.cloud import Cloud, explained
from nephoscope.config.accounts import Account
from nephoscope.config.collections import Collections
from nephoscope.errors import NephoscopeError
from nephoscope.model import Window
from nephoscope.plan.asking import Asking, Looked, Part, refusal
from nephoscope.plan.discovery import Discovery, Place, places_of
from nephoscope.plan.fleet import Fleet, Memory, Remembered
from nephoscope.plan.held import Held
from nephoscope.plan.shards import Shard, cut
from nephoscope.plan.unasked import Unasked

Look = Callable[[Place], Discovery]
"""Returns what there is in a place: asked of AWS now, or not long ago."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: the window of each collection, its shards, and what it leaves out.

    Attributes:
        asked_at: when it was made, in UTC.
        windows: of each collection, by its name.
        shards: what is asked.
        unasked: what is not.
        silent: what AWS no longer lists, and is asked all the same.
        looks: where the fleet was seen, and when.
    """

    asked_at: datetime
    windows: Mapping[str, Window]
    shards: tuple[Shard, ...] = ()
    unasked: tuple[Unasked, ...] = ()
    silent: tuple[Remembered, ...] = ()
    looks: tuple[Looked, ...] = ()

    @property
    def days(self) -> list[Window]:
        """The UTC days of which something is asked or stored already, in order."""
        there = (one.shard for one in self.unasked if one.reason == "whole")
        return sorted({Window.day(shard.window.start) for shard in (*self.shards, *there)})


@dataclass(frozen=True, slots=True)
class Planner:
    """Decides what to ask, of whom and in which parts.

    Attributes:
        collections: what to collect.
        cloud: the clients.
        look: finds what there is in a place.
        asked_at: now, in UTC; it decides the period.
        memory: what the inventory remembers.
        slots: how many shards may be read at once.
        held: what is there already.
    """

    collections: Collections
    cloud: Cloud
    look: Look
    asked_at: datetime
    memory: Memory
    slots: int
    held: Held

    def plan(self, windows: Mapping[str, Window]) -> Plan:
        """Make the plan of the windows of collections, by their names.

        What refuses, can't be listed whole, or is over its limit, becomes a shard that fails
        with the reason; the rest is planned.
        """
        parts = [
            part
            for account in (self.collections.accounts if windows else ())
            for part in self._of_account(account, windows)
        ]
        wholes = [whole for part in parts for whole in part.wholes]
        return Plan(
            self.asked_at,
            windows,
            shards=(*cut(wholes), *(one for part in parts for one in part.refused)),
            unasked=tuple(one for part in parts for one in part.unasked),
            silent=tuple(one for part in parts for one in part.silent),
            looks=tuple(look for part in parts for look in part.looks),
        )

    def _of_account(self, account: Account, windows: Mapping[str, Window]) -> Iterator[Part]:
        try:
            with explained(account.connection):
                places = list(places_of(account, self.cloud))
        except NephoscopeError as error:
            yield _refused(Place(account, "all regions"), windows, error)
            return
        for place in places:
            yield from self._of_place(place, windows)

    def _of_place(self, place: Place, windows: Mapping[str, Window]) -> Iterator[Part]:
        try:
            with explained(str(place)):
                found = self.look(place)
        except NephoscopeError as error:
            yield _refused(place, windows, error)
            return
        looked = Looked(place.account.connection, place.region, found.question, found.seen_at)
        yield Part(looks=[looked])
        fleet = Fleet(found, self.memory)
        for name, window in windows.items():
            collection = self.collections.collections[name]
            for day in window.days():
                asking = Asking(name, collection, fleet, day, self.asked_at, self.slots, self.held)
                yield asking.part()


def _refused(place: Place, windows: Mapping[str, Window], error: Exception) -> Part:
    """Return the one shard that stands for all that a place would have been asked."""
    name, window = next(iter(windows.items()))
    return Part(refused=[refusal(str(place), place, name, window, str(error))])
