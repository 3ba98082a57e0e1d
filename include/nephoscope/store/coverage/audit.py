"""The audit of a day: what is stored of what was expected.

Counts tell which resources are whole, in one pass over the store; only of the others is it read
which points they have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice

from elasticsearch import Elasticsearch

from nephoscope.coverage import Coverage, Key, Measure
from nephoscope.model import Window
from nephoscope.store.coverage.cover import cover
from nephoscope.store.coverage.expected import Expected
from nephoscope.store.read.queries import point_counts, stored_times
from nephoscope.store.read.rows import Identity

TOGETHER = 100
"""Resources whose points are read by one query."""

Counts = Mapping[Measure, int]
Stored = Mapping[Measure, Iterable[datetime]]


def audit(
    client: Elasticsearch,
    expected: Iterable[Expected],
    day: Window,
    *,
    settled: datetime,
    before: Mapping[Key, Coverage] | None = None,
) -> Iterator[Coverage]:
    """Yield the coverage of resources on a day, in any order.

    Args:
        client: the official client; call `queries.refresh` before.
        expected: what CloudWatch should hold, one for each resource and period.
        day: from midnight to midnight, UTC.
        settled: until when points are old enough to be missed, in UTC.
        before: what was found earlier, by resource and period; its readings count.
    """
    before = before or {}

    def covered(one: Expected, stored: Stored | None) -> Coverage:
        earlier = before.get((one.resource, one.period))
        return cover(one, day, stored, settled=settled, before=earlier)

    waiting = []
    for one in expected:
        if one.measures and one.running and not one.expired:
            waiting.append(one)
        else:
            yield covered(one, None)  # nothing is expected of it
    for namespace, same in _by_namespace(waiting).items():
        counts = _counts(client, namespace, day)
        partly = []
        for one in same:
            counted = counts.get(_identity(one), {})
            if not counted:
                yield covered(one, {})
            elif _whole(one, day, counted):
                yield covered(one, None)
            else:
                partly.append(one)
        for one, stored in _read(client, partly, day):
            yield covered(one, stored)


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
    client: Elasticsearch, partly: Iterable[Expected], day: Window
) -> Iterator[tuple[Expected, Stored]]:
    """Yield when there are points of resources of one namespace."""
    rest = iter(partly)
    while some := list(islice(rest, TOGETHER)):
        times = stored_times(
            client,
            resources=[one.resource for one in some],
            measures={measure for one in some for measure in one.measures},
            window=day,
        )
        for one in some:
            yield one, times.get((one.resource, one.period), {})
