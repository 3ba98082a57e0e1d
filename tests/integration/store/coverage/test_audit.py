"""The audit of a day on a real node."""

from datetime import timedelta

import pytest

from nephoscope.coverage import Gap, Lack, State
from nephoscope.model import Resource, Window
from nephoscope.store import names
from nephoscope.store.coverage import audit as auditing
from nephoscope.store.coverage.audit import audit
from nephoscope.store.coverage.days import write_coverage
from nephoscope.store.coverage.expected import Expected
from nephoscope.store.load.loader import load
from nephoscope.store.read.queries import refresh
from unit.store.points_table import NOON, point, table

DAY = Window.day(NOON)
HOUR = timedelta(hours=1)
CPU, NET = ("cpu", "avg"), ("net", "sum")


def web(namespace, number):
    return Resource("123456789012", "eu-west-1", namespace, (("InstanceId", f"i-{number}"),))


@pytest.fixture
def expected(elasticsearch, namespace, monkeypatch):
    """Four resources: 0 is whole, 1 lacks an hour of net, 2 has nothing, 3 ran until noon."""
    monkeypatch.setattr(auditing, "TOGETHER", 1)
    points = [
        point(
            *measure,
            timestamp=DAY.start + hour * HOUR,
            period=3600,
            namespace=namespace,
            dimensions=web(namespace, number).dimensions,
        )
        for number, hours in ((0, 24), (1, 24), (3, 12))
        for measure in (("cpu", "Average"), ("net", "Sum"))
        for hour in range(hours)
        if (number, measure[0], hour) != (1, "net", 5)
    ]
    load(elasticsearch, [table(*points)], attributes={})
    refresh(elasticsearch)
    ran = {3: (Window(DAY.start, NOON),)}
    return [Expected(web(namespace, n), 3600, (CPU, NET), ran.get(n, (DAY,))) for n in range(4)]


def test_an_audit_finds_what_is_missing_and_nothing_else(elasticsearch, namespace, expected):
    days = {day.resource: day for day in audit(elasticsearch, expected, DAY, settled=DAY.end)}
    whole, lacks, nothing, stopped = (days[web(namespace, number)] for number in range(4))
    assert (whole.state, whole.stored) == (State.STORED, 48)
    hour = Gap(Window(DAY.start + 5 * HOUR, DAY.start + 6 * HOUR))
    assert (lacks.state, lacks.lacks) == (State.MISSING, (Lack((NET,), (hour,)),))
    assert (nothing.state, nothing.stored) == (State.MISSING, 0)
    assert nothing.lacks == (Lack((CPU, NET), (Gap(DAY),)),)
    assert (stopped.state, stopped.expected) == (State.STORED, 24)
    assert stopped.stopped == (Window(NOON, DAY.end),)


def test_coverage_is_written_over_what_it_was(elasticsearch, namespace, expected):
    for settled in (NOON, DAY.end):
        found = audit(elasticsearch, expected, DAY, settled=settled)
        assert write_coverage(elasticsearch, found) == 4
    elasticsearch.indices.refresh(index=names.ALL_COVERAGE)
    answer = elasticsearch.search(
        index=names.ALL_COVERAGE, query={"term": {"aws.cloudwatch.namespace": namespace}}
    )
    days = [hit["_source"] for hit in answer["hits"]["hits"]]
    assert len(days) == 4
    [lacks] = [day for day in days if day["nephoscope"].get("lacking") == 1]
    assert lacks["@timestamp"] == "2026-11-20T00:00:00Z"
    assert lacks["aws"]["dimensions"] == {"InstanceId": "i-1"}
    assert lacks["nephoscope"]["final"] is True
    assert lacks["nephoscope"]["gaps"] == [
        {
            "series": ["net.sum"],
            "spans": [{"start": "2026-11-20T05:00:00Z", "end": "2026-11-20T06:00:00Z"}],
        }
    ]
