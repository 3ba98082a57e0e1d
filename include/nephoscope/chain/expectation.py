"""What CloudWatch should hold of what a run planned, from what is known of the instances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from nephoscope.chain.lives import Life
from nephoscope.chain.readings import Answered
from nephoscope.config.catalogue import dense
from nephoscope.coverage import EXPIRED, Measure
from nephoscope.model import Resource, Window
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Series, Shard
from nephoscope.plan.unasked import Reason
from nephoscope.store.coverage.expected import Expected
from nephoscope.store.names import metric_field, statistic_field

Query = tuple[str, str]
"""A metric and a statistic of it, as CloudWatch spells them."""

NOT_READ = "not read"
"""Why something is missing of a shard that no attempt has read to its end."""


def expectations(
    plan: Plan,
    known: Mapping[Resource, Life],
    answered: Sequence[Answered | None],
    *,
    final: bool,
) -> dict[Window, list[Expected]]:
    """Return what should be stored after a run, by window.

    Metrics that are sparse, or that the catalogue does not know, are left out where CloudWatch
    answered: that it had nothing is no gap. So is what the owner does not keep.

    Args:
        plan: of the run.
        known: when resources ran; of others it is not known.
        answered: what CloudWatch said of each shard, None where none was read to its end.
        final: whether the windows are whole days, of which shards may ask a part.
    """
    windows: dict[Window, list[Expected]] = defaultdict(list)

    def about(shard: Shard) -> list[Expected]:
        return windows[Window.day(shard.window.start) if final else shard.window]

    for shard, answer in zip(plan.shards, answered, strict=True):
        about(shard).extend(_of_shard(shard, known, answer))
    for unasked in plan.unasked:
        if unasked.reason != "not kept":
            about(unasked.shard).extend(_of_unasked(unasked.shard, known, unasked.reason))
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
        sparse=tuple(dict.fromkeys((*one.sparse, *other.sparse))),
        expired=one.expired and other.expired,
        reasons={**one.reasons, **other.reasons},
        readings={**one.readings, **other.readings},
    )


def _of_shard(
    shard: Shard, known: Mapping[Resource, Life], answered: Answered | None
) -> Iterator[Expected]:
    for one in shard.series:
        resource = Resource(shard.account, shard.region, shard.namespace, one.dimensions)
        life = known.get(resource, Life())
        asked = _asked(shard, one)
        reasons = _reasons(resource.key, asked, answered)
        readings = answered.readings if answered else {}
        expects = {q for q in asked if q in reasons or dense(shard.namespace, q[0])}
        yield Expected(
            resource,
            answered.periods.get(resource.key, shard.period) if answered else shard.period,
            tuple(field for query, field in asked.items() if query in expects),
            life.running,
            life.known,
            tuple(field for query, field in asked.items() if query not in expects),
            expired=EXPIRED in reasons.values() and not shard.repair,
            reasons={asked[query]: reason for query, reason in reasons.items()},
            readings={
                field: readings[key]
                for q, field in asked.items()
                if (key := (resource.key, *q)) in readings
            },
        )


def _of_unasked(shard: Shard, known: Mapping[Resource, Life], reason: Reason) -> Iterator[Expected]:
    held = reason in {"whole", "read lately", "lost"}
    for one in shard.series:
        resource = Resource(shard.account, shard.region, shard.namespace, one.dimensions)
        life, asked = known.get(resource, Life()), _asked(shard, one)
        expects = tuple(field for q, field in asked.items() if dense(shard.namespace, q[0]))
        yield Expected(
            resource,
            shard.period,
            expects,
            life.running,
            life.known,
            tuple(field for field in asked.values() if field not in expects) if held else (),
            expired=reason == "expired",
            reasons=dict.fromkeys(expects, EXPIRED) if reason == "lost" else {},
        )


def _asked(shard: Shard, one: Series) -> dict[Query, Measure]:
    """Return the metrics and statistics that were asked, as CloudWatch and as fields spell them."""
    return {
        (metric, statistic): (metric_field(metric), statistic_field(statistic))
        for metric in one.metrics
        for statistic in shard.statistics_of(one, metric)
    }


def _reasons(key: str, asked: Iterable[Query], answered: Answered | None) -> dict[Query, str]:
    """Return why queries were not answered whole, of those that were not."""
    if answered is None:
        return dict.fromkeys(asked, NOT_READ)
    failed = ((query, answered.failed.get((key, *query))) for query in asked)
    return {query: reason for query, reason in failed if reason}
