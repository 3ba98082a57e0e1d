"""The rhythm of day and week in numpy, as `nephoscope.demo.aws.fleet` specifies it.

Arrays are (rows, minutes) of int64; hashes are uint64, which wraps as mix does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Hash = NDArray[np.uint64]
Mask = NDArray[np.bool_]

DAY = 1440
WEEK = 7 * DAY
HOT_LEVEL = 256


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes since 1970 that are asked together: `count` of them, every `step`-th from `first`."""

    first: int
    count: int
    step: int = 1

    @property
    def array(self) -> Whole:
        """All of them."""
        return self.first + self.since

    @property
    def since(self) -> Whole:
        """How many minutes each comes after the first."""
        return self.step * np.arange(self.count, dtype=np.int64)

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


def draws(keys: Hash, number: int, times: Whole) -> Hash:
    """Return mix(draw(number) ^ time) of each key and time, such as a minute: (keys, times)."""
    return mix(mix(keys ^ np.uint64(number))[:, None] ^ times.astype(np.uint64)[None, :])


class Rhythm:
    """How the load of each row rises and falls over its days.

    Args:
        keys: of the rows.
        delays: how many minutes after midnight UTC each row's day begins.
        hot: which rows are hot: they have no weekends, and a level of 256.
    """

    def __init__(self, keys: Hash, delays: Whole, hot: Mask) -> None:
        self._keys = keys
        self._delays = delays
        self._hot = hot

    def rise(self, rows: Whole, minutes: Minutes, factors: Whole) -> Whole:
        """Return factor * hump * level, with a factor for each row."""
        begin = minutes.first - self._delays[rows]
        found = _humps(begin % WEEK, self._hot[rows], minutes)
        found *= self._levels(rows, begin, minutes, factors)
        return found

    def _levels(self, rows: Whole, begin: Whole, minutes: Minutes, factors: Whole) -> Whole:
        """Return factor * level on each row's day of its own."""
        first = begin // DAY
        count = minutes.step * minutes.count // DAY + 2
        days = first[:, None] + np.arange(count, dtype=np.int64)
        drawn = mix(self._keys[rows, None] ^ (2**32 + days).astype(np.uint64)) & np.uint64(127)
        levels = np.where(self._hot[rows, None], HOT_LEVEL, 192 + drawn.astype(np.int64))
        levels *= factors[:, None]
        until = DAY * np.arange(1, count + 1, dtype=np.int64) - (begin % DAY)[:, None]
        until = np.minimum(-(-until // minutes.step), minutes.count)
        each = np.diff(until, axis=1, prepend=0)
        return np.repeat(levels.ravel(), each.ravel()).reshape(len(rows), minutes.count)


def _humps(begin: Whole, hot: Mask, minutes: Minutes) -> Whole:
    """Return the humps of minutes that begin at a minute of the week for each row."""
    length = minutes.step * minutes.count
    weeks = _weeks(length // WEEK + 2)
    windows = sliding_window_view(weeks.ravel(), length)
    return windows[begin + weeks.shape[1] * hot, :: minutes.step]


@lru_cache(maxsize=4)
def _weeks(count: int) -> Whole:
    """Return the humps of weeks that begin as 1970 did, on Thursday: usual ones, then hot ones."""
    minute = np.arange(count * WEEK, dtype=np.int64)
    d = minute % DAY
    hump = d * (DAY - d) * 1024 // 518400
    weekend = (minute // DAY + 3) % 7 >= 5
    return np.stack([np.where(weekend, hump * 3 >> 3, hump), hump])
