"""Which days the demo fills."""

from datetime import UTC, date, datetime

import pytest

from nephoscope.demo.stack.job import final_days


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 22, 5, 59, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 11, 22, 6, 0, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), date(2026, 11, 21)),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), date(2025, 12, 30)),
    ],
    ids=["before six", "at six", "at night", "new year"],
)
def test_a_day_is_final_six_hours_after_its_end(now, last):
    assert final_days(now, 1) == [last]


def test_days_come_oldest_first():
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert final_days(now, 3) == [date(2026, 2, 27), date(2026, 2, 28), date(2026, 3, 1)]
