"""What is stored of what was expected."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.coverage import Gap, Lack, State
from nephoscope.model import Resource, Window
from nephoscope.store.coverage.cover import cover
from nephoscope.store.coverage.days import coverage_of, document
from nephoscope.store.coverage.expected import Expected, Reading

MIDNIGHT = datetime(2026, 11, 20, tzinfo=UTC)
DAY = Window.day(MIDNIGHT)
HOUR = 3600
CPU, MAX = ("CPUUtilization", "avg"), ("CPUUtilization", "max")
NET = ("NetworkIn", "sum")
WEB = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", "i-1"),))


def at(hour):
    return MIDNIGHT + timedelta(hours=hour)


def span(start, end):
    return Window(at(start), at(end))


def hours(*numbers):
    return [at(number) for number in numbers]


def expected(*running, measures=(CPU, MAX), period=HOUR, **more):
    return Expected(WEB, period, tuple(measures), tuple(running), **more)


def covered(expected, stored, settled=DAY.end, before=None):
    return cover(expected, DAY, stored, settled=settled, before=before)


def test_a_whole_day_is_stored():
    day = covered(expected(DAY), {CPU: hours(*range(24)), MAX: hours(*range(24))})
    assert (day.state, day.expected, day.stored) == (State.STORED, 48, 48)
    assert (day.stopped, day.unknown, day.unsettled, day.lacks) == ((), (), (), ())
    assert day.final


def test_a_day_whose_counts_are_right_is_stored():
    by_times = covered(expected(DAY), {CPU: hours(*range(24)), MAX: hours(*range(24))})
    assert covered(expected(DAY), None) == by_times


def test_nothing_of_a_running_day_is_missing_in_one_span():
    day = covered(expected(DAY), {})
    assert (day.state, day.stored, day.lacking) == (State.MISSING, 0, 48)
    assert day.lacks == (Lack((CPU, MAX), (Gap(DAY),)),)


def test_what_measures_lack_is_told_once_where_it_is_the_same():
    there = [n for n in range(24) if n not in {3, 4}]
    stored = {CPU: hours(*there), MAX: hours(*there), NET: hours(*(set(there) - {9}))}
    day = covered(expected(DAY, measures=[CPU, MAX, NET]), stored)
    assert day.lacks == (
        Lack((CPU, MAX), (Gap(span(3, 5)),)),
        Lack((NET,), (Gap(span(3, 5)), Gap(span(9, 10)))),
    )
    assert day.expected - day.stored == 7


def test_a_stopped_day_expects_nothing():
    day = covered(expected(), {})
    assert (day.state, day.expected, day.stopped, day.lacks) == (State.STOPPED, 0, (DAY,), ())


def test_a_day_that_was_run_in_part_expects_that_part():
    ran = [span(-5, 2), span(10, 12)]
    day = covered(expected(*ran), {CPU: hours(0, 1, 10, 11), MAX: hours(0, 1, 10, 11)})
    assert (day.state, day.expected) == (State.STORED, 8)
    assert day.stopped == (span(2, 10), span(12, 24))


def test_a_day_that_nobody_saw_is_unknown():
    day = covered(expected(known=(span(24, 48),)), {})
    assert (day.state, day.expected, day.unknown, day.stopped) == (State.UNKNOWN, 0, (DAY,), ())


def test_what_was_before_the_last_start_is_unknown_and_not_stopped():
    ran = span(6, 12)
    day = covered(expected(ran, known=(span(6, 48),), measures=[CPU]), {CPU: hours(*range(6, 12))})
    assert (day.state, day.expected) == (State.STORED, 6)
    assert (day.unknown, day.stopped) == ((span(0, 6),), (span(12, 24),))


def test_what_has_not_settled_is_not_missing():
    day = covered(expected(DAY, measures=[CPU]), {CPU: hours(*range(20))}, settled=at(20.5))
    assert (day.state, day.expected, day.stored) == (State.NOT_SETTLED, 20, 20)
    assert day.unsettled == (Window(at(20.5), DAY.end),)
    assert not day.final


def test_a_day_that_has_not_begun_to_settle_expects_nothing():
    day = covered(expected(DAY), {}, settled=at(-1))
    assert (day.state, day.expected, day.unsettled) == (State.NOT_SETTLED, 0, (DAY,))


def test_what_expired_is_no_gap():
    day = covered(expected(DAY, expired=True), {})
    assert (day.state, day.expected, day.lacks) == (State.EXPIRED, 0, ())


def test_points_that_were_not_expected_do_not_fill_a_gap():
    day = covered(expected(span(0, 2), measures=[CPU]), {CPU: hours(0, 7, 8)})
    assert (day.state, day.stored) == (State.MISSING, 1)
    assert day.gaps(CPU) == (Gap(span(1, 2)),)


def test_a_resource_with_sparse_metrics_alone_expects_nothing():
    day = covered(expected(DAY, measures=[]), {})
    assert (day.state, day.expected, day.lacks) == (State.STORED, 0, ())


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
    one = expected(running)
    assert one.count(DAY) == len([*one.times(DAY)]) == count


@given(st.sets(st.integers(0, 23)), st.sets(st.integers(0, 23)))
def test_missing_spans_are_exactly_what_is_not_stored(cpu, max_):
    day = covered(expected(DAY), {CPU: hours(*cpu), MAX: hours(*max_)})
    for measure, stored in ((CPU, cpu), (MAX, max_)):
        missing = {
            number
            for gap in day.gaps(measure)
            for number in range(24)
            if gap.span.start <= at(number) < gap.span.end
        }
        assert missing == set(range(24)) - stored
    assert day.stored == len(cpu) + len(max_)


def test_a_document_reads_back_to_what_it_was_made_of():
    one = expected(span(0, 20), known=(span(4, 30),), reasons={MAX: "Forbidden"})
    stored = {CPU: hours(5, 6)}
    first = covered(replace(one, readings={CPU: Reading(at(31), DAY, ())}), stored, at(22))
    again = covered(replace(one, readings={CPU: Reading(at(40), DAY, ())}), stored, at(22), first)
    assert coverage_of(document(again)) == replace(again, measures=())
    assert document(again)["nephoscope"]["reasons"] == ["Forbidden"]
    assert again.confirmed == 18


def test_the_document_of_a_whole_day_says_nothing_of_what_there_is_not():
    own = document(covered(expected(DAY), None))["nephoscope"]
    assert own == {"state": "stored", "final": True, "expected": 48, "stored": 48}


def test_a_final_day_stays_final_when_an_earlier_run_is_audited_after_it():
    final = covered(expected(DAY), {CPU: hours(*range(24)), MAX: hours(*range(23))})
    again = covered(expected(DAY), {CPU: hours(*range(24)), MAX: hours(*range(23))}, at(12), final)
    assert again == final
    assert final.final
    assert final.lacking == 1
