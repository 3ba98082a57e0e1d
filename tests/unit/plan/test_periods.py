"""The period follows the age of the window, with a margin before each edge."""

from datetime import UTC, datetime, timedelta

import pytest

from nephoscope.plan.periods import finest_period

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("native", "age", "expected"),
    [
        pytest.param(60, timedelta(days=1), 60, id="detailed-fresh"),
        pytest.param(60, timedelta(days=14, hours=18), 60, id="detailed-at-the-margin"),
        pytest.param(60, timedelta(days=14, hours=19), 300, id="detailed-past-15-days"),
        pytest.param(300, timedelta(days=62, hours=18), 300, id="basic-at-the-margin"),
        pytest.param(300, timedelta(days=62, hours=19), 3600, id="basic-past-63-days"),
        pytest.param(60, timedelta(days=100), 3600, id="detailed-past-63-days"),
        pytest.param(300, timedelta(days=454, hours=18), 3600, id="hours-at-the-margin"),
        pytest.param(300, timedelta(days=455), None, id="expired"),
        pytest.param(900, timedelta(days=10), 900, id="coarser-than-native-is-kept"),
        pytest.param(86_400, timedelta(days=400), 86_400, id="daily-points"),
    ],
)
def test_the_finest_period_that_is_still_held(native, age, expected):
    assert finest_period(native, NOW - age, NOW) == expected
