"""What coverage takes on the disk, and how fast a day of it is added up and shown.

Days of instances as the audit writes them: 2 % have a gap that was read once, 2 % one that is
confirmed, 2 % did not run before noon, the others are whole. The size is that of one shard after
a force merge, without a replica.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from elasticsearch import Elasticsearch

from benchmarks.clients import ACCOUNT, METRICS, REGION
from benchmarks.figures import Figure, at_most
from benchmarks.planted import embedded_node, merged_bytes
from nephoscope.coverage import APART, Coverage, outside
from nephoscope.model import Resource, Window
from nephoscope.store import names
from nephoscope.store.coverage.cover import cover
from nephoscope.store.coverage.days import write_coverage
from nephoscope.store.coverage.expected import Expected, Reading
from nephoscope.store.coverage.sums import covered

FIRST = Window.day(datetime(2026, 3, 1, tzinfo=UTC))
YEAR = 365 * 20_000
MEASURES = tuple((metric, "avg") for metric in METRICS)
PERIOD = 300


def run(small: bool) -> list[Figure]:
    """Measure on an embedded node of its own."""
    resources, days = (200, 5) if small else (20_000, 20)
    with embedded_node() as url, Elasticsearch(url, request_timeout=600) as client:
        return measured(client, resources, days)


def measured(client: Elasticsearch, resources: int, days: int) -> list[Figure]:
    """Write days, and measure what they take and how they are read; the store has none before."""
    begun = time.perf_counter()
    written = write_coverage(client, _days(resources, days))
    writing = time.perf_counter() - begun
    bytes_ = merged_bytes(client, names.ALL_COVERAGE) / written
    begun = time.perf_counter()
    for number in range(days):
        [*covered(client, _day(number))]
    reading = (time.perf_counter() - begun) / days
    against = f"{resources:,} instances, {days} days"
    return [
        Figure("coverage of a resource day", bytes_, "bytes", against),
        at_most("coverage of a year", bytes_ * YEAR / 1e9, "GB", "20,000 resources", 2),
        Figure("coverage written", written / writing, "resource days/s", against),
        Figure("a day of coverage added up", reading, "s", f"{resources:,} instances"),
    ]


def _day(number: int) -> Window:
    return Window.day(FIRST.start + timedelta(days=number))


def _days(resources: int, days: int) -> Iterator[Coverage]:
    for number in range(days):
        day = _day(number)
        for one in range(resources):
            yield _coverage(one, number, day)


def _coverage(number: int, day_number: int, day: Window) -> Coverage:
    """Return a day of an instance; which ones lack something changes from day to day."""
    dimensions = (("InstanceId", f"i-{number * 0x9E3779B97F4A7C15 % 2**68:017x}"),)
    whose = Resource(ACCOUNT, REGION, "AWS/EC2", dimensions)
    kind = (number * 31 + day_number * 17) % 50
    noon = Window(day.start + timedelta(hours=12), day.end)
    ran = (noon,) if kind == 2 else (day,)
    expected = Expected(whose, PERIOD, MEASURES, ran)
    if kind > 1:
        return cover(expected, day, None, settled=day.end)
    gap = Window(day.start + timedelta(hours=number % 20), day.start + timedelta(hours=23))
    stored = {measure: _outside(gap, day) for measure in MEASURES}
    asked = day.end + timedelta(hours=6, milliseconds=number)
    given = outside((gap,), day)
    once = replace(expected, readings=dict.fromkeys(MEASURES, Reading(asked, day, given)))
    found = cover(once, day, stored, settled=day.end)
    if kind == 1:
        twice = dict.fromkeys(MEASURES, Reading(asked + APART, day, given))
        again = replace(expected, readings=twice)
        found = cover(again, day, stored, settled=day.end, before=found)
    return found


def _outside(gap: Window, day: Window) -> list[datetime]:
    times = (day.start + n * timedelta(seconds=PERIOD) for n in range(day.points(PERIOD)))
    return [time for time in times if not gap.start <= time < gap.end]
