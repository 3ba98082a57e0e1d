"""The minute samples of a service's parts in numpy, as `nephoscope.demo.aws.services` has them.

A row is a part of a resource: parts follow each other in the order of the resources.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nephoscope.demo.aws.fleet_facts import REGIONS
from nephoscope.demo.aws.fleet_rhythm import Hash, Mask, Minutes, Rhythm, Whole, draws, mix
from nephoscope.demo.aws.fleet_samples import FOREVER
from nephoscope.demo.aws.service_facts import Resource
from nephoscope.demo.aws.services import Metric, Service


class ServiceSamples:
    """The minute samples of all resources of a service."""

    def __init__(self, service: Service, resources: Sequence[Resource]) -> None:
        parts = [(one, key) for one in resources for key in one.parts]
        self._service = service
        self._numbers = {metric.name: k for k, metric in enumerate(service.metrics)}
        self._created = np.array([one.created for one, _ in parts], dtype=np.int64)
        self._born = -(-self._created // 60)
        fast = [FOREVER if one.fast is None else one.fast for one, _ in parts]
        self._fast = np.array(fast, dtype=np.int64)
        self._objects = np.array([one.objects for one, _ in parts], dtype=np.int64)
        self._dead = np.array([_end(one) for one, _ in parts], dtype=np.int64)
        self.key = np.array([key for _, key in parts], dtype=np.uint64)
        late = np.array([300 * REGIONS.index(one.region) for one, _ in parts], dtype=np.int64)
        never = np.zeros(len(parts), dtype=bool)
        self._rhythm = Rhythm(self.key, _pick(self.key, 8, 0, 120) + late, never)

    def step(self, _metric: str) -> int:
        """Return how many minutes lie between two samples."""
        return self._service.native // 60

    def scale(self, metric: str) -> int:
        """Return of what part of the unit samples are whole numbers."""
        return self._metric(metric).scale

    def values(self, rows: Whole, metric: str, minutes: Minutes) -> Whole:
        """Return the samples of a metric, also where `exists` says that there are none."""
        one, k = self._metric(metric), self._numbers[metric]
        sizes = _pick(self.key[rows], 200 + k, one.low, one.high)[:, None]
        drawn = draws(self.key[rows], 100 + k, minutes.array)
        if one.grows:
            return self._grown(rows, one, minutes, sizes, drawn)
        rise = self._rhythm.rise(rows, minutes, np.full(len(rows), one.swing))
        rise += 2**18
        rise *= sizes
        rise >>= 18
        drawn &= np.uint64(one.noise - 1)  # % noise: all are powers of two
        drawn += np.uint64(1024 - one.noise // 2)
        rise *= drawn.view(np.int64)
        rise >>= 10
        return rise

    def _grown(
        self, rows: Whole, metric: Metric, minutes: Minutes, sizes: Whole, drawn: Hash
    ) -> Whole:
        """Return the samples of what grows from day to day."""
        if metric.name == "NumberOfObjects":
            planted = self._objects[rows, None]
            sizes = np.where(planted > 0, planted, sizes)
        seconds = 60 * minutes.array
        days = (seconds - self._created[rows, None]) // 86400
        fast = np.maximum(0, 1 + (seconds - self._fast[rows, None]) // 86400)
        noise = (drawn % (sizes >> 12).astype(np.uint64)).astype(np.int64)
        grown: Whole = sizes + (sizes >> 10) * days + (sizes >> 4) * fast + noise
        return grown

    def exists(self, rows: Whole, metric: str, minutes: Minutes) -> Mask | None:
        """Tell where CloudWatch holds a sample; None says everywhere."""
        key, k, share = self.key[rows], self._numbers[metric], self._metric(metric).share
        gates = [
            draws(key, number, times) % np.uint64(1024) < passing
            for number, times, passing in (
                (97, minutes.array // 15, self._service.busy),
                (300 + k, minutes.array, share),
            )
            if passing < 1024
        ]
        born, dead = self._born[rows], self._dead[rows]
        if (born > minutes.first).any() or (dead <= minutes.last).any():
            gates.append((minutes.array >= born[:, None]) & (minutes.array < dead[:, None]))
        return np.logical_and.reduce(gates) if gates else None

    def _metric(self, name: str) -> Metric:
        return self._service.metrics[self._numbers[name]]


def _pick(keys: Hash, number: int, low: int, high: int) -> Whole:
    drawn = mix(keys ^ np.uint64(number)) % np.uint64(high - low + 1)
    return low + drawn.astype(np.int64)


def _end(one: Resource) -> int:
    return FOREVER if one.ended is None else one.ended // 60
