"""What a plan asks, worked out by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nephoscope.aws.pacing import Pace
from nephoscope.model import Window
from nephoscope.plan.cost import cost
from nephoscope.plan.shards import Series
from shards import DAY, shard

MINUTES = Window(DAY.start, DAY.start + timedelta(minutes=5))
BEFORE = Window(DAY.start - timedelta(days=1), DAY.start)
TEN_THOUSAND = shard(
    0,
    MINUTES,
    statistics={f"m{n}": ("Average",) for n in range(10)},
    series=tuple(
        Series((("InstanceId", f"i-{n}"),), tuple(f"m{m}" for m in range(10))) for n in range(1000)
    ),
)
"""10,000 metrics, one point each."""


def test_ten_thousand_metrics_cost_ten_cents_a_time():
    found = cost([TEN_THOUSAND])
    assert found.metrics_asked == found.series == found.points == 10_000
    assert found.dollars == found.dollars_if_grouped == pytest.approx(0.1)
    assert found.calls == 20  # of 500


@pytest.mark.parametrize(
    ("statistics", "grouped"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3)], ids=str
)
def test_up_to_five_statistics_of_a_metric_may_count_once(statistics, grouped):
    asked = {"CPUUtilization": tuple(f"p{n}" for n in range(statistics))}
    one = shard(statistics=asked, series=(Series((("InstanceId", "i-1"),), ("CPUUtilization",)),))
    assert cost([one]).dollars == pytest.approx(statistics / 100_000)
    assert cost([one]).dollars_if_grouped == pytest.approx(grouped / 100_000)


def test_a_series_counts_once_for_all_days_and_is_billed_for_each():
    found = cost([shard(10), shard(10, BEFORE)])
    assert found.series == 10 * 3
    assert found.metrics_asked == 10 * 3 * 2
    assert found.resources == 10 * 2


@pytest.mark.parametrize(
    "other",
    [{"account": "210987654321"}, {"region": "us-east-1"}, {"namespace": "AWS/RDS"}],
    ids=str,
)
def test_series_elsewhere_are_others(other):
    assert cost([shard(10), shard(10, **other)]).series == 2 * 10 * 3


def test_a_series_of_two_periods_is_one():
    assert cost([shard(10), shard(10, BEFORE, period=3600)]).series == 10 * 3


@pytest.mark.parametrize(
    ("pace", "seconds"),
    [
        pytest.param(Pace(calls=1, points=1e6), 7, id="calls-bound"),  # 7 calls of 350 of 2,100
        pytest.param(Pace(calls=50, points=100_800), 6, id="points-bound"),
    ],
)
def test_calls_and_points_bound_the_time(pace, seconds):
    one = shard(700, pace=pace)
    assert cost([one]).calls == 7
    assert cost([one]).points == 2100 * 288
    assert cost([one]).seconds == pytest.approx(seconds)


def test_shards_that_share_a_quota_take_as_long_as_one_that_has_it_all():
    whole = shard(700, pace=Pace(calls=50, points=201_600))
    halves = [
        replace(whole, series=part, pace=Pace(calls=25, points=100_800))
        for part in (whole.series[:350], whole.series[350:])
    ]
    assert cost(halves, slots=2).seconds == pytest.approx(cost([whole]).seconds) == 3


def test_regions_are_read_by_the_same_slots_so_their_times_add_up():
    one = shard(700, pace=Pace(calls=50, points=100_800))
    both = [one, replace(one, region="us-east-1")]
    assert cost(both, slots=2).seconds == pytest.approx(6)


def test_few_metrics_take_more_room_a_point():
    one = shard(
        1, statistics={"CPUUtilization": ("Average",)}, series=(Series((), ("CPUUtilization",)),)
    )
    assert cost([one]).bytes == 288 * (15 + 5)
    assert cost([shard(1)]).bytes == 288 * (15 + 3 * 5)


def test_what_can_bring_no_point_asks_nothing():
    minute = Window(DAY.start + timedelta(minutes=1), DAY.start + timedelta(minutes=2))
    refused = shard(0, period=0, refusal="denied")
    assert cost([shard(2, minute), refused]) == cost([])


def test_it_reads_as_a_sentence():
    assert str(cost([shard(700, pace=Pace(calls=50, points=100_800))])) == (
        "2,100 metrics asked of 2,100 series in 7 calls, at most 604,800 points; $0.0210 "
        "($0.0140 if five statistics count once), at least 6 s at AWS's quotas, "
        "about 6.0 MB in Elasticsearch"
    )
