"""Shards are whole resources, none too large, nothing left out; their price is counted."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.model import Window
from nephoscope.plan.cost import cost
from nephoscope.plan.shards import MAX_POINTS, MAX_QUERIES, Series, Shard, split

STATISTICS = {"CPUUtilization": ("Average", "Maximum"), "NetworkIn": ("Sum",)}
DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))


def series(count):
    return [Series((("InstanceId", f"i-{n:017x}"),), tuple(STATISTICS)) for n in range(count)]


def shard(parts, window=DAY):
    return Shard(
        name="s",
        connection="aws_default",
        account="123456789012",
        region="eu-west-1",
        collection="ec2",
        namespace="AWS/EC2",
        period=300,
        window=window,
        statistics=STATISTICS,
        series=tuple(parts),
    )


@given(st.integers(0, 9000), st.sampled_from([1, 12, 288, 1440, 500_000]))
def test_shards_hold_every_resource_once_and_stay_within_their_limits(count, points):
    all_series = series(count)
    parts = list(split(all_series, STATISTICS, points))
    assert [one for part in parts for one in part] == all_series
    for part in parts:
        assert len(part) * 3 <= MAX_QUERIES
        assert len(part) == 1 or len(part) * 3 * points <= MAX_POINTS


def test_a_shard_counts_what_aws_bills_and_what_it_can_bring():
    one = shard(series(10))
    assert one.metrics_asked == len(list(one.queries())) == 30
    assert one.points == 30 * 288


def test_the_price_is_given_by_both_readings_of_the_price_list():
    price = cost([shard(series(500)), shard(series(500))])
    assert (price.resources, price.metrics_asked, price.points) == (1000, 3000, 864_000)
    assert price.dollars == pytest.approx(0.03)
    assert price.dollars_if_grouped == pytest.approx(0.02)
