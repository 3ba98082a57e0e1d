"""The series that CloudWatch has of a fleet, by namespace: found by their names, and listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from nephoscope.demo.aws.cloudwatch_rules import Dimensions
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import CREDIT_METRICS, METRICS, NAMESPACE, Instance
from nephoscope.demo.aws.fleet_samples import Samples
from nephoscope.demo.aws.fleet_statistics import Statistics, native_period
from nephoscope.demo.aws.service_facts import Resource, resources
from nephoscope.demo.aws.service_samples import ServiceSamples
from nephoscope.demo.aws.service_table import SERVICES
from nephoscope.demo.aws.services import Metric, Service

GROUP_DIMENSION = "AutoScalingGroupName"
INSTANCE_DIMENSION = "InstanceId"
GROUP_PERIOD = 300
FOREVER = float("inf")

_NUMBERS = {metric: number for number, metric in enumerate(METRICS)}


@dataclass(frozen=True, slots=True)
class Series:
    """What CloudWatch holds under one metric.

    Attributes:
        number: the metric's place, k in the specification.
        dimensions: sorted.
        native: period, in seconds.
        rows: whose samples they are, in the statistics of the namespace.
        first: when it has the first sample, in seconds since 1970.
        last: when it has the last one.
        owner: the id of the instance that it goes with, "" if none.
    """

    namespace: str
    metric: str
    number: int
    unit: str
    dimensions: Dimensions
    native: int
    rows: tuple[int, ...]
    first: float
    last: float
    owner: str


class Namespace(Protocol):
    """The series of one namespace of a fleet."""

    @property
    def statistics(self) -> Statistics:
        """Computes the series' values, by their rows."""

    def find(self, region: str, metric: str, dimensions: Dimensions) -> Series | None:
        """Find a series by its exact set of dimensions; None if there is none."""

    def all(self, region: str) -> Iterator[Series]:
        """Return all the series of a region."""


def namespaces(fleet: Fleet) -> dict[str, Namespace]:
    """Return all that CloudWatch has of a fleet, by namespace."""
    found: dict[str, Namespace] = {NAMESPACE: Instances(fleet)}
    for number, service in enumerate(SERVICES, 1):
        found[service.namespace] = Parts(fleet, service, number)
    return found


class Instances:
    """AWS/EC2: the metrics of the instances and of their Auto Scaling groups."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet

    @cached_property
    def statistics(self) -> Statistics:
        """Computes values; an instance's row is its number."""
        return Statistics(Samples(self._fleet))

    def find(self, region: str, metric: str, dimensions: Dimensions) -> Series | None:
        """Find a series by its exact set of dimensions; None if there is none."""
        if len(dimensions) != 1:
            return None
        ((name, value),) = dimensions
        if name == GROUP_DIMENSION and metric in METRICS and metric not in CREDIT_METRICS:
            members = self._fleet.groups.get((region, value))
            return _group(value, metric, members) if members else None
        one = self._fleet.by_id.get(value) if name == INSTANCE_DIMENSION else None
        if one is None or one.region != region or not one.has(metric):
            return None
        return _instance(one, metric)

    def all(self, region: str) -> Iterator[Series]:
        """Return all the series of a region."""
        for one in self._fleet.region(region):
            for metric in one.metrics:
                yield _instance(one, metric)
        for (of, name), members in self._fleet.groups.items():
            for metric in METRICS if of == region else ():
                if metric not in CREDIT_METRICS:
                    yield _group(name, metric, members)


class Parts:
    """The namespace of a service: the metrics of its resources, on each of its levels.

    Args:
        fleet: beside which they run.
        service: whose namespace it is.
        number: the service's place in the table, from 1.
    """

    def __init__(self, fleet: Fleet, service: Service, number: int) -> None:
        self._fleet = fleet
        self._service = service
        self._number = number
        self._metrics = {metric.name: (k, metric) for k, metric in enumerate(service.metrics)}

    @cached_property
    def _resources(self) -> dict[tuple[str, str], Resource]:
        found = resources(self._fleet, self._service, self._number)
        return {(one.region, one.value): one for one in found}

    @cached_property
    def statistics(self) -> Statistics:
        """Computes values; a row is a part of a resource."""
        return Statistics(ServiceSamples(self._service, list(self._resources.values())))

    def find(self, region: str, metric: str, dimensions: Dimensions) -> Series | None:
        """Find a series by its exact set of dimensions; None if there is none."""
        value = dict(dimensions).get(self._service.dimension, "")
        one = self._resources.get((region, value))
        if one is None or metric not in self._metrics:
            return None
        k, known = self._metrics[metric]
        parts = one.series(known).get(dimensions)
        return self._series(one, k, known, dimensions, parts) if parts else None

    def all(self, region: str) -> Iterator[Series]:
        """Return all the series of a region."""
        for one in self._resources.values():
            for k, metric in self._metrics.values() if one.region == region else ():
                for dimensions, parts in one.series(metric).items():
                    yield self._series(one, k, metric, dimensions, parts)

    def _series(
        self, one: Resource, k: int, metric: Metric, dimensions: Dimensions, parts: tuple[int, ...]
    ) -> Series:
        begin = one.index * len(one.parts)
        return Series(
            self._service.namespace,
            metric.name,
            k,
            metric.unit,
            dimensions,
            self._service.native,
            tuple(begin + part for part in parts),
            one.created,
            FOREVER if one.ended is None else one.ended,
            one.owner,
        )


def _instance(one: Instance, metric: str) -> Series:
    native = native_period(one, metric)
    return _ec2(((INSTANCE_DIMENSION, one.id),), metric, native, (one,), one.id)


def _group(name: str, metric: str, members: tuple[Instance, ...]) -> Series:
    return _ec2(((GROUP_DIMENSION, name),), metric, GROUP_PERIOD, members, "")


def _ec2(
    dimensions: Dimensions, metric: str, native: int, members: tuple[Instance, ...], owner: str
) -> Series:
    return Series(
        NAMESPACE,
        metric,
        _NUMBERS[metric],
        METRICS[metric],
        dimensions,
        native,
        tuple(one.index for one in members),
        min(one.launched for one in members),
        max(one.last or FOREVER for one in members),
        owner,
    )
