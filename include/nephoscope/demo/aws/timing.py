"""When a point appears in CloudWatch, what it shows at first, and when a metric is listed.

A bin ends at second e = T' + P (T' as `nephoscope.demo.aws.fleet` has it). Its point appears at
e + lag. `PUNCTUAL` has no lag, `Timing(600)` one of ten minutes. `LATE` draws it for each point:

    g   = mix(draw(400 + k) ^ (e // 60)), with the draw of the series' first member and the
          metric's number k (both as `fleet` and `services` have them)
    u   = g & 1023; lag = lo + (hi - lo) * (u - a) // (b - a) seconds between the two knots
          (a, lo), (b, hi) of (0, 30) (128, 75) (256, 120) (512, 240) (768, 470) (896, 750)
          (973, 1220) (1014, 2400) (1024, 5400) with a <= u < b: the median is 4 minutes, 99 %
          appear within 40, the last one after 85
    provisional if (g >> 10) % 20 == 0: for 30 minutes after it appeared, it shows 7/8 of every
          statistic but SampleCount
    listed by ListMetrics draw(399) % 901 seconds after its first sample

All statistics of a series share a point's draw; its resource's other metrics have their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nephoscope.demo.aws.fleet_facts import mix
from nephoscope.demo.aws.fleet_rhythm import Hash, Whole, draws

_KNOTS = (
    (0, 30),
    (128, 75),
    (256, 120),
    (512, 240),
    (768, 470),
    (896, 750),
    (973, 1220),
    (1014, 2400),
    (1024, 5400),
)
_LAGS = np.array(
    [
        low + (high - low) * (u - begin) // (end - begin)
        for (begin, low), (end, high) in pairwise(_KNOTS)
        for u in range(begin, end)
    ]
)
_PROVISIONAL_FOR = 1800
_SHOWN_AT_FIRST = 7 / 8
_LISTED_WITHIN = 900


@dataclass(frozen=True, slots=True)
class Timing:
    """How late CloudWatch is.

    Attributes:
        lag: seconds from the end of a bin until its point appears.
        drawn: whether each point draws a lag of its own on top, and some are revised.
    """

    lag: int = 0
    drawn: bool = False

    @property
    def soonest(self) -> int:
        """How many seconds after a bin's end its point can appear."""
        return self.lag + (int(_LAGS[0]) if self.drawn else 0)

    @property
    def settled(self) -> int:
        """How many seconds after a bin's end its point can change no more."""
        return self.lag + (int(_LAGS[-1]) + _PROVISIONAL_FOR if self.drawn else 0)

    def listing(self, key: int) -> int:
        """Return how many seconds after its first sample a metric is listed, by its series' key."""
        return mix(key ^ 399) % (_LISTED_WITHIN + 1) if self.drawn else 0

    def factors(self, keys: Hash, number: int, ended: Whole, now: float) -> NDArray[np.float64]:
        """Return by what a value is multiplied to be what is shown: NaN before it appears.

        Args:
            keys: of the first member of each series.
            number: the metric's, k.
            ended: when each bin had ended, in seconds since 1970.
            now: seconds since 1970.

        Returns:
            (series, bins).
        """
        drawn = draws(keys, 400 + number, ended // 60)
        since = now - self.lag - ended - _LAGS[(drawn & np.uint64(1023)).astype(np.intp)]
        early = ((drawn >> np.uint64(10)) % np.uint64(20) == 0) & (since < _PROVISIONAL_FOR)
        return np.where(since < 0, np.nan, np.where(early, _SHOWN_AT_FIRST, 1.0))


PUNCTUAL = Timing()
LATE = Timing(drawn=True)
