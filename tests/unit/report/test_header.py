"""How many instances there are, of which kinds, as the top of the page counts them."""

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from nephoscope.report.header import Facts, header
from unit.report.fleets import DAY, planted

HOUR = timedelta(hours=1)
CALENDAR = pd.DataFrame(columns=["day", "expected", "lacking", "confirmed"])


@pytest.fixture
def told():
    """What the header says of instances that AWS listed last at some moments."""
    made = planted(10)[-1]

    def run(*moments, **more):
        some = zip(made.instances, moments, strict=False)
        instances = tuple(replace(one, seen_at=at, **more) for one, at in some)
        facts = Facts(DAY.end + 6 * HOUR, None, None, 0)
        [first, *_] = header(replace(made, instances=instances), CALENDAR, facts).facts
        return first.more

    return run


def test_one_that_aws_listed_for_the_last_time_before_the_others_is_gone(told):
    assert "1 gone" in told(DAY.end - 3 * HOUR, DAY.end - HOUR, DAY.end - HOUR)


def test_one_that_was_listed_until_the_end_is_not_gone_whatever_came_later(told):
    assert "gone" not in told(DAY.end, DAY.end + HOUR, DAY.end + 5 * HOUR)


def test_where_nobody_looked_nobody_is_gone(told):
    assert "gone" not in told(None, None, None)


def test_one_whose_last_start_is_in_the_window_is_new(told):
    assert "3 new" in told(None, None, None, launched_at=DAY.start)
    assert "new" not in told(None, None, None, launched_at=DAY.end)
