"""The facts of what runs beside a fleet's instances, as `nephoscope.demo.aws.services` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import APPS, REGIONS, mix
from nephoscope.demo.aws.services import ODD, Metric, Service

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a service; times are seconds since 1970.

    Attributes:
        index: its number, j.
        value: of the dimension that names it.
        arn: "" if AWS has none.
        parts: the key of each part.
        axes: the values of each part on the service's axes.
        ended: None if it still runs.
        owner: the id of the instance that it goes with, "" if none.
        fast: since when what grows grows fast, None if it does not.
        objects: size of NumberOfObjects, 0 if it is drawn.
    """

    service: Service
    index: int
    region: str
    value: str
    arn: str
    tags: Mapping[str, str]
    parts: tuple[int, ...]
    axes: tuple[tuple[str, ...], ...]
    created: int
    ended: int | None
    owner: str
    fast: int | None = None
    objects: int = 0

    def series(self, metric: Metric) -> dict[Dimensions, tuple[int, ...]]:
        """Return the parts of each of a metric's series, by its sorted dimensions."""
        found: dict[Dimensions, tuple[int, ...]] = {}
        names = [name for name, _ in self.service.axes]
        for level in metric.levels or range(len(self.service.levels)):
            for part in metric.parts or range(len(self.parts)):
                axes = [(names[a], self.axes[part][a]) for a in self.service.levels[level]]
                key = tuple(sorted([(self.service.dimension, self.value), *axes]))
                found[key] = (*found.get(key, ()), part)
        return found


def resources(fleet: Fleet, service: Service, number: int) -> tuple[Resource, ...]:
    """Return a fleet's resources of a service, which is given with its number, by their own."""
    count = max(1, fleet.count // service.one_in) if fleet.count else 0
    root = mix(fleet.seed)
    return tuple(_resource(fleet, service, j, mix(root ^ (number << 32 | j))) for j in range(count))


def _resource(fleet: Fleet, service: Service, j: int, key: int) -> Resource:
    def draw(n: int) -> int:
        return mix(key ^ n)

    app, env = APPS[draw(2) % 6], "staging" if draw(3) % 4 == 0 else "prod"
    number = f"{j + 1:03d}"
    facts = {
        "number": number,
        "id": f"{draw(1):016x}",
        "name": f"{app}-{env}-{service.word}-{number}",
        "odd": ODD[j % len(ODD)],
        "region": REGIONS[j % 2],
        "account": fleet.account,
    }
    value = service.value.format(**facts)
    age = 20 + draw(7) % 70 if draw(6) % 8 == 0 else 460 + draw(7) % 1300
    instance = fleet.instances[j] if service.one_in == 1 else None
    return Resource(
        service=service,
        index=j,
        region=facts["region"],
        value=value,
        arn=service.arn.format(value=value, **facts),
        tags={} if draw(17) % 10 == 0 else {"Name": facts["name"], "env": env, "app": app},
        parts=tuple(draw(500 + q) for q in range(len(service.parts))),
        axes=tuple(tuple(a.format(**facts) for a in part) for part in service.parts),
        created=instance.launched if instance else fleet.midnight - 86400 * age + draw(15) % 86400,
        ended=instance.last if instance else None,
        owner=instance.id if instance else "",
        fast=fleet.midnight - 3 * 86400 if j == 1 else None,
        objects=fleet.objects if j == 0 else 0,
    )
