"""Windows are half-open and UTC; resources have one spelling."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.model import Window, dimensions_from_key, dimensions_key, instant

DAY = datetime(2026, 11, 20, tzinfo=UTC)
MOMENTS = st.datetimes(
    datetime(2024, 1, 1),  # ruff: ignore[call-datetime-without-tzinfo] - hypothesis adds the zone
    datetime(2027, 1, 1),  # ruff: ignore[call-datetime-without-tzinfo] - the same
    timezones=st.just(UTC),
)


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        pytest.param(DAY, DAY, "is empty", id="empty"),
        pytest.param(DAY, DAY - timedelta(hours=1), "is empty", id="backwards"),
        pytest.param(DAY.replace(tzinfo=None), DAY, "is not in UTC", id="naive"),
        pytest.param(
            DAY.astimezone(timezone(timedelta(hours=1))), DAY, "is not in UTC", id="other-zone"
        ),
    ],
)
def test_a_window_that_is_none_is_refused(start, end, says):
    with pytest.raises(ValueError, match=says):
        Window(start, end)


@given(MOMENTS, st.timedeltas(timedelta(microseconds=1), timedelta(days=40)))
def test_days_touch_and_cover_the_window(start, length):
    window = Window(start, start + length)
    days = list(window.days())
    assert days[0].start == window.start
    assert days[-1].end == window.end
    assert all(a.end == b.start for a, b in pairwise(days))
    assert all(Window.day(day.start).end >= day.end for day in days)


@given(MOMENTS, st.lists(st.timedeltas(timedelta(seconds=1), timedelta(days=2)), min_size=1))
def test_each_point_lies_in_exactly_one_of_windows_that_follow_one_another(start, lengths):
    bounds = [start]
    for length in lengths:
        bounds.append(bounds[-1] + length)
    parts = [Window(a, b).points(300) for a, b in pairwise(bounds)]
    assert sum(parts) == Window(bounds[0], bounds[-1]).points(300)


def test_a_day_has_288_points_of_5_minutes():
    assert Window.day(DAY).points(300) == 288


def test_a_window_is_read_back_as_it_was_written():
    window = Window(DAY, DAY + timedelta(minutes=5))
    assert str(window) == "2026-11-20T00:00:00Z/2026-11-20T00:05:00Z"
    assert Window.parse(str(window)) == window


def test_a_moment_of_another_zone_is_written_in_utc():
    assert (
        instant(DAY.astimezone(timezone(timedelta(hours=5, minutes=45)))) == "2026-11-20T00:00:00Z"
    )


@given(st.dictionaries(st.text(), st.text()))
def test_dimensions_have_one_spelling_whatever_their_order(dimensions):
    pairs = tuple(dimensions.items())
    key = dimensions_key(pairs)
    assert key == dimensions_key(pairs[::-1])
    assert dimensions_from_key(key) == tuple(sorted(pairs))
