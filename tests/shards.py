"""Shards for tests: a small EC2 one, and whatever differs from it."""

from dataclasses import replace
from datetime import UTC, datetime

from nephoscope.model import Window
from nephoscope.plan.shards import Series, Shard

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
STATISTICS = {"CPUUtilization": ("Average", "Maximum"), "NetworkIn": ("Sum",)}


def series(count):
    """Return instances that are asked all three statistics."""
    return tuple(Series((("InstanceId", f"i-{n:017x}"),), tuple(STATISTICS)) for n in range(count))


def shard(count=1, window=DAY, **other):
    """Return a shard of so many instances: 3 queries each, 288 points a query."""
    one = Shard(
        name="s",
        connection="aws_default",
        account="123456789012",
        region="eu-west-1",
        collection="ec2",
        namespace="AWS/EC2",
        period=300,
        window=window,
        statistics=STATISTICS,
        series=series(count),
    )
    return replace(one, **other)
