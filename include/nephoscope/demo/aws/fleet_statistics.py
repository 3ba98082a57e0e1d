"""The fleet's statistics over periods in numpy, as `nephoscope.demo.aws.fleet` specifies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nephoscope.demo.aws.fleet_facts import CREDIT_METRICS, Instance
from nephoscope.demo.aws.fleet_samples import Mask, Minutes, Samples, Whole

Values = NDArray[np.float64]

SIMPLE = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
PERCENTILE = re.compile(r"p(100|\d{1,2}(?:\.\d{1,10})?)")
TILE = 2**18
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

    def minutes(self, native: int, step: int) -> Minutes:
        """Return the minutes whose samples the bins hold."""
        first = -(-self.start // native) * native // 60
        return Minutes(first, self.count * self.period // 60 // step, step)


def native_period(instance: Instance, metric: str) -> int:
    """Return the period, in seconds, at which EC2 reports a metric of an instance."""
    return 60 if instance.detailed and metric not in CREDIT_METRICS else 300


class Statistics:
    """Statistics of a fleet over bins; a bin with no sample has the value NaN."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples

    def many(
        self, rows: Whole, metric: str, native: int, bins: Bins, statistics: list[str]
    ) -> dict[str, Values]:
        """Return each statistic of instances of one native period: (instances, bins)."""
        step = 5 if metric in CREDIT_METRICS else 1
        minutes = bins.minutes(native, step)
        tile = max(1, TILE // max(1, minutes.count))
        parts = [
            self._tile(rows[at : at + tile], metric, minutes, bins.count, statistics)
            for at in range(0, len(rows), tile)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in statistics}

    def together(
        self, rows: Whole, metric: str, bins: Bins, statistics: list[str]
    ) -> dict[str, Values]:
        """Return each statistic over the samples of all the instances at once: (bins,)."""
        minutes = bins.minutes(300, 1)
        values = self.samples.values(rows, metric, minutes)
        held = self.samples.exists(rows, minutes)
        shape = len(rows), bins.count, -1
        joined = np.concatenate(values.reshape(shape), axis=1)[None]
        kept = None if held is None else np.concatenate(held.reshape(shape), axis=1)[None]
        return {name: _reduce(joined, kept, name)[0] for name in statistics}

    def _tile(
        self, rows: Whole, metric: str, minutes: Minutes, count: int, statistics: list[str]
    ) -> dict[str, Values]:
        shape = len(rows), count, -1
        values = self.samples.values(rows, metric, minutes).reshape(shape)
        held = self.samples.exists(rows, minutes)
        kept = None if held is None else held.reshape(shape)
        return {name: _reduce(values, kept, name) for name in statistics}


def _reduce(values: Whole, held: Mask | None, statistic: str) -> Values:
    """Reduce (rows, bins, samples) to (rows, bins); held says which samples exist, None all."""
    size: Whole = np.full(values.shape[:2], values.shape[2]) if held is None else held.sum(axis=2)
    with np.errstate(invalid="ignore"):  # a bin of no samples is 0 / 0
        found: Values = _statistic(values, held, size, statistic)
    found[size == 0] = np.nan
    return found


def _statistic(values: Whole, held: Mask | None, size: Whole, statistic: str) -> Any:
    match statistic:
        case "SampleCount":
            return size.astype(np.float64)
        case "Sum" | "Average":
            total = (values if held is None else values * held).sum(axis=2)
            return total / (1000 if statistic == "Sum" else 1000 * size)
        case "Maximum":
            return (values if held is None else np.where(held, values, -1)).max(axis=2) / 1000
        case _:
            rising = np.sort(values if held is None else np.where(held, values, _NONE), axis=2)
            place = _rank(statistic, size) - 1
            return np.take_along_axis(rising, place[:, :, None], axis=2)[:, :, 0] / 1000


def _rank(statistic: str, size: Whole) -> Whole:
    """Return the rank, from 1, of a percentile among so many samples; of Minimum it is 1."""
    if statistic == "Minimum":
        return np.ones_like(size)
    share = Fraction(statistic.removeprefix("p")) / 100
    return np.maximum(1, -(-size * share.numerator // share.denominator))
