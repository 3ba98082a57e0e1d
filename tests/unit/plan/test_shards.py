"""Shards are whole resources, none too large, nothing left out; their price is counted."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.model import Window
from nephoscope.plan.cost import cost
from nephoscope.plan.shards import MANY, POINTS, QUERIES, Series, cut, split
from shards import DAY, series, shard

TWELVE = {f"Metric{n}": ("Average",) for n in range(12)}


@given(st.integers(0, 300), st.integers(1, 100))
def test_parts_hold_every_resource_once_and_no_more_queries_than_allowed(count, most):
    parts = list(split(shard(count), most))
    assert tuple(one for part in parts for one in part) == series(count)
    for part in parts:
        assert len(part) == 1 or len(part) * 3 <= most


def fleet(count, places=6):
    """A run of so many instances over places: 12 metrics of a day at 300 s."""
    each = [Series((("InstanceId", f"i-{n:017x}"),), tuple(TWELVE)) for n in range(count // places)]
    names = (f"123456789012/region-{n}/ec2/2026-11-20/300s" for n in range(places))
    return [shard(name=name, series=tuple(each), statistics=TWELVE) for name in names]


@pytest.mark.parametrize("count", [10, 1000, 20_000, 100_000])
def test_a_run_has_few_shards_of_some_seconds_to_a_minute_each(count):
    wholes = fleet(max(count, 6))
    shards = cut(wholes)
    assert sum(one.metrics_asked for one in shards) == sum(one.metrics_asked for one in wholes)
    assert max(one.points for one in shards) <= POINTS[1]
    assert max(one.metrics_asked for one in shards) <= QUERIES[1]
    if count <= 20_000:
        assert len(shards) <= MANY + len(wholes)


def test_what_airflow_keeps_of_20_000_instances_stays_under_48_kib():
    run = "runs/collect_metrics_daily/20261121T060000.123456Z"
    kept = [
        {"run": run, "number": n, "name": one.name, "account": one.account, "region": one.region}
        for n, one in enumerate(cut(fleet(20_000)))
    ]
    assert len(orjson.dumps(kept)) < 48 * 1024


def test_a_shard_counts_what_aws_bills_and_what_it_can_bring():
    one = shard(10)
    assert one.metrics_asked == len(list(one.queries())) == 30
    assert one.points == 30 * 288


def test_a_refused_shard_asks_and_costs_nothing():
    refused = shard(0, period=0, statistics={}, refusal="denied")
    assert (cost([refused]).points, cost([refused]).dollars) == (0, 0)


def test_points_of_a_period_that_begins_in_no_window_are_none():
    half = Window(DAY.start.replace(minute=5), DAY.start.replace(minute=10))
    assert shard(1, window=half, period=3600).points == 0


def test_the_price_is_given_by_both_readings_of_the_price_list():
    price = cost([shard(500), shard(500)])
    assert (price.resources, price.metrics_asked, price.points) == (1000, 3000, 864_000)
    assert price.dollars == pytest.approx(0.03)
    assert price.dollars_if_grouped == pytest.approx(0.02)
