"""An answer that breaks off in the middle is asked for again, and never a shorter list."""

from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from clouds import ANCHOR, BotoCloud, fleet_shard
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.extract.metrics import extract
from nephoscope.model import Window
from nephoscope.plan.described import described_instances

NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))


@pytest.fixture
def cloud(aws):
    return BotoCloud(aws.url, attempts=3)


def listed(cloud):
    client = cloud.client("a", "cloudwatch", "eu-west-1")
    return client.list_metrics(Namespace="AWS/EC2", MetricName="CPUUtilization")["Metrics"]


def described(cloud):
    return described_instances(cloud.client("a", "ec2", "eu-west-1"), "123456789012", "eu-west-1")


def points(cloud):
    fleet = Fleet(7, 50, ANCHOR)
    shard = fleet_shard(fleet, "eu-west-1", DAY, {"CPUUtilization": ("Average",)})
    client = cloud.client("a", "cloudwatch", "eu-west-1")
    return [table.to_pylist() for table, _ in extract(shard, client, lambda: NOW)]


CALLS = {"ListMetrics": listed, "DescribeInstances": described, "GetMetricData": points}


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("drop", ["before", "middle"])
def test_a_connection_that_breaks_twice_is_tried_a_third_time(faults, cloud, operation, drop):
    whole = CALLS[operation](cloud)
    faults({"operation": operation, "drop": drop, "times": 2})
    assert CALLS[operation](cloud) == whole
    assert whole


def test_one_that_breaks_every_time_is_an_error(faults, cloud):
    faults({"operation": "ListMetrics", "drop": "middle"})
    with pytest.raises(ClientError, match="500"):
        listed(cloud)
