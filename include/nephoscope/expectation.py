"""What CloudWatch should hold of what a run planned, from what is known of the instances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from nephoscope.config.catalogue import catalogue
from nephoscope.model import Instance, Resource, Window
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Shard
from nephoscope.store.coverage import Expected
from nephoscope.store.names import metric_field, statistic_field
from nephoscope.store.queries import Measure

_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def running(instance: Instance) -> tuple[Window, ...]:
    """Return when an instance is known to have run, in UTC.

    Only its last start is known, and its stop where EC2 gives the time. What was before its last
    start is unknown, and nothing is expected of it.
    """
    if instance.state in {"pending", "running"}:
        return (Window(instance.launched_at, _FOREVER),)
    if instance.stopped_at is None or instance.stopped_at <= instance.launched_at:
        return ()
    return (Window(instance.launched_at, instance.stopped_at),)


def expectations(plan: Plan) -> dict[Window, list[Expected]]:
    """Return what should be stored after a run, by window.

    Resources that EC2 does not describe are left out: nothing says whether they ran. So are
    metrics out of the catalogue, which may be sparse.
    """
    spans = {instance.resource: running(instance) for instance in plan.instances}
    windows: dict[Window, list[Expected]] = defaultdict(list)
    for shard in plan.shards:
        windows[shard.window] += _of_shard(shard, spans)
    return windows


def _of_shard(shard: Shard, spans: Mapping[Resource, tuple[Window, ...]]) -> Iterator[Expected]:
    for one in shard.series:
        resource = Resource(shard.account, shard.region, shard.namespace, one.dimensions)
        if resource in spans:
            yield Expected(resource, shard.period, _measures(shard, one.metrics), spans[resource])


def _measures(shard: Shard, metrics: tuple[str, ...]) -> tuple[Measure, ...]:
    known = catalogue().get(shard.namespace)
    return tuple(
        (metric_field(metric), statistic_field(statistic))
        for metric in metrics
        if known and metric in known.metrics
        for statistic in shard.statistics[metric]
    )
