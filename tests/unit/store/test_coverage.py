"""What is stored of what was expected."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.model import Resource, Window
from nephoscope.store.coverage import Expected, Gap, State, cover, expected_times

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
DAY = Window.day(MIDNIGHT)
HOUR = 3600
CPU, MAX = ("CPUUtilization", "avg"), ("CPUUtilization", "max")
WEB = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", "i-1"),))


def at(hour):
    return MIDNIGHT + timedelta(hours=hour)


def span(start, end):
    return Window(at(start), at(end))


def hours(*numbers):
    return [at(number) for number in numbers]


def expected(*running, measures=(CPU, MAX), period=HOUR):
    return Expected(WEB, period, tuple(measures), tuple(running))


def test_a_whole_day_is_stored():
    day = cover(expected(DAY), DAY, {CPU: hours(*range(24)), MAX: hours(*range(24))}, final=True)
    assert (day.state, day.expected, day.stored) == (State.STORED, 48, 48)
    assert (day.stopped, day.missing, day.gaps, day.final) == ((), (), (), True)


def test_nothing_of_a_running_day_is_missing_in_one_span():
    day = cover(expected(DAY), DAY, {}, final=False)
    assert (day.state, day.stored, day.missing, day.gaps) == (State.MISSING, 0, (DAY,), ())


def test_what_every_measure_lacks_is_told_once_and_the_rest_by_measure():
    lacks = [n for n in range(24) if n not in {3, 4}]
    day = cover(
        expected(DAY), DAY, {CPU: hours(*lacks), MAX: hours(*(set(lacks) - {9}))}, final=False
    )
    assert day.missing == (span(3, 5),)
    assert day.gaps == (Gap(MAX, (span(3, 5), span(9, 10))),)
    assert day.expected - day.stored == 5


def test_a_stopped_day_expects_nothing():
    day = cover(expected(), DAY, {}, final=True)
    assert (day.state, day.expected, day.stopped, day.missing) == (State.STOPPED, 0, (DAY,), ())


def test_a_day_that_was_run_in_part_expects_that_part():
    ran = [span(-5, 2), span(10, 12)]
    day = cover(
        expected(*ran), DAY, {CPU: hours(0, 1, 10, 11), MAX: hours(0, 1, 10, 11)}, final=True
    )
    assert (day.state, day.expected) == (State.STORED, 8)
    assert day.stopped == (span(2, 10), span(12, 24))


def test_points_that_were_not_expected_do_not_fill_a_gap():
    day = cover(expected(span(0, 2), measures=[CPU]), DAY, {CPU: hours(0, 7, 8)}, final=True)
    assert (day.state, day.stored, day.missing) == (State.MISSING, 1, (span(1, 2),))


def test_a_resource_with_sparse_metrics_alone_expects_nothing():
    day = cover(expected(DAY, measures=[]), DAY, {}, final=True)
    assert (day.state, day.expected, day.missing) == (State.STORED, 0, ())


@pytest.mark.parametrize(
    ("running", "count"),
    [
        pytest.param(span(0.5, 3), 2, id="starts-within-a-period"),
        pytest.param(span(0, 2.5), 2, id="ends-within-a-period"),
        pytest.param(span(23.5, 30), 0, id="starts-in-the-last"),
        pytest.param(span(-9, -1), 0, id="the-day-before"),
        pytest.param(span(25, 30), 0, id="the-day-after"),
    ],
)
def test_a_point_is_expected_of_a_period_that_was_run_whole(running, count):
    assert len(expected_times(expected(running), DAY)) == count


@given(st.sets(st.integers(0, 23)), st.sets(st.integers(0, 23)))
def test_missing_spans_are_exactly_what_is_not_stored(cpu, max_):
    day = cover(expected(DAY), DAY, {CPU: hours(*cpu), MAX: hours(*max_)}, final=False)
    lacks = {gap.measure: gap.missing for gap in day.gaps}
    for measure, stored in ((CPU, cpu), (MAX, max_)):
        missing = {
            number
            for window in lacks.get(measure, day.missing)
            for number in range(24)
            if window.start <= at(number) < window.end
        }
        assert missing == set(range(24)) - stored
    assert day.stored == len(cpu) + len(max_)
