"""Each window is collected by exactly one run, once it has settled."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.model import Window
from nephoscope.plan.windows import last_settled, settled_in

DAY = datetime(2026, 11, 20, tzinfo=UTC)
EVERY = st.sampled_from([timedelta(minutes=m) for m in (5, 15, 60, 240, 1440)])
SETTLE = st.timedeltas(timedelta(minutes=1), timedelta(hours=40))


def at(hour, minute=0, day=20):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("interval", "every", "settle", "expected"),
    [
        pytest.param(
            (at(10, 15), at(10, 20)), "5m", "15m", (at(10, 0), at(10, 5)), id="five-minutes"
        ),
        pytest.param((at(10, 15), at(10, 20)), "60m", "15m", None, id="hourly-not-yet"),
        pytest.param(
            (at(10, 10), at(10, 15)), "60m", "15m", (at(9), at(10)), id="hourly-on-its-tick"
        ),
        pytest.param((at(6), at(6, day=21)), "1440m", "360m", (at(0), at(0, day=21)), id="the-day"),
        pytest.param(
            (at(10), at(11)), "5m", "15m", (at(9, 45), at(10, 45)), id="an-hour-of-windows"
        ),
    ],
)
def test_a_run_takes_what_settles_in_its_interval(interval, every, settle, expected):
    minutes = (timedelta(minutes=int(text[:-1])) for text in (every, settle))
    assert settled_in(Window(*interval), *minutes) == (expected and Window(*expected))


@given(EVERY, SETTLE, st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_runs_that_follow_one_another_leave_no_gap_and_no_overlap(every, settle, lengths):
    bounds = [DAY]
    for length in lengths:
        bounds.append(bounds[-1] + timedelta(minutes=length))
    parts = [settled_in(Window(a, b), every, settle) for a, b in pairwise(bounds)]
    found = [part for part in parts if part]
    whole = settled_in(Window(bounds[0], bounds[-1]), every, settle)
    assert all(a.end == b.start for a, b in pairwise(found))
    assert (Window(found[0].start, found[-1].end) if found else None) == whole


@given(EVERY, SETTLE, st.integers(0, 10_000))
def test_a_manual_run_takes_the_newest_settled_window(every, settle, minutes):
    now = DAY + timedelta(minutes=minutes)
    window = last_settled(now, every, settle)
    assert window.end - window.start == every
    assert window.end + settle <= now < window.end + every + settle
    assert (window.start - Window.day(window.start).start) % every == timedelta(0)
