"""What is there of a day that was read for good is not asked; of the rest only the gaps are."""

from datetime import timedelta

import pytest

from discovered import NOW, discovery, instance
from nephoscope.config.collections import Collection
from nephoscope.coverage import APART, EXPIRED, NOT_STORED, Coverage, Gap, Lack, State
from nephoscope.model import Window
from nephoscope.plan.asking import Asking
from nephoscope.plan.fleet import Fleet, Memory
from nephoscope.plan.held import Held
from nephoscope.plan.unasked import left_out

DAY = Window.day(NOW - timedelta(days=2))
AVERAGE, MAXIMUM = ("CPUUtilization", "avg"), ("CPUUtilization", "max")
NETWORK = ("NetworkIn", "sum")
ASKED = {"CPUUtilization": ["Average", "Maximum"], "NetworkIn": ["Sum"]}
LONG_AGO = NOW - APART


def hours(first, last, day=DAY):
    return Window(day.start + timedelta(hours=first), day.start + timedelta(hours=last))


def covered(one, *lacks, period=300, day=DAY, measures=(AVERAGE, MAXIMUM, NETWORK), sparse=()):
    """Return a day of a resource that lacks something, or nothing."""
    state = State.MISSING if lacks else State.STORED
    more = {"lacks": lacks, "measures": measures, "sparse": sparse}
    return Coverage(one.resource, period, day, state, True, 864, 860 if lacks else 864, **more)


def lack(*gaps, measures=(AVERAGE,)):
    return Lack(tuple(measures), gaps)


def part(seen, *known, day=DAY, window=None):
    days = {}
    for one in known:
        days.setdefault(one.resource, []).append(one)
    collection = Collection(namespace="AWS/EC2", metrics=ASKED)
    fleet = Fleet(discovery(*seen), Memory())
    held = Held({day: days})
    return Asking("it", collection, fleet, window or day, NOW, 1, held).part()


def asked(found):
    """Return what is asked: window, period and queries of each shard."""
    return {
        (whole.window, whole.period): [
            (dict(named)["InstanceId"][-1], metric, statistic)
            for named, metric, statistic in whole.queries()
        ]
        for whole in found.wholes
    }


ALL = [
    ("1", "CPUUtilization", "Average"),
    ("1", "CPUUtilization", "Maximum"),
    ("1", "NetworkIn", "Sum"),
]


def test_a_day_that_is_whole_asks_nothing():
    found = part([instance(1)], covered(instance(1)))
    assert (asked(found), left_out(found.unasked)) == ({}, {"whole": 1})
    assert [*found.unasked[0].shard.queries()]
    assert found.unasked[0].shard.window == DAY


def test_of_a_resource_with_gaps_only_their_series_are_asked_and_by_one_hull():
    gaps = lack(Gap(hours(3, 4), NOT_STORED), Gap(hours(9, 10)))
    other = lack(Gap(hours(1, 2)), measures=(NETWORK,))
    found = part(
        [instance(1), instance(2)], covered(instance(1), gaps), covered(instance(2), other)
    )
    [shard] = found.wholes
    queries = [("1", "CPUUtilization", "Average"), ("2", "NetworkIn", "Sum")]
    assert asked(found) == {(hours(1, 10), 300): queries}
    assert (shard.metrics_asked, shard.points, shard.repair) == (2, 2 * 9 * 12, True)
    [whole] = found.unasked
    assert whole.reason == "whole"
    assert whole.shard.metrics_asked == 4


def test_what_nothing_is_known_of_is_asked_whole():
    found = part([instance(1)])
    assert asked(found) == {(DAY, 300): ALL}


def test_a_metric_that_was_not_asked_before_is_asked_whole():
    found = part([instance(1)], covered(instance(1), measures=(AVERAGE,)))
    assert asked(found) == {(DAY, 300): ALL[1:]}


def test_a_sparse_metric_that_was_answered_is_there():
    found = part(
        [instance(1)], covered(instance(1), measures=(AVERAGE,), sparse=(MAXIMUM, NETWORK))
    )
    assert asked(found) == {}


def test_a_part_of_a_day_is_asked_whatever_is_there():
    found = part([instance(1)], covered(instance(1)), window=hours(3, 4))
    assert asked(found) == {(hours(3, 4), 300): ALL}


@pytest.mark.parametrize(
    ("gap", "left"),
    [
        pytest.param(
            {"first_read": LONG_AGO, "last_read": LONG_AGO + APART}, "whole", id="confirmed"
        ),
        pytest.param({"reason": EXPIRED}, "whole", id="expired"),
        pytest.param(
            {"first_read": LONG_AGO + timedelta(seconds=1), "last_read": NOW},
            "read lately",
            id="young",
        ),
    ],
)
def test_a_gap_that_asking_would_not_change_is_not_asked(gap, left):
    found = part([instance(1)], covered(instance(1), lack(Gap(hours(3, 4), **gap))))
    assert asked(found) == {}
    assert left in left_out(found.unasked)


def test_a_gap_that_was_read_once_is_due_after_a_while():
    gap = Gap(hours(3, 4), first_read=LONG_AGO, last_read=LONG_AGO)
    found = part([instance(1)], covered(instance(1), lack(gap)))
    assert asked(found) == {(hours(3, 4), 300): ALL[:1]}


@pytest.mark.parametrize("reason", ["not read", "InternalError", "Forbidden", "PartialData"])
def test_what_cloudwatch_did_not_answer_is_asked_whole(reason):
    """What was not expected may be missing too: nobody saw whether the instance ran."""
    found = part([instance(1)], covered(instance(1), lack(Gap(hours(3, 4), reason))))
    assert asked(found) == {(DAY, 300): ALL[:1]}


def test_what_is_there_at_a_finer_period_is_not_asked_at_a_coarser_one():
    found = part([instance(1)], covered(instance(1), period=60))
    assert asked(found) == {}
    assert [one.shard.period for one in found.unasked] == [60]


def test_what_is_there_at_a_coarser_period_is_asked_at_the_finer_one():
    detailed = instance(1, detailed=True)
    found = part([detailed], covered(detailed, period=300))
    assert asked(found) == {(DAY, 60): ALL}


def test_a_gap_of_a_period_that_cloudwatch_no_longer_has_is_lost():
    day = Window.day(NOW - timedelta(days=20))
    known = covered(instance(1), lack(Gap(hours(3, 4, day))), period=60, day=day)
    found = part([instance(1)], known, day=day)
    assert asked(found) == {}
    assert left_out(found.unasked) == {"lost": 1, "whole": 1}


def test_what_is_there_stays_when_cloudwatch_holds_nothing_more():
    day = Window.day(NOW - timedelta(days=500))
    found = part([instance(1)], covered(instance(1), day=day), day=day)
    assert left_out(found.unasked) == {"whole": 1}
    assert left_out(part([instance(1)], day=day).unasked) == {"expired": 1}
