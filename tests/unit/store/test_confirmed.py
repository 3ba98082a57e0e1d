"""A gap is confirmed by two readings of CloudWatch that had nothing, and by nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.coverage import APART, NOT_STORED, Gap, Lack, State
from nephoscope.model import Resource, Window
from nephoscope.store.coverage.cover import cover
from nephoscope.store.coverage.expected import Expected, Reading

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
CPU, NET = ("CPUUtilization", "avg"), ("NetworkIn", "sum")
WEB = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", "i-1"),))
FIRST = DAY.end + timedelta(hours=6)
LATER = FIRST + APART


def span(start, end):
    return Window(DAY.start + timedelta(hours=start), DAY.start + timedelta(hours=end))


def audited(reading=None, before=None, there=range(20), measures=(CPU,), **more):
    """Cover the day, of which the first 20 hours are stored, after a reading of each measure."""
    readings = dict.fromkeys(measures, reading) if reading else {}
    one = Expected(WEB, 3600, measures, (DAY,), readings=readings, **more)
    stored = {measure: [span(hour, hour + 1).start for hour in there] for measure in measures}
    return cover(one, DAY, stored, settled=DAY.end, before=before)


def empty(asked_at, end=20):
    """Return a reading that had points of so many hours."""
    return Reading(asked_at, DAY, (span(0, end),))


def test_one_empty_reading_is_noted_and_confirms_nothing():
    once = audited(empty(FIRST))
    assert (once.state, once.confirmed, once.lacking) == (State.MISSING, 0, 4)
    assert once.gaps(CPU) == (Gap(span(20, 24), "", FIRST, FIRST),)


def test_a_second_one_some_hours_later_confirms():
    twice = audited(empty(LATER), audited(empty(FIRST)))
    assert (twice.state, twice.confirmed, twice.lacking) == (State.CONFIRMED, 4, 0)
    assert twice.gaps(CPU) == (Gap(span(20, 24), "", FIRST, LATER),)


def test_a_second_one_too_soon_does_not():
    twice = audited(empty(LATER - timedelta(seconds=1)), audited(empty(FIRST)))
    assert (twice.state, twice.confirmed) == (State.MISSING, 0)


def test_the_same_reading_audited_again_changes_nothing():
    once = audited(empty(FIRST))
    assert audited(empty(FIRST), once) == once
    twice = audited(empty(LATER), once)
    assert audited(empty(LATER), twice) == twice
    assert audited(empty(FIRST), twice) == twice


def test_an_audit_without_a_reading_forgets_none_and_adds_none():
    once = audited(empty(FIRST))
    assert audited(None, once) == once


def test_what_cloudwatch_gave_and_is_not_stored_is_no_evidence_of_a_gap():
    whole = Reading(FIRST, DAY, (DAY,))
    once = audited(whole)
    assert once.gaps(CPU) == (Gap(span(20, 24), NOT_STORED),)
    assert audited(replace(whole, asked_at=LATER), once).confirmed == 0


def test_a_reading_that_has_it_takes_back_what_was_confirmed():
    twice = audited(empty(LATER), audited(empty(FIRST)))
    again = audited(Reading(LATER + APART, DAY, (DAY,)), twice)
    assert (again.state, again.confirmed) == (State.MISSING, 0)


def test_a_gap_is_cut_where_the_readings_differ():
    once = audited(empty(FIRST, end=22))
    assert once.gaps(CPU) == (
        Gap(span(20, 22), NOT_STORED),
        Gap(span(22, 24), "", FIRST, FIRST),
    )
    twice = audited(empty(LATER), once)
    assert twice.confirmed == 2
    assert (twice.state, twice.lacking) == (State.MISSING, 2)


def test_a_measure_that_is_new_has_no_share_in_the_readings_of_others():
    once = audited(empty(FIRST))
    both = audited(empty(LATER), once, measures=(CPU, NET))
    assert both.lacks == (
        Lack((CPU,), (Gap(span(20, 24), "", FIRST, LATER),)),
        Lack((NET,), (Gap(span(20, 24), "", LATER, LATER),)),
    )
    assert (both.state, both.confirmed, both.lacking) == (State.MISSING, 4, 4)


@pytest.mark.parametrize("reason", ["Forbidden", "InternalError", "not read"])
def test_what_cloudwatch_did_not_answer_is_not_read(reason):
    once = audited(empty(FIRST))
    failed = audited(None, once, reasons={CPU: reason})
    assert failed.gaps(CPU) == (Gap(span(20, 24), reason, FIRST, FIRST),)
    assert failed.state is State.MISSING


HOURS = st.sets(st.integers(0, 23))


@given(stored=HOURS, readings=st.lists(st.tuples(st.integers(0, 20), HOURS), max_size=5))
def test_confirmed_is_what_the_readings_since_it_was_last_given_say(stored, readings):
    """The model: of each hour, the times of reading after the last one that gave it."""
    found, times = None, {hour: [] for hour in range(24)}
    for asked, had in readings:
        asked_at = FIRST + asked * timedelta(hours=1)
        given_ = tuple(span(hour, hour + 1) for hour in sorted(had))
        found = audited(Reading(asked_at, DAY, given_), found, there=stored)
        for hour, read in times.items():
            times[hour] = [] if hour in had else [*read, asked_at]
    expected = {h for h, read in times.items() if read and max(read) - min(read) >= APART} - stored
    gaps = found.gaps(CPU) if found else ()
    assert found is None or found.confirmed == len(expected)
    confirmed = {
        hour
        for gap in gaps
        for hour in range(24)
        if gap.confirmed and gap.span.start <= span(hour, hour + 1).start < gap.span.end
    }
    assert confirmed == expected
    assert all(a.span.end <= b.span.start for a, b in pairwise(gaps))
