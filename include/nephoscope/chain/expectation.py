"""What CloudWatch should hold of what a run planned, from what is known of the instances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nephoscope.config.catalogue import dense
from nephoscope.extract.answers import EXPIRED
from nephoscope.instances import described
from nephoscope.model import Resource, Seen, Window
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Series, Shard
from nephoscope.store.coverage import Expected, Spans
from nephoscope.store.names import metric_field, statistic_field
from nephoscope.store.queries import Measure

NOT_READ = "not read"
"""Why something is missing of a shard that no attempt has read to its end."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What CloudWatch said of a shard, where it is not what the plan foresaw.

    Attributes:
        periods: in seconds, of resources that were asked at another one than planned, as the
            shard had queued long; by dimensions as JSON.
        failed: the status of each query that was not answered whole, by dimensions as JSON,
            metric and statistic; Expired where it had queued so long that nothing is kept.
    """

    periods: Mapping[str, int]
    failed: Mapping[tuple[str, str, str], str]


def running_of(plan: Plan, seen: Iterable[Seen]) -> dict[Resource, Spans]:
    """Return when instances are known to have run, in UTC.

    Resources that EC2 does not describe are left out: nothing says whether they ran. What AWS no
    longer lists ran at the most until it was last seen.
    """
    found = ((one.resource, described(one.resource, one.attributes)) for one in seen)
    spans = {resource: instance.running for resource, instance in found if instance}
    for silent in plan.silent:
        instance = described(silent.seen.resource, silent.seen.attributes)
        if instance:
            spans[instance.resource] = tuple(
                Window(span.start, min(span.end, silent.last_seen))
                for span in instance.running
                if span.start < silent.last_seen
            )
    return spans


def expectations(
    plan: Plan, spans: Mapping[Resource, Spans], answered: Sequence[Answered | None]
) -> dict[Window, list[Expected]]:
    """Return what should be stored after a run, by window.

    Metrics that are sparse, or that the catalogue does not know, are left out.

    Args:
        plan: of the run.
        spans: when resources ran; of others nothing is expected.
        answered: what CloudWatch said of each shard, None where none was read to its end.
    """
    windows: dict[Window, list[Expected]] = defaultdict(list)
    for shard, answer in zip(plan.shards, answered, strict=True):
        windows[shard.window] += _of_shard(shard, spans, answer)
    for unasked in plan.unasked:
        windows[unasked.shard.window] += _of_unasked(unasked.shard, spans, unasked.reason)
    return {window: _joined(found) for window, found in windows.items()}


def _joined(found: Iterable[Expected]) -> list[Expected]:
    """Join what several collections, or shards, expect of one resource and period."""
    joined: dict[tuple[Resource, int], Expected] = {}
    for one in found:
        key = one.resource, one.period
        before = joined.get(key)
        joined[key] = one if before is None else _both(before, one)
    return list(joined.values())


def _both(one: Expected, other: Expected) -> Expected:
    return replace(
        one,
        measures=tuple(dict.fromkeys((*one.measures, *other.measures))),
        expired=one.expired and other.expired,
        reasons={**one.reasons, **other.reasons},
    )


def _of_shard(
    shard: Shard, spans: Mapping[Resource, Spans], answered: Answered | None
) -> Iterator[Expected]:
    for one in shard.series:
        resource = Resource(shard.account, shard.region, shard.namespace, one.dimensions)
        if resource in spans:
            measures = _measures(shard, one)
            reasons = _reasons(resource, measures, answered)
            yield Expected(
                resource,
                answered.periods.get(resource.key, shard.period) if answered else shard.period,
                tuple(measures.values()),
                spans[resource],
                expired=EXPIRED in reasons.values(),
                reasons=reasons,
            )


def _of_unasked(shard: Shard, spans: Mapping[Resource, Spans], reason: str) -> Iterator[Expected]:
    for one in shard.series:
        resource = Resource(shard.account, shard.region, shard.namespace, one.dimensions)
        ran = spans.get(resource, ())
        measures = tuple(_measures(shard, one).values())
        yield Expected(resource, shard.period, measures, ran, expired=reason == "expired")


def _measures(shard: Shard, one: Series) -> dict[tuple[str, str], Measure]:
    """Return the dense metrics and statistics that were asked, as CloudWatch and fields spell."""
    return {
        (metric, statistic): (metric_field(metric), statistic_field(statistic))
        for metric in one.metrics
        if dense(shard.namespace, metric)
        for statistic in shard.statistics[metric]
    }


def _reasons(
    resource: Resource, measures: Mapping[tuple[str, str], Measure], answered: Answered | None
) -> dict[Measure, str]:
    if answered is None:
        return dict.fromkeys(measures.values(), NOT_READ)
    failed = ((measures[asked], answered.failed.get((resource.key, *asked))) for asked in measures)
    return {measure: reason for measure, reason in failed if reason}
