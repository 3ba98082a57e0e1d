"""The plan of a run against the stand-in AWS, over the wire."""

from datetime import UTC, datetime, timedelta

import pytest

from clouds import BotoCloud
from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT
from nephoscope.model import Window
from nephoscope.plan.cost import cost
from nephoscope.plan.planning import make_plan


@pytest.fixture(scope="module")
def collections():
    return load_collections(ROOT / "include" / "collections.yaml")


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def yesterday(now):
    return Window.day(now - timedelta(days=1))


def test_every_instance_is_planned_once_at_its_period(aws, collections, now, yesterday):
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    assert len(plan.instances) == 50
    assert {(s.account, s.region, s.period) for s in plan.shards} == {
        ("123456789012", region, period)
        for region in ("eu-west-1", "us-east-1")
        for period in (60, 300)
    }
    detailed = {i.resource.dimensions for i in plan.instances if i.detailed}
    cpu = {
        shard.period: {one.dimensions for one in shard.series if "CPUUtilization" in one.metrics}
        for shard in plan.shards
        if shard.region == "eu-west-1"
    }
    assert cpu[60] <= detailed
    assert not cpu[300] & detailed
    assert sum(len(s.series) for s in plan.shards if s.period == 60) == len(detailed) == 5


def test_a_fleet_sum_is_not_taken_for_an_instance(aws, collections, now, yesterday):
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    names = {name for s in plan.shards for one in s.series for name, _ in one.dimensions}
    assert names == {"InstanceId"}


def test_old_days_are_planned_at_the_period_that_is_left(aws, collections, now):
    cloud = BotoCloud(aws.url)
    for days, periods in ((10, {60, 300}), (30, {300}), (100, {3600}), (460, set())):
        day = Window.day(now - timedelta(days=days))
        plan = make_plan(collections, {"ec2": day}, cloud, now)
        assert {shard.period for shard in plan.shards} == periods


def test_a_denied_region_is_a_shard_that_says_why(aws, faults, collections, now, yesterday):
    faults(
        {"operation": "DescribeInstances", "region": "us-east-1", "code": "UnauthorizedOperation"}
    )
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    [refused] = [shard for shard in plan.shards if shard.refusal]
    assert refused.name == "aws_default/us-east-1 refused"
    assert "AWS refuses DescribeInstances (UnauthorizedOperation)" in refused.refusal
    assert {s.region for s in plan.shards if not s.refusal} == {"eu-west-1"}


def test_without_a_window_nothing_is_asked(collections, now):
    plan = make_plan(collections, {}, BotoCloud("http://127.0.0.1:1"), now)
    assert plan.shards == ()


def test_the_price_is_that_of_the_series(aws, collections, now, yesterday):
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    asked = sum(len(list(shard.queries())) for shard in plan.shards)
    assert cost(plan.shards).metrics_asked == asked
    assert cost(plan.shards).dollars == pytest.approx(asked / 100_000)
