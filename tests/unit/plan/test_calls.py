"""Calls are as few as the limits allow."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nephoscope.aws.pacing import Pace
from nephoscope.model import Window
from nephoscope.plan.calls import CALL_POINTS, CALL_QUERIES, batches
from nephoscope.plan.shards import Series
from shards import DAY, shard


@pytest.mark.parametrize(
    ("count", "minutes", "calls"),
    [
        pytest.param(1, 5, 1, id="one"),
        pytest.param(166, 5, 1, id="498-queries-fit"),
        pytest.param(167, 5, 2, id="501-do-not"),
        pytest.param(116, 1440, 1, id="348-queries-of-a-day-fill-a-page"),
        pytest.param(117, 1440, 2, id="351-do-not"),
    ],
)
def test_calls_are_as_few_as_the_limits_allow(count, minutes, calls):
    window = Window(DAY.start, DAY.start + timedelta(minutes=minutes))
    one = shard(count, window)
    parts = list(batches(one))
    assert len(parts) == calls
    assert [q for part in parts for q in part] == list(one.queries())
    for part in parts:
        assert len(part) <= CALL_QUERIES
        assert len(part) * window.points(300) <= CALL_POINTS


def test_a_call_asks_for_no_more_points_than_the_pace_has_a_second():
    one = replace(shard(100), pace=Pace(calls=10, points=10_000))
    parts = list(batches(one))
    assert [q for part in parts for q in part] == list(one.queries())
    assert max(map(len, parts)) == 33  # 11 whole resources; a 35th query is over 10,000 points


def test_a_resource_with_more_queries_than_a_call_takes_is_cut():
    metrics = tuple(f"m{n}" for n in range(1100))
    one = shard(
        0,
        Window(DAY.start, DAY.start + timedelta(minutes=5)),
        statistics=dict.fromkeys(metrics, ("Sum",)),
        series=(Series((("QueueName", "q"),), metrics),),
    )
    assert [len(part) for part in batches(one)] == [500, 500, 100]


def test_a_window_that_is_shorter_than_the_period_is_cut_all_the_same():
    minute = Window(DAY.start + timedelta(minutes=1), DAY.start + timedelta(minutes=2))
    assert [len(part) for part in batches(shard(2, minute))] == [6]
