"""Points whose values follow from a formula, so that the truth needs no code under test."""

from datetime import timedelta
from typing import NamedTuple

from unit.store.points_table import ASKED, NOON, point, table

OFFSETS = {"cpu": 0.0, "net": 0.25, "disk": 0.5}
METRICS = ("cpu", "net")


def value(instance, minute, metric, version=1):
    """A later version of a value is a little greater; as a float it is written the same."""
    return 1000.0 * instance + minute + OFFSETS[metric] + version / 16


class Read(NamedTuple):
    """What one run reads of AWS; each version is asked an hour after the one before."""

    instances: int
    minutes: int
    version: int = 1
    metrics: tuple[str, ...] = METRICS
    begin: int = 0


def points(namespace, *read):
    """A table of one read: one document for each instance and minute."""
    one = Read(*read)
    return table(
        *(
            point(
                metric,
                value=value(instance, minute, metric, one.version),
                timestamp=NOON + timedelta(minutes=minute),
                period=60,
                dimensions=[("InstanceId", f"i-{instance}")],
                namespace=namespace,
                asked_at=ASKED + timedelta(hours=one.version),
            )
            for instance, metric, minute in _keys(one)
        )
    )


def truth(*read):
    """The value of each point of one read, by instance, time and metric."""
    one = Read(*read)
    return {
        (f"i-{instance}", time(minute), metric): value(instance, minute, metric, one.version)
        for instance, metric, minute in _keys(one)
    }


def newest(reads):
    """What must stand after reads, in whatever order they came: of each point the newest value."""
    ordered = sorted(reads, key=lambda read: read.version)
    return {key: value for read in ordered for key, value in truth(*read).items()}


def time(minute):
    return f"2026-11-20T{12 + minute // 60:02}:{minute % 60:02}:00.000Z"


def _keys(read):
    for instance in range(read.instances):
        for metric in read.metrics:
            for minute in range(read.begin, read.begin + read.minutes):
                yield instance, metric, minute
