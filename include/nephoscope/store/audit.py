"""The audit of a day: what is stored of what was expected.

Counts tell which resources are whole, in one pass over the store; only of the others is it read
which points they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from elasticsearch import Elasticsearch

from nephoscope.model import Window
from nephoscope.store.coverage import Coverage, Expected, cover, expected_times
from nephoscope.store.queries import Measure, point_counts, stored_times
from nephoscope.store.rows import Identity

TOGETHER = 100
"""Resources whose points are read by one query."""

Counts = Mapping[Measure, int]


def audit(
    client: Elasticsearch, expected: Iterable[Expected], day: Window, *, final: bool
) -> Iterator[Coverage]:
    """Yield the coverage of resources on a day, in any order.

    Args:
        client: the official client; call `queries.refresh` before.
        expected: what CloudWatch should hold, one for each resource and period.
        day: from midnight to midnight, UTC.
        final: whether the day had settled when CloudWatch was asked.
    """
    for namespace, same in _by_namespace(expected).items():
        counts = _counts(client, namespace, day)
        partly = []
        for one in same:
            counted = counts.get(_identity(one), {})
            if not counted:
                yield cover(one, day, {}, final=final)
            elif _whole(one, day, counted):
                all_ = dict.fromkeys(one.measures, expected_times(one, day))
                yield cover(one, day, all_, final=final)
            else:
                partly.append(one)
        yield from _read(client, partly, day, final=final)


def _by_namespace(expected: Iterable[Expected]) -> dict[str, list[Expected]]:
    namespaces: dict[str, list[Expected]] = {}
    for one in expected:
        namespaces.setdefault(one.resource.namespace, []).append(one)
    return namespaces


def _identity(one: Expected) -> Identity:
    return one.resource.account, one.resource.region, one.resource.key, one.period


def _counts(client: Elasticsearch, namespace: str, day: Window) -> dict[Identity, Counts]:
    counts: dict[Identity, dict[Measure, int]] = {}
    table = point_counts(client, namespace=namespace, window=day)
    for *identity, metric, statistic, count in zip(*table.to_pydict().values(), strict=True):
        counts.setdefault(tuple(identity), {})[metric, statistic] = count
    return dict(counts)


def _whole(one: Expected, day: Window, counts: Counts) -> bool:
    """Tell by counts alone whether nothing is missing; a day that was run in part can't be."""
    ran_all_day = any(span.start <= day.start and day.end <= span.end for span in one.running)
    points = day.points(one.period)
    return ran_all_day and all(counts.get(measure, 0) == points for measure in one.measures)


def _read(
    client: Elasticsearch, partly: Iterable[Expected], day: Window, *, final: bool
) -> Iterator[Coverage]:
    """Yield the coverage of resources of one namespace by the times of their points."""
    rest = iter(partly)
    while some := list(islice(rest, TOGETHER)):
        times = stored_times(
            client,
            resources=[one.resource for one in some],
            measures={measure for one in some for measure in one.measures},
            window=day,
        )
        for one in some:
            yield cover(one, day, times.get((one.resource, one.period), {}), final=final)
