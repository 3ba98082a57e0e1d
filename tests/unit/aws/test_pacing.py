"""A pacer lets no more through than its rates and one second's worth."""

import random

import pytest

from nephoscope.aws.pacing import Pacer
from unit.extract.asked import FakeTime


def moments(pacer, fake, amounts):
    """Return when each call is let through, and what it takes."""
    found = []
    for calls, points in amounts:
        pacer.wait(calls, points)
        found.append((fake.now, calls, points))
    return found


def test_without_rates_it_never_waits():
    fake = FakeTime()
    Pacer(timer=fake.timer).wait(calls=1000, points=10**9)
    assert fake.pauses == []


def test_a_full_bucket_is_one_seconds_worth_and_then_the_rate():
    fake = FakeTime()
    found = moments(Pacer(calls=4, timer=fake.timer), fake, [(1, 0)] * 8)
    assert [now - 1000 for now, *_ in found] == [0, 0, 0, 0, 0.25, 0.5, 0.75, 1]


def test_idle_time_is_not_saved_beyond_a_second():
    fake = FakeTime()
    pacer = Pacer(calls=4, timer=fake.timer)
    fake.now += 60
    found = moments(pacer, fake, [(1, 0)] * 5)
    assert [now - 1060 for now, *_ in found] == [0, 0, 0, 0, 0.25]


def test_the_slower_of_two_rates_decides():
    fake = FakeTime()
    found = moments(Pacer(10, 1000, fake.timer), fake, [(1, 500)] * 6)
    assert [now - 1000 for now, *_ in found] == [0, 0, 0.5, 1, 1.5, 2]


@pytest.mark.parametrize("seed", range(20))
def test_in_no_span_is_there_more_than_its_rate_and_one_seconds_worth(seed):
    rng, fake = random.Random(seed), FakeTime()
    pacer = Pacer(5, 1000, fake.timer)
    found = []
    for _ in range(200):
        fake.now += rng.choice([0, 0, 0.01, 0.3, 2])
        found += moments(pacer, fake, [(1, rng.randint(0, 1000))])
    for first in range(len(found)):
        for last in range(first, len(found)):
            seconds = found[last][0] - found[first][0]
            assert last - first + 1 <= 5 * (seconds + 1) + 1e-6
            taken = sum(points for _, _, points in found[first : last + 1])
            assert taken <= 1000 * (seconds + 1) + 1e-6


@pytest.mark.parametrize("rate", [0.25, 4])
def test_what_is_larger_than_the_bucket_passes_and_is_waited_for_after(rate):
    fake = FakeTime()
    found = moments(Pacer(calls=rate, timer=fake.timer), fake, [(10, 0)] * 3)
    assert [now - 1000 for now, *_ in found] == pytest.approx([0, 10 / rate, 20 / rate])
