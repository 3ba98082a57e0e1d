"""The minute samples of the demo fleet in numpy, as `nephoscope.demo.aws.fleet` specifies them.

Arrays are (instances, minutes) of int64 thousandths.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import (
    CREDIT_METRICS,
    CREDITS,
    EVENT_MINUTES,
    METRICS,
    RATES,
    Instance,
    Role,
)
from nephoscope.demo.aws.fleet_rhythm import Mask, Minutes, Rhythm, Whole, draws, mix

FOREVER = 2**40
"""A minute that no instance sees."""

CHECKS = {7: (Role.FAILING, Role.SYSTEM), 8: (Role.FAILING,), 9: (Role.SYSTEM,)}
"""Whose status checks fail, by the number of the metric."""

_NUMBERS = {metric: number for number, metric in enumerate(METRICS)}


class Samples:
    """The minute samples of a fleet; instances are given as an array of their numbers."""

    def __init__(self, fleet: Fleet) -> None:
        instances = fleet.instances
        self.key = np.array([one.key for one in instances], dtype=np.uint64)
        self.base, self.swing, self.noise, self.burst = (
            np.array([one.shape for one in instances], dtype=np.int64).reshape(-1, 4).T
        )
        self.rates = _column([[one.rate(k + 1) for k in range(len(RATES))] for one in instances])
        self.credits = _column([CREDITS.get(one.type, 0) for one in instances])
        hot = np.array([one.role is Role.HOT for one in instances], dtype=bool)
        delays = _column([one.delay for one in instances])
        self._rhythm = Rhythm(self.key, delays, hot)
        self.fails = {number: _events(instances, *roles) for number, roles in CHECKS.items()}
        self.gaps = _events(instances, Role.GAP)
        self.born = _column([-(-one.launched // 60) for one in instances])
        self.rests = _column([_minute(one.stopped) for one in instances])
        self.wakes = _column([-(-(one.started or 0) // 60) or FOREVER for one in instances])
        self.dead = _column([_minute(one.last) for one in instances])

    def values(self, rows: Whole, metric: str, minutes: Minutes) -> Whole:
        """Return the samples of a metric, also where `exists` says that there are none."""
        match number := _NUMBERS[metric]:
            case 0:
                return self._cpu(rows, minutes)
            case 1 | 2 | 3 | 4 | 5 | 6:
                return self._traffic(rows, number, minutes)
            case 7 | 8 | 9:
                return 1000 * _inside(self.fails[number][rows], minutes)
            case 10:
                caps = self.credits[rows]
                return 1000 * caps[:, None] - (self._rhythm.rise(rows, minutes, 400 * caps) >> 18)
            case _:
                return self._load(rows, minutes) // 10

    def step(self, metric: str) -> int:
        """Return how many minutes lie between two samples."""
        return 5 if metric in CREDIT_METRICS else 1

    def scale(self, _metric: str) -> int:
        """Return of what part of the unit samples are whole numbers."""
        return 1000

    def exists(self, rows: Whole, _metric: str, minutes: Minutes) -> Mask | None:
        """Tell where CloudWatch holds a sample; None says everywhere, which is the usual case."""
        born, dead = self.born[rows, None], self.dead[rows, None]
        rests, wakes, gaps = self.rests[rows, None], self.wakes[rows, None], self.gaps[rows]
        first, last = minutes.first, minutes.last
        runs = (born <= first) & ((rests > last) | (wakes <= first)) & (dead > last)
        if runs.all() and (gaps < 0).all():
            return None
        array = minutes.array[None, :]
        inside: Mask = (array >= born) & (array < dead) & (_inside(gaps, minutes) == 0)
        inside &= (array < rests) | (array >= wakes)
        return inside

    def _cpu(self, rows: Whole, minutes: Minutes) -> Whole:
        drawn = self._hash(rows, 0, minutes)
        noise = drawn & 1023
        drawn >>= 10
        drawn &= 1023
        noise += drawn
        noise -= 1023
        noise *= self.noise[rows, None]
        noise >>= 10
        noise += self._load(rows, minutes)
        return np.clip(noise, 0, 100000, out=noise)

    def _traffic(self, rows: Whole, number: int, minutes: Minutes) -> Whole:
        found = self._hash(rows, number, minutes)
        found &= 511
        found += 768
        found *= self._load(rows, minutes)
        found *= self.rates[rows, number - 1, None]
        found >>= 20
        found *= 1000
        return found

    def _hash(self, rows: Whole, number: int, minutes: Minutes) -> Whole:
        """Return h, of whose bits the highest is taken for the sign."""
        return draws(self.key[rows], 100 + number, minutes.array).view(np.int64)

    def _load(self, rows: Whole, minutes: Minutes) -> Whole:
        rise = self._rhythm.rise(rows, minutes, self.swing[rows])
        rise >>= 18
        rise += self._base_and_spike(rows, minutes)
        return rise

    def _base_and_spike(self, rows: Whole, minutes: Minutes) -> Whole:
        first = minutes.first // 15
        blocks = np.arange(first, minutes.last // 15 + 1, dtype=np.uint64)
        drawn = mix(self.key[rows, None] ^ (np.uint64(2**33) + blocks)[None, :])
        height = ((drawn >> np.uint64(8)) & np.uint64(1023)).astype(np.int64)
        spikes = (height * self.burst[rows, None]) >> 10
        spikes[(drawn & np.uint64(63)) != 0] = 0
        spikes += self.base[rows, None]
        spread = np.repeat(spikes, 15, axis=1)[:, minutes.first % 15 :: minutes.step]
        return spread[:, : minutes.count]


def _column(numbers: list[int] | list[list[int]]) -> Whole:
    return np.array(numbers, dtype=np.int64)


def _events(instances: Iterable[Instance], *roles: Role) -> Whole:
    """Return where the event of those of some roles begins, -1440 for the others."""
    return _column([one.event if one.role in roles else -1440 for one in instances])


def _minute(moment: int | None) -> int:
    return FOREVER if moment is None else moment // 60


def _inside(starts: Whole, minutes: Minutes) -> Whole:
    """Return 1 in the minutes of the day that lie in each instance's span, else 0."""
    since = (minutes.array % 1440)[None, :] - starts[:, None]
    return ((since >= 0) & (since < EVENT_MINUTES)).astype(np.int64)
