"""The minute samples of the demo fleet in numpy, as `nephoscope.demo.aws.fleet` specifies them.

Arrays are (instances, minutes) of int64 thousandths; hashes are uint64, which wraps as mix does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import CREDITS, EVENT_MINUTES, METRICS, RATES, Instance, Role

Whole = NDArray[np.int64]
Hash = NDArray[np.uint64]
Mask = NDArray[np.bool_]

WEEK = 7 * 1440
FOREVER = 2**40
"""A minute that no instance sees."""

_NUMBERS = {metric: number for number, metric in enumerate(METRICS)}


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes since 1970 that are asked together: `count` of them, every `step`-th from `first`."""

    first: int
    count: int
    step: int = 1

    @property
    def array(self) -> Whole:
        """All of them."""
        return self.first + self.step * np.arange(self.count, dtype=np.int64)

    @property
    def last(self) -> int:
        """The last of them."""
        return self.first + self.step * (self.count - 1)


def mix(x: Hash) -> Hash:
    """Hash each number; the array is overwritten."""
    other = np.empty_like(x)
    x += np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        np.right_shift(x, np.uint64(shift), out=other)
        x ^= other
        x *= np.uint64(factor)
    np.right_shift(x, np.uint64(31), out=other)
    x ^= other
    return x


class Samples:
    """The minute samples of a fleet; instances are given as an array of their numbers."""

    def __init__(self, fleet: Fleet) -> None:
        instances = fleet.instances
        self.key = np.array([one.key for one in instances], dtype=np.uint64)
        self.delay = _column([one.delay for one in instances])
        self.base, self.swing, self.noise, self.burst = (
            np.array([one.shape for one in instances], dtype=np.int64).reshape(-1, 4).T
        )
        self.rates = _column([[one.rate(k + 1) for k in range(len(RATES))] for one in instances])
        self.credits = _column([CREDITS.get(one.type, 0) for one in instances])
        self.hot = np.array([one.role is Role.HOT for one in instances])
        self.fails = _span([one.event if one.role is Role.FAILING else None for one in instances])
        self.gaps = _span([one.event if one.role is Role.GAP else None for one in instances])
        self.born = _column([-(-one.launched // 60) for one in instances])
        self.dead = _column([_end(one) for one in instances])

    def values(self, rows: Whole, metric: str, minutes: Minutes) -> Whole:
        """Return the samples of a metric, also where `exists` says that there are none."""
        match number := _NUMBERS[metric]:
            case 0:
                return self._cpu(rows, minutes)
            case 1 | 2 | 3 | 4 | 5 | 6:
                factor = 768 + (self._hash(rows, number, minutes) & 511)
                rate = self.rates[rows, number - 1, None]
                return 1000 * ((self._load(rows, minutes) * rate * factor) >> 20)
            case 7 | 8:
                return 1000 * _inside(self.fails[rows], minutes)
            case 9:
                return np.zeros((len(rows), minutes.count), dtype=np.int64)
            case 10:
                cap = self.credits[rows, None]
                return 1000 * cap - ((400 * cap * self._hump_and_level(rows, minutes)) >> 18)
            case _:
                return self._load(rows, minutes) // 10

    def exists(self, rows: Whole, minutes: Minutes) -> Mask | None:
        """Tell where CloudWatch holds a sample; None says everywhere, which is the usual case."""
        born, dead = self.born[rows, None], self.dead[rows, None]
        gaps = self.gaps[rows]
        if (born <= minutes.first).all() and (dead > minutes.last).all() and (gaps < 0).all():
            return None
        array = minutes.array[None, :]
        inside: Mask = (array >= born) & (array < dead) & (_inside(gaps, minutes) == 0)
        return inside

    def _cpu(self, rows: Whole, minutes: Minutes) -> Whole:
        drawn = self._hash(rows, 0, minutes)
        noise = (drawn & 1023) + ((drawn >> 10) & 1023) - 1023
        noise *= self.noise[rows, None]
        noise >>= 10
        noise += self._load(rows, minutes)
        return np.clip(noise, 0, 100000, out=noise)

    def _hash(self, rows: Whole, number: int, minutes: Minutes) -> Whole:
        """Return the low 63 bits of h."""
        key = mix(self.key[rows] ^ np.uint64(100 + number))
        drawn = mix(key[:, None] ^ minutes.array.astype(np.uint64)[None, :])
        drawn &= np.uint64(2**63 - 1)
        return drawn.view(np.int64)

    def _load(self, rows: Whole, minutes: Minutes) -> Whole:
        rise = self._hump_and_level(rows, minutes)
        rise *= self.swing[rows, None]
        rise >>= 18
        rise += self.base[rows, None]
        rise += self._spike(rows, minutes)
        return rise

    def _hump_and_level(self, rows: Whole, minutes: Minutes) -> Whole:
        """Return hump * level."""
        local = minutes.array[None, :] - self.delay[rows, None]
        day = local // 1440
        first = day[:, :1]
        days = first + np.arange(day[:, -1].max() - first.min() + 1, dtype=np.int64)[None, :]
        level = mix(self.key[rows, None] ^ (2**32 + days).astype(np.uint64)) & np.uint64(127)
        levels = np.where(self.hot[rows, None], 256, 192 + level.astype(np.int64))
        local %= WEEK
        local += WEEK * self.hot[rows, None]
        local[:] = _HUMPS[local]
        local *= np.take_along_axis(levels, day - first, axis=1)
        return local

    def _spike(self, rows: Whole, minutes: Minutes) -> Whole:
        first = minutes.first // 15
        blocks = np.arange(first, minutes.last // 15 + 1, dtype=np.uint64)
        drawn = mix(self.key[rows, None] ^ (np.uint64(2**33) + blocks)[None, :])
        height = ((drawn >> np.uint64(8)) & np.uint64(1023)).astype(np.int64)
        spikes = (height * self.burst[rows, None]) >> 10
        spikes[(drawn & np.uint64(63)) != 0] = 0
        spread: Whole = spikes[:, minutes.array // 15 - first]
        return spread


def _column(numbers: list[int] | list[list[int]]) -> Whole:
    return np.array(numbers, dtype=np.int64)


def _span(events: list[int | None]) -> Whole:
    """Return where a span of the day begins, -1440 where there is none."""
    return np.array([-1440 if event is None else event for event in events], dtype=np.int64)


def _end(one: Instance) -> int:
    return FOREVER if one.stopped is None else one.stopped // 60


def _inside(starts: Whole, minutes: Minutes) -> Whole:
    """Return 1 in the minutes of the day that lie in each instance's span, else 0."""
    since = (minutes.array % 1440)[None, :] - starts[:, None]
    return ((since >= 0) & (since < EVENT_MINUTES)).astype(np.int64)


def _week() -> Whole:
    """Return the hump of each minute of a week that begins as 1970 did, on Thursday."""
    minute = np.arange(WEEK, dtype=np.int64)
    d = minute % 1440
    hump = d * (1440 - d) * 1024 // 518400
    weekend = (minute // 1440 + 3) % 7 >= 5
    return np.concatenate([np.where(weekend, hump * 3 >> 3, hump), hump])


_HUMPS = _week()
"""The humps of a usual week, then those of a hot one."""
