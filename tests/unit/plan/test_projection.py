"""A month's bill, worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from nephoscope.config.collections import Collection
from nephoscope.model import Window
from nephoscope.plan.asking import Looked
from nephoscope.plan.planning import Plan
from nephoscope.plan.projection import Saving, listing_calls, listing_dollars, projected
from nephoscope.plan.shards import Series
from shards import shard

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WINDOW = Window(NOW - timedelta(minutes=5), NOW)
METRICS = ("CPUUtilization", "NetworkIn")


def entry(every="5m", metrics=METRICS):
    return Collection(namespace="AWS/EC2", metrics=dict.fromkeys(metrics), every=every)


def instances(count, *, metrics=METRICS, **more):
    """Return a shard of so many instances, one statistic of each metric."""
    fields = {
        "statistics": dict.fromkeys(metrics, ("Average",)),
        "series": tuple(Series((("InstanceId", f"i-{n}"),), metrics) for n in range(count)),
    }
    return shard(0, WINDOW, **(fields | more))


def plan(*shards, names=("ec2",), looks=()):
    return Plan(NOW, dict.fromkeys(names, WINDOW), shards, looks=tuple(looks))


def test_ten_thousand_metrics_cost_864_dollars_5_minutely_and_72_hourly():
    [fast] = projected(plan(instances(5000)), {"ec2": entry("5m")})
    assert fast.series == 10_000
    assert fast.live.metrics_asked == 10_000 * 288 * 30
    assert fast.live.dollars == fast.live.dollars_if_grouped == pytest.approx(864)
    assert fast.daily.dollars == pytest.approx(3)
    assert fast.cheaper == Saving(3600, pytest.approx(792), pytest.approx(792))
    [slow] = projected(plan(instances(5000)), {"ec2": entry("1h")})
    assert slow.live.dollars == pytest.approx(72)
    assert slow.cheaper is None


def test_both_readings_are_projected():
    statistics = dict.fromkeys(METRICS, ("Average", "Maximum", "p99"))
    [one] = projected(plan(instances(5000, statistics=statistics)), {"ec2": entry()})
    assert one.live.dollars == pytest.approx(3 * 864)
    assert one.live.dollars_if_grouped == pytest.approx(864)
    assert one.cheaper.dollars_if_grouped == pytest.approx(792)


@pytest.mark.parametrize(("every", "saved"), [("5m", 0.9167), ("15m", 0.75), ("30m", 0.5)], ids=str)
def test_hourly_saves_its_part_of_the_live_bill(every, saved):
    [one] = projected(plan(instances(5000)), {"ec2": entry(every)})
    assert one.cheaper.dollars / one.live.dollars == pytest.approx(saved, abs=0.0001)


@pytest.mark.parametrize(("count", "worth"), [(6, False), (7, True)])
def test_less_than_a_dollar_is_not_worth_saying(count, worth):
    [one] = projected(plan(instances(count)), {"ec2": entry()})  # 0.1584 dollars each
    assert (one.cheaper is not None) is worth


def test_the_largest_saving_comes_first_and_what_saves_nothing_last():
    names = ("small", "hourly", "large")
    shards = [instances(n, collection=name) for n, name in zip((10, 99, 50), names, strict=True)]
    entries = {"small": entry(), "hourly": entry("1h"), "large": entry()}
    found = projected(plan(*shards, names=names), entries)
    assert [one.collection for one in found] == ["large", "small", "hourly"]


def test_a_series_is_asked_no_more_often_than_it_has_points():
    [one] = projected(plan(instances(1, period=300)), {"ec2": entry("1m")})
    assert one.live.metrics_asked == 2 * 288 * 30


def test_what_is_refused_is_left_out():
    refused = shard(0, WINDOW, period=0, refusal="denied")
    [one] = projected(plan(refused), {"ec2": entry()})
    assert (one.series, one.live.dollars, one.cheaper) == (0, 0, None)


@pytest.mark.parametrize(
    ("count", "metrics", "calls"),
    [
        pytest.param(500, METRICS, 2, id="a-page-each"),
        pytest.param(501, METRICS, 4, id="two-pages-each"),
        pytest.param(0, METRICS, 2, id="nothing-is-there"),
        pytest.param(501, ("Network*", "CPU*"), 3, id="patterns-are-listed-together"),
    ],
)
def test_metrics_are_listed_500_a_call_by_name_or_all_together(count, metrics, calls):
    looks = [Looked("aws_default", "eu-west-1", "q", NOW)]
    made = plan(instances(count), looks=looks)
    assert listing_calls(made, {"ec2": entry(metrics=metrics)}, looks=750) == 750 * calls


def test_the_first_million_listings_are_free():
    assert listing_dollars(1_000_000) == 0
    assert listing_dollars(1_100_000) == pytest.approx(1)


def test_storage_is_asked_once_a_day_of_three_days_and_by_no_other_dag():
    shards = instances(100, collection="s3")
    [one] = projected(plan(shards, names=("s3",)), {"s3": Collection(namespace="AWS/S3")})
    assert (one.series, one.live.metrics_asked, one.cheaper) == (200, 0, None)
    assert one.daily.metrics_asked == 200 * 3 * 30
