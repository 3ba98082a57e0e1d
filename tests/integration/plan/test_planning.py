"""The plan of a run against the stand-in AWS, over the wire."""

from datetime import UTC, datetime, timedelta

import pytest

from clouds import BotoCloud
from nephoscope.config.collections import Collections, load_collections
from nephoscope.config.settings import ROOT
from nephoscope.model import Window
from nephoscope.plan.cost import cost
from nephoscope.plan.discovery import discover
from nephoscope.plan.fleet import Memory
from nephoscope.plan.held import Held
from nephoscope.plan.planning import Planner


@pytest.fixture(scope="module")
def collections():
    return load_collections(ROOT / "include" / "collections.yaml")


@pytest.fixture
def now():
    return datetime.now(UTC)


@pytest.fixture
def yesterday(now):
    return Window.day(now - timedelta(days=1))


def make_plan(collections, windows, cloud, now):
    def look(place):
        return discover(place, collections, cloud, now)

    return Planner(collections, cloud, look, now, Memory(), 2, Held()).plan(windows)


def test_every_instance_is_planned_once_at_its_period(aws, collections, now, yesterday):
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    assert {(s.account, s.region, s.period) for s in plan.shards} == {
        ("123456789012", region, period)
        for region in ("eu-west-1", "us-east-1")
        for period in (60, 300)
    }
    detailed = {
        one.dimensions
        for shard in plan.shards
        for one in shard.series
        if one.attributes.get("detailed")
    }
    cpu = {
        period: [
            one.dimensions
            for shard in plan.shards
            if shard.period == period
            for one in shard.series
            if "CPUUtilization" in one.metrics
        ]
        for period in (60, 300)
    }
    assert sorted(cpu[60]) == sorted(detailed)
    assert len(cpu[60]) == 5
    assert not set(cpu[300]) & detailed
    stopped = [one for unasked in plan.unasked for one in unasked.shard.series]
    assert len(set(cpu[60] + cpu[300])) == len(cpu[60] + cpu[300]) == 50 - len(stopped)


def test_a_fleet_sum_is_not_taken_for_an_instance(aws, collections, now, yesterday):
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    names = {name for s in plan.shards for one in s.series for name, _ in one.dimensions}
    assert names == {"InstanceId"}


@pytest.mark.parametrize(("days", "periods"), [(10, {60, 300}), (30, {300}), (100, {3600})])
def test_old_days_are_planned_at_the_period_that_is_left(aws, collections, now, days, periods):
    day = Window.day(now - timedelta(days=days))
    plan = make_plan(collections, {"ec2": day}, BotoCloud(aws.url), now)
    assert {shard.period for shard in plan.shards} == periods
    assert plan.unasked == ()


def test_a_day_that_has_expired_is_left_out_with_all_its_instances(aws, collections, now):
    day = Window.day(now - timedelta(days=460))
    plan = make_plan(collections, {"ec2": day}, BotoCloud(aws.url), now)
    assert plan.shards == ()
    left = {one.dimensions for unasked in plan.unasked for one in unasked.shard.series}
    assert {unasked.reason for unasked in plan.unasked} == {"expired"}
    assert len(left) == 50


def test_a_denied_region_is_a_shard_that_says_why(aws, faults, collections, now, yesterday):
    faults(
        {"operation": "DescribeInstances", "region": "us-east-1", "code": "UnauthorizedOperation"}
    )
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    [refused] = [shard for shard in plan.shards if shard.refusal]
    assert refused.name == "aws_default/us-east-1 refused"
    assert "AWS refuses DescribeInstances (UnauthorizedOperation)" in refused.refusal
    assert {s.region for s in plan.shards if not s.refusal} == {"eu-west-1"}


def test_a_page_of_metrics_that_fails_is_never_a_shorter_list(
    aws, faults, collections, now, yesterday
):
    faults({"operation": "ListMetrics", "region": "eu-west-1", "code": "AccessDenied", "times": 1})
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    [refused] = [shard for shard in plan.shards if shard.refusal]
    assert "AWS refuses ListMetrics" in refused.refusal
    assert {s.region for s in plan.shards if not s.refusal} == {"us-east-1"}


def test_without_a_window_nothing_is_asked(collections, now):
    plan = make_plan(collections, {}, BotoCloud("http://127.0.0.1:1"), now)
    assert plan.shards == ()


def test_the_price_is_that_of_the_series(aws, collections, now, yesterday):
    plan = make_plan(collections, {"ec2": yesterday}, BotoCloud(aws.url), now)
    asked = sum(len(list(shard.queries())) for shard in plan.shards)
    assert cost(plan.shards).metrics_asked == asked
    assert cost(plan.shards).dollars == pytest.approx(asked / 100_000)


