"""The log groups of a fleet and their streams, as `nephoscope.demo.aws.logs` specifies them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import APPS, REGIONS, Instance, Role, mix
from nephoscope.demo.aws.services import ODD

COLD = "/cold"
_DAY = 86_400_000
_STORED = 20  # bytes, compressed, that an event is reckoned to take


@dataclass(frozen=True, slots=True)
class Stream:
    """A log stream; times are milliseconds since 1970.

    Attributes:
        number: of the stream in its group, s.
        began: its first millisecond.
        ended: the first that it has no more; None if it goes on.
        failing: the minutes of the day in which its instance fails; empty of others.
    """

    number: int
    key: int
    name: str
    began: int
    ended: int | None
    failing: range

    def has(self, t: int) -> bool:
        """Tell whether it can have an event at a time."""
        return self.began <= t and (self.ended is None or t < self.ended)


@dataclass(frozen=True, slots=True)
class Group:
    """A log group of a region; ``place`` is 2 * g + r, ``slot`` is P."""

    name: str
    place: int
    slot: int
    created: int
    streams: tuple[Stream, ...]

    def stored(self, now: float) -> int:
        """Return the bytes that CloudWatch says are stored at a time."""
        slots = len(self.streams) * (now - self.created) / self.slot
        return max(0, round(_STORED * slots))


def groups(fleet: Fleet, region: str) -> tuple[Group, ...]:
    """Return the log groups of a region; none in a region that has none."""
    if region not in REGIONS or not fleet.count:
        return ()
    r = REGIONS.index(region)
    long_ago = 1000 * fleet.midnight - 400 * _DAY
    names = [f"/shop/{app}" for app in APPS]
    shops = [
        _group(fleet, name, 2 * g + r, 300_000, long_ago, _instances(fleet, region, APPS[g]))
        for g, name in enumerate(names)
    ]
    odd = [(s, name.translate({58: "_", 42: "_"}), None) for s, name in enumerate(ODD)]
    workers = [(s, f"worker-{s}", None) for s in range(10)]
    return (
        *shops,
        _group(fleet, "/odd/names", 12 + r, 3_600_000, long_ago, odd),
        _group(fleet, "/dense", 14 + r, 100, long_ago, workers),
        _group(fleet, COLD, 16 + r, 300_000, long_ago, []),
    )


def _instances(fleet: Fleet, region: str, app: str) -> list[tuple[int, str, Instance | None]]:
    return [(one.index, one.id, one) for one in fleet.region(region) if one.app == app]


def _group(
    fleet: Fleet,
    name: str,
    place: int,
    slot: int,
    created: int,
    streams: Sequence[tuple[int, str, Instance | None]],
) -> Group:
    g, r = divmod(place, 2)
    root = mix(mix(fleet.seed) ^ (2**40 + g))
    return Group(
        name,
        place,
        slot,
        created,
        tuple(
            Stream(
                number=s,
                key=mix(root ^ (2 * s + r)),
                name=stream,
                began=1000 * one.launched if one else created,
                ended=1000 * one.stopped if one and one.stopped else None,
                failing=_failing(one),
            )
            for s, stream, one in streams
        ),
    )


def _failing(one: Instance | None) -> range:
    failing = one is not None and one.role is Role.FAILING
    return range(one.event, one.event + 180) if one is not None and failing else range(0)
