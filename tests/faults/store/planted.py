"""Points whose values follow from a formula, so that the truth needs no code under test."""

from datetime import timedelta

from unit.store.points_table import ASKED, NOON, point, table

METRICS = ("cpu", "net")


def value(instance, minute, metric, version=1):
    return 1000.0 * instance + minute + (0.5 if metric == "net" else 0.0) + version / 16


def points(namespace, instances, minutes, version=1):
    """One document for each instance and minute; each version is asked an hour later."""
    return table(
        *(
            point(
                metric,
                value=value(instance, minute, metric, version),
                timestamp=NOON + timedelta(minutes=minute),
                period=60,
                dimensions=[("InstanceId", f"i-{instance}")],
                namespace=namespace,
                asked_at=ASKED + timedelta(hours=version),
            )
            for instance in range(instances)
            for metric in METRICS
            for minute in range(minutes)
        )
    )


def truth(instances, minutes, version=1):
    return {
        (f"i-{instance}", time(minute), metric): value(instance, minute, metric, version)
        for instance in range(instances)
        for metric in METRICS
        for minute in range(minutes)
    }


def time(minute):
    return f"2026-11-20T{12 + minute // 60:02}:{minute % 60:02}:00.000Z"
