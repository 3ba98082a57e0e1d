"""What is there of days that were read for good: their coverage, compared with the store anew."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from nephoscope.archive.coverage import read_coverages
from nephoscope.config.collections import Collections
from nephoscope.coverage import Coverage, State, outside
from nephoscope.model import Resource, Window
from nephoscope.place import Place
from nephoscope.plan.held import Held
from nephoscope.plan.windows import DAY_SETTLES
from nephoscope.store.coverage import audit as store_audit
from nephoscope.store.coverage.expected import Expected
from nephoscope.store.read import queries


def held(
    root: Place,
    client: Any,
    collections: Collections,
    windows: Mapping[str, Window],
    asked_at: datetime,
) -> Held:
    """Return what is there of the whole days of a run; what has gone from the store is a gap.

    Of storage nothing counts as there: of a bucket nothing is expected, so that no coverage tells
    what came late, and a run of it asks all of its few days.

    Args:
        root: the archive's.
        client: the official client.
        collections: what is collected.
        windows: of each collection that has one in the run.
        asked_at: now, in UTC.
    """
    collected = [collections.collections[name] for name in windows]
    namespaces = {one.namespace for one in collected if not one.of_storage}
    days = {day for window in windows.values() for day in window.days()}
    kept: dict[Window, list[Coverage]] = defaultdict(list)
    for day, some in read_coverages(root, days):
        kept[day] += (one for one in some if one.final and one.resource.namespace in namespaces)
    if kept:
        queries.refresh(client)
    return Held(
        {day: _by_resource(_anew(client, some, day, asked_at)) for day, some in kept.items()}
    )


def _anew(
    client: Any, kept: Iterable[Coverage], day: Window, asked_at: datetime
) -> Iterable[Coverage]:
    before = {one.key: one for one in kept}
    expected = map(_expected, before.values())
    return store_audit.audit(client, expected, day, settled=asked_at - DAY_SETTLES, before=before)


def _expected(kept: Coverage) -> Expected:
    """Return what an audit expected, of what it said."""
    ran = outside((*kept.stopped, *kept.unknown, *kept.unsettled), kept.day)
    return Expected(
        kept.resource,
        kept.period,
        kept.measures,
        ran,
        outside(kept.unknown, kept.day),
        kept.sparse,
        expired=kept.state is State.EXPIRED and not kept.expected,
    )


def _by_resource(found: Iterable[Coverage]) -> dict[Resource, list[Coverage]]:
    by_resource: dict[Resource, list[Coverage]] = defaultdict(list)
    for one in sorted(found, key=lambda one: one.period):
        if one.expected or one.state is not State.EXPIRED:
            by_resource[one.resource].append(one)
    return by_resource
