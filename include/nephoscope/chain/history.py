"""The states that instances went through, as far as discovery saw them.

EC2 says of an instance its state, its last start and the time of its last stop. Each version of
the inventory says so of the time since the version before it was seen last. Of a terminated
instance EC2 tells for an hour; then it describes it no more, while CloudWatch lists it for two
weeks, so that one which is listed or remembered and not described is gone.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from nephoscope.availability import History, Slot, Spell
from nephoscope.instances import FOREVER, NAMESPACE, Instance, described, names_one
from nephoscope.model import Resource
from nephoscope.store.inventory import Version

AHEAD = timedelta(hours=1)
"""How long before an instance ends its replacement may be launched."""

GROUP = "aws:autoscaling:groupName"

_RUNNING = {"pending", "running"}
_ENDED = {"shutting-down", "terminated"}
_BEGIN = datetime(1970, 1, 1, tzinfo=UTC)


def histories(versions: Iterable[Version]) -> list[History]:
    """Return the history of each instance that the versions are of.

    Nothing is said of the instances of linked accounts, which EC2 does not describe.
    """
    of: dict[Resource, list[Version]] = defaultdict(list)
    for version in versions:
        if version.resource.namespace == NAMESPACE and names_one(version.resource.dimensions):
            of[version.resource].append(version)
    looks: dict[tuple[str, str], set[datetime]] = defaultdict(set)
    for version in (one for some in of.values() for one in some if "state" in one.attributes):
        place = version.resource.account, version.resource.region
        looks[place] |= {version.valid_from, version.seen_at}
    sorted_ = {place: sorted(times) for place, times in looks.items()}
    return [
        _history(resource, some, sorted_.get((resource.account, resource.region), ()))
        for resource, some in sorted(of.items())
    ]


def replacements(known: Sequence[History]) -> dict[Resource, Instance]:
    """Return the replacement of each ended instance that has one.

    That is one of the same Auto Scaling group, or else of the same name, that was launched after
    it and at the earliest an hour before it ended. An instance replaces one at the most.
    """
    of: dict[tuple[str, ...], list[History]] = defaultdict(list)
    for one in sorted(known, key=lambda one: one.launched or FOREVER):
        if one.instance and (role := _role(one.instance)):
            of[role].append(one)
    found: dict[Resource, Instance] = {}
    for members in of.values():
        free = list(members)
        for gone in sorted((one for one in members if one.ended), key=_end):
            since = max(_end(gone) - AHEAD, gone.launched or FOREVER)
            later = (one for one in free if one.launched and one.launched > since)
            if (first := next(later, None)) and first.instance:
                found[gone.resource] = first.instance
                free.remove(first)
    return found


def _end(one: History) -> datetime:
    return one.ended or FOREVER


def _role(one: Instance) -> tuple[str, ...] | None:
    """Return what an instance and its replacement have in common."""
    if name := one.tags.get(GROUP) or one.name:
        return one.account, one.region, (GROUP in one.tags and GROUP) or "Name", name
    return None


def _history(resource: Resource, versions: list[Version], looks: Sequence[datetime]) -> History:
    versions.sort(key=lambda one: one.valid_from)
    shown = [one for one in versions if "state" in one.attributes]
    until = max((one.seen_at for one in shown), default=_BEGIN)
    gone = [one for one in versions if one not in shown and one.valid_from > until]
    spells = _joined(_spells([*shown, *gone], looks)) if looks else ()
    ended = next((one.start for one in spells if one.slot is Slot.TERMINATED), None)
    known = [one for each in shown if (one := described(resource, each.attributes))]
    launched = min((one.launched_at for one in known), default=None)
    return History(resource, known[-1] if known else None, spells, launched, ended)


def _spells(versions: Sequence[Version], looks: Sequence[datetime]) -> Iterator[Spell]:
    """Yield the spells of an instance, in order, up to its end or when it was seen last."""
    before = None
    for version in versions:
        one = described(version.resource, version.attributes)
        for spell in _told(version, one, before):
            if spell.start < spell.end:
                yield spell
            if spell.slot is Slot.TERMINATED:
                return
        before = one
    if (later := bisect_right(looks, versions[-1].seen_at)) < len(looks):
        yield Spell(Slot.TERMINATED, looks[later], FOREVER, Slot.TERMINATED)


def _told(version: Version, one: Instance | None, before: Instance | None) -> Iterator[Spell]:
    """Yield what a version tells; of what it was before, if EC2 gives no time, nothing."""
    first, last = version.valid_from, version.seen_at
    if one is None:
        yield Spell(Slot.TERMINATED, first, FOREVER, Slot.TERMINATED)
    elif one.state in _RUNNING:
        yield Spell(Slot.NO_DATA, one.launched_at, last, Slot.STOPPED)
    else:
        ended = one.state in _ENDED
        slot, end = (Slot.TERMINATED, FOREVER) if ended else (Slot.STOPPED, last)
        if one.stopped_at is None or one.stopped_at <= one.launched_at:
            yield Spell(slot, first, end, slot)
            return
        if ended and before and before.state not in _RUNNING:
            yield Spell(Slot.STOPPED, before.stopped_at or _BEGIN, one.stopped_at)
        else:
            yield Spell(Slot.NO_DATA, one.launched_at, one.stopped_at, Slot.STOPPED)
        yield Spell(slot, one.stopped_at, end)


def _joined(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    """Join spells of the same state that touch."""
    found: list[Spell] = []
    for spell in spells:
        if found and found[-1].slot is spell.slot and found[-1].end >= spell.start:
            one = found[-1]
            found[-1] = Spell(one.slot, one.start, spell.end, one.before)
        else:
            found.append(spell)
    return tuple(found)
