"""Statistics over periods in numpy, as `nephoscope.demo.aws.fleet` specifies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from nephoscope.demo.aws.fleet_facts import CREDIT_METRICS, Instance
from nephoscope.demo.aws.fleet_rhythm import Hash, Mask, Minutes, Whole

Values = NDArray[np.float64]

SIMPLE = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
PERCENTILE = re.compile(r"p(100|\d{1,2}(?:\.\d{1,10})?)")
TILE = 2**17
"""How many samples are computed at once: what the processor's cache holds."""

_NONE = 2**62
"""Stands for a sample that does not exist, above all that do."""


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins that are asked together: `count` of `period` seconds each, the first one from `start`.

    Both are whole minutes; start is in seconds since 1970.
    """

    start: int
    period: int
    count: int

    @property
    def starts(self) -> Whole:
        """When each bin begins, in seconds since 1970."""
        return self.start + self.period * np.arange(self.count, dtype=np.int64)

    def part(self, first: int, count: int) -> Bins:
        """Return so many of the bins, from the first."""
        return Bins(self.start + first * self.period, self.period, count)

    def aligned(self, native: int) -> int:
        """Return when the first bin's samples begin."""
        return -(-self.start // native) * native

    def ends(self, native: int) -> Whole:
        """Return when each bin's samples end, in seconds since 1970."""
        return self.aligned(native) + self.period * np.arange(1, self.count + 1, dtype=np.int64)

    def minutes(self, native: int, step: int) -> Minutes:
        """Return the minutes whose samples the bins hold."""
        return Minutes(self.aligned(native) // 60, self.count * self.period // 60 // step, step)


def native_period(instance: Instance, metric: str) -> int:
    """Return the period, in seconds, at which EC2 reports a metric of an instance."""
    return 60 if instance.detailed and metric not in CREDIT_METRICS else 300


class Source(Protocol):
    """Has samples by row and minute: those of instances, or of a service's parts."""

    key: Hash

    def step(self, metric: str, /) -> int:
        """Return how many minutes lie between two samples."""

    def scale(self, metric: str, /) -> int:
        """Return of what part of the unit samples are whole numbers."""

    def values(self, rows: Whole, metric: str, minutes: Minutes, /) -> Whole:
        """Return the samples of a metric, also where there are none."""

    def exists(self, rows: Whole, metric: str, minutes: Minutes, /) -> Mask | None:
        """Tell where there is a sample; None says everywhere."""


class Statistics:
    """Statistics of samples over bins; a bin with no sample has the value NaN."""

    def __init__(self, samples: Source) -> None:
        self.samples = samples

    def many(
        self, rows: Whole, metric: str, native: int, bins: Bins, statistics: list[str]
    ) -> dict[str, Values]:
        """Return each statistic of series of one native period: (series, bins).

        Args:
            rows: (series, members); a series has the samples of all its members.
            metric: whose samples they are.
            native: period, in seconds.
            bins: at least one.
            statistics: their names.
        """
        size = rows.shape[1] * bins.period // (60 * self.samples.step(metric))
        wide = min(bins.count, max(1, TILE // size))
        high = max(1, TILE // (size * wide))
        found = {name: np.empty((len(rows), bins.count)) for name in statistics}
        for top in range(0, len(rows), high):
            for left in range(0, bins.count, wide):
                part = bins.part(left, min(wide, bins.count - left))
                tile = self._tile(rows[top : top + high], metric, native, part, statistics)
                for name, values in tile.items():
                    found[name][top : top + high, left : left + wide] = values
        return found

    def _tile(
        self, rows: Whole, metric: str, native: int, bins: Bins, statistics: list[str]
    ) -> dict[str, Values]:
        minutes = bins.minutes(native, self.samples.step(metric))
        values = self.samples.values(rows.ravel(), metric, minutes)
        held = self.samples.exists(rows.ravel(), metric, minutes)
        joined = _join(values, rows.shape, bins.count)
        kept = None if held is None else _join(held, rows.shape, bins.count)
        scale = self.samples.scale(metric)
        return {name: _reduce(joined, kept, scale, name) for name in statistics}


def _join(samples: NDArray[Any], shape: tuple[int, ...], bins: int) -> NDArray[Any]:
    """Bring (series * members, minutes) to (series, bins, samples), the members' ones together."""
    apart = samples.reshape(*shape, bins, -1)
    return apart.swapaxes(1, 2).reshape(shape[0], bins, -1)


def _reduce(values: Whole, held: Mask | None, scale: int, statistic: str) -> Values:
    """Reduce (rows, bins, samples) to (rows, bins); held says which samples exist, None all."""
    size: Whole = np.full(values.shape[:2], values.shape[2]) if held is None else held.sum(axis=2)
    with np.errstate(invalid="ignore"):  # a bin of no samples is 0 / 0
        found: Values = _statistic(values, held, size, scale, statistic)
    found[size == 0] = np.nan
    return found


def _statistic(values: Whole, held: Mask | None, size: Whole, scale: int, statistic: str) -> Any:
    match statistic:
        case "SampleCount":
            return size.astype(np.float64)
        case "Sum" | "Average":
            total = (values if held is None else values * held).sum(axis=2)
            return total / (scale if statistic == "Sum" else scale * size)
        case "Maximum":
            return (values if held is None else np.where(held, values, -1)).max(axis=2) / scale
        case _:
            rising = np.sort(values if held is None else np.where(held, values, _NONE), axis=2)
            place = _rank(statistic, size) - 1
            return np.take_along_axis(rising, place[:, :, None], axis=2)[:, :, 0] / scale


def _rank(statistic: str, size: Whole) -> Whole:
    """Return the rank, from 1, of a percentile among so many samples; of Minimum it is 1."""
    if statistic == "Minimum":
        return np.ones_like(size)
    share = Fraction(statistic.removeprefix("p")) / 100
    return np.maximum(1, -(-size * share.numerator // share.denominator))
