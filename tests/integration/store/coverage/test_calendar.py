"""The calendar of coverage, added up by a real node."""

from datetime import UTC, date, datetime

import pytest

from nephoscope.coverage import Coverage, State
from nephoscope.model import Resource, Window
from nephoscope.store.coverage import sums
from nephoscope.store.coverage.calendar import CoveredDay, calendar
from nephoscope.store.coverage.days import write_coverage

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
NEXT = Window.day(DAY.end)


def audited(day, namespace, number, expected, stored, confirmed=0):
    resource = Resource("123456789012", "eu-west-1", namespace, (("Id", f"i-{number}"),))
    state = State.STORED if expected == stored else State.MISSING
    return Coverage(resource, 300, day, state, True, expected, stored, confirmed)


def test_the_calendar_adds_up_each_day_of_each_namespace(store):
    write_coverage(
        store,
        [
            *(audited(DAY, "AWS/EC2", number, 288, 288 - number) for number in range(30)),
            audited(DAY, "AWS/RDS", 1, 100, 90, 7),
            audited(NEXT, "AWS/RDS", 1, 0, 0),
            audited(Window.day(NEXT.end), "AWS/EC2", 1, 5, 5),
        ],
    )
    sums.refresh(store)
    found = calendar(store, Window(DAY.start, NEXT.end))
    lacking = sum(range(30))
    assert found == [
        CoveredDay(date(2026, 11, 20), "AWS/EC2", 30 * 288, 30 * 288 - lacking, 0),
        CoveredDay(date(2026, 11, 20), "AWS/RDS", 100, 90, 7),
        CoveredDay(date(2026, 11, 21), "AWS/RDS", 0, 0, 0),
    ]
    assert [one.lacking for one in found] == [lacking, 3, 0]
    assert [one.share for one in found] == [pytest.approx(1 - lacking / 8640), 0.97, None]


def test_a_store_without_coverage_has_an_empty_calendar(store):
    assert calendar(store, DAY) == []
