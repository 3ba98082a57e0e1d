"""The calendar of a report: each day of each namespace, as the audits found it."""

from datetime import timedelta

import numpy as np
import pytest

from nephoscope.chain.covered import LEAST, calendar
from nephoscope.coverage import Coverage, State
from nephoscope.model import Resource, Window
from nephoscope.store.coverage.days import write_coverage
from shards import DAY


def audited(day, namespace, expected, stored, confirmed=0):
    resource = Resource("123456789012", "eu-west-1", namespace, (("Id", "i-1"),))
    return Coverage(resource, 300, day, State.MISSING, True, expected, stored, confirmed)


@pytest.fixture
def found(store):
    """The calendar of a day, of which and of the day before something was audited."""
    before = Window(DAY.start - timedelta(days=1), DAY.start)
    write_coverage(
        store,
        [
            audited(DAY, "AWS/EC2", 288, 280, 3),
            audited(before, "AWS/EC2", 100, 100),
            audited(DAY, "AWS/\N{RIGHT-TO-LEFT OVERRIDE}X", 0, 0),
        ],
    )
    return calendar(store, DAY)


def test_a_day_has_its_points_and_what_is_confirmed_does_not_lack(found):
    [day] = found[(found["day"] == "2026-11-20") & (found["namespace"] == "AWS/EC2")].to_dict(
        "records"
    )
    counts = {"expected": 288, "stored": 280, "confirmed": 3, "lacking": 5}
    assert {name: day[name] for name in counts} == counts
    assert day["percent"] == pytest.approx(100 * 283 / 288)


def test_every_namespace_has_every_day_and_those_without_an_audit_no_share(found):
    days = LEAST // timedelta(days=1)
    assert len(found) == 2 * days
    assert found["day"].iloc[-1] == "2026-11-20"
    assert found["day"].is_monotonic_increasing
    told = found[found["percent"].notna()]
    assert list(told["percent"]) == [100, pytest.approx(100 * 283 / 288)]
    assert np.isnan(found["percent"]).sum() == 2 * days - 2


def test_a_name_that_steers_what_is_written_is_made_visible(found):
    assert not found["namespace"].str.contains("\N{RIGHT-TO-LEFT OVERRIDE}").any()