def read_by(regions="all", **entries):
    account = {"connection": "aws_default", "regions": regions}
    return Collections.model_validate({"accounts": [account], "collections": entries})


def test_all_regions_are_those_that_are_enabled(aws, now, yesterday):
    entry = {"namespace": "AWS/EC2", "metrics": {"CPUUtilization": ["Average"]}}
    plan = make_plan(read_by(it=entry), {"it": yesterday}, BotoCloud(aws.url), now)
    assert {shard.region for shard in plan.shards} == {"eu-west-1", "us-east-1"}


@pytest.mark.parametrize(
    ("namespace", "dimension"),
    [
        ("AWS/EBS", "VolumeId"),
        ("AWS/RDS", "DBInstanceIdentifier"),
        ("AWS/ApplicationELB", "LoadBalancer"),
        ("AWS/NetworkELB", "LoadBalancer"),
        ("AWS/Lambda", "FunctionName"),
        ("AWS/SQS", "QueueName"),
        ("AWS/DynamoDB", "TableName"),
        ("AWS/S3", "BucketName"),
    ],
)
def test_a_ready_entry_finds_its_resources_with_their_tags(
    aws, now, yesterday, namespace, dimension
):
    collections = read_by(["eu-west-1"], it={"namespace": namespace})
    plan = make_plan(collections, {"it": yesterday}, BotoCloud(aws.url), now)
    series = [one for shard in plan.shards for one in shard.series]
    assert not [shard.refusal for shard in plan.shards if shard.refusal]
    assert series
    assert all(dimension in dict(one.dimensions) for one in series)
    tagged = [one for one in series if one.attributes["tags"]]
    assert tagged
    assert all("env" in one.attributes["tags"] for one in tagged)


def test_a_tag_filter_leaves_the_others_out(aws, now, yesterday):
    def names(**resources):
        entry = {"namespace": "AWS/EBS", "resources": resources}
        collections = read_by(["eu-west-1"], it=entry)
        plan = make_plan(collections, {"it": yesterday}, BotoCloud(aws.url), now)
        return {one.dimensions: one.attributes for s in plan.shards for one in s.series}

    everything, prod = names(), names(tags={"env": "prod"})
    assert 0 < len(prod) < len(everything)
    assert prod == {
        dimensions: attributes
        for dimensions, attributes in everything.items()
        if attributes["tags"].get("env") == "prod"
    }


def test_everything_in_a_namespace_is_asked_at_all_its_levels(aws, now, yesterday):
    entry = {
        "namespace": "AWS/ApplicationELB",
        "dimensions": "any",
        "metrics": {"*": ["Sum"]},
    }
    plan = make_plan(read_by(["eu-west-1"], it=entry), {"it": yesterday}, BotoCloud(aws.url), now)
    levels = {tuple(name for name, _ in one.dimensions) for s in plan.shards for one in s.series}
    assert levels == {
        ("LoadBalancer",),
        ("LoadBalancer", "TargetGroup"),
        ("AvailabilityZone", "LoadBalancer"),
    }


def test_a_namespace_that_no_one_catalogued_is_collected_as_the_entry_says(aws, now, yesterday):
    entry = {"namespace": "Custom/Orders", "dimensions": "any", "metrics": {"*": ["Sum", "p99"]}}
    plan = make_plan(read_by(["eu-west-1"], it=entry), {"it": yesterday}, BotoCloud(aws.url), now)
    [shard] = plan.shards
    assert shard.period == 60
    assert shard.metrics_asked == 2 * sum(len(one.metrics) for one in shard.series) > 0


def test_an_account_whose_regions_can_not_be_listed_is_one_shard_that_says_why(
    aws, faults, now, yesterday
):
    faults({"operation": "DescribeRegions", "code": "UnauthorizedOperation"})
    entry = {"namespace": "AWS/EC2"}
    plan = make_plan(
        read_by(one=entry, two=entry), {"one": yesterday, "two": yesterday}, BotoCloud(aws.url), now
    )
    [refused] = plan.shards
    assert refused.name == "aws_default/all regions refused"
    assert "AWS refuses DescribeRegions" in refused.refusal


def test_a_collection_over_its_limit_is_refused_by_its_name(aws, now, yesterday):
    entry = {"namespace": "AWS/EC2", "limit": 10}
    plan = make_plan(read_by(["eu-west-1"], it=entry), {"it": yesterday}, BotoCloud(aws.url), now)
    [refused] = plan.shards
    assert refused.name == "aws_default/eu-west-1/it refused"
    assert "over its limit of 10" in refused.refusal
