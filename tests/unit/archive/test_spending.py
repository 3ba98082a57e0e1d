"""What a run asked is counted from its answers; an attempt without answers counts as its shard."""

from datetime import timedelta

import pytest

from nephoscope.archive import landing
from nephoscope.archive.spending import asked, keep_spending, kept_spending
from nephoscope.coverage import EXPIRED
from nephoscope.extract.answers import Answer
from nephoscope.extract.table import table
from nephoscope.plan.shards import Series
from nephoscope.spending import Charge, Spending
from shards import shard
from unit.archive.landed import NIGHT, answers, land, run_at, steady

RUN = run_at(NIGHT)
ONE = Charge(metrics=3, points=864, dollars=0.00003, dollars_if_grouped=0.00002)
"""What a shard of one instance asks: two statistics of a metric, one of another."""


def nearly(charge):
    dollars = charge.dollars, charge.dollars_if_grouped
    return charge.metrics, charge.points, *map(pytest.approx, dollars)


def counted(root, *shards, over=True):
    found = asked(root, RUN, shards, over=over)
    return found.metrics, found.points, found.dollars, found.dollars_if_grouped


def break_off(root, one, *, attempt):
    """Write an attempt that reads a part, and then fails."""

    def batches():
        part = list(answers(one, steady(1), NIGHT))[:1]
        yield table(one, part), part
        raise ConnectionError

    with pytest.raises(ConnectionError):
        landing.write_points(root, RUN, 1, attempt, one, batches(), NIGHT)


def test_a_run_that_was_answered_whole_asked_what_was_estimated(tmp_path):
    for number in (1, 2):
        land(tmp_path, steady(1), number=number)
    assert counted(tmp_path, shard(), shard()) == nearly(ONE + ONE)


def test_only_points_that_came_are_counted(tmp_path):
    land(tmp_path, lambda *asked: None if asked[1] == "NetworkIn" else 1.0)
    assert counted(tmp_path, shard()) == nearly(Charge(3, 576, 0.00003, 0.00002))


def test_every_attempt_is_counted(tmp_path):
    for attempt in (1, 2):
        land(tmp_path, steady(1), attempt=attempt)
    assert counted(tmp_path, shard()) == nearly(ONE + ONE)


def test_an_attempt_that_broke_off_counts_as_its_shard(tmp_path):
    break_off(tmp_path, shard(), attempt=1)
    land(tmp_path, lambda *_: None, attempt=2)
    empty = Charge(3, 0, 0.00003, 0.00002)
    assert counted(tmp_path, shard()) == nearly(ONE + empty)


@pytest.mark.parametrize(("over", "expected"), [(True, ONE), (False, Charge())])
def test_a_shard_of_which_nothing_landed_counts_when_the_run_is_over(tmp_path, over, expected):
    assert counted(tmp_path, shard(), over=over) == nearly(expected)


def test_what_had_expired_was_not_asked(tmp_path):
    one = shard()
    said = [Answer(query, status=EXPIRED, period=300) for query in one.queries()]
    landing.write_points(tmp_path, RUN, 1, 1, one, [(table(one, said), said)], NIGHT)
    assert counted(tmp_path, one) == nearly(Charge())


def test_a_shard_that_was_refused_asks_nothing(tmp_path):
    assert counted(tmp_path, shard(0, refusal="denied")) == nearly(Charge())


def test_another_runs_attempts_are_not_counted(tmp_path):
    land(tmp_path, steady(1), run=run_at(NIGHT + timedelta(seconds=1)))
    assert counted(tmp_path, shard(), over=False) == nearly(Charge())


def test_six_statistics_of_a_metric_are_two_of_the_cheaper_reading(tmp_path):
    statistics = {"CPUUtilization": ("Average", "Sum", "Minimum", "Maximum", "p99", "p90")}
    series = Series((("InstanceId", "i-1"),), ("CPUUtilization",))
    one = shard(statistics=statistics, series=(series,))
    land(tmp_path, steady(1), one=one)
    assert counted(tmp_path, one) == nearly(Charge(6, 6 * 288, 0.00006, 0.00002))


def test_what_is_kept_beside_the_plan_is_read_back(tmp_path):
    (tmp_path / RUN).mkdir(parents=True)
    assert kept_spending(tmp_path, RUN) is None
    spending = Spending(RUN, "manual__x", NIGHT, ONE, ONE, {"created": 5})
    keep_spending(tmp_path, spending)
    assert kept_spending(tmp_path, RUN) == spending
