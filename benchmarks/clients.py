"""Clients as Nephoscope sets them up, and shards to ask with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.config import Config

from nephoscope.aws.cloud import config
from nephoscope.extract import codec
from nephoscope.model import Window
from nephoscope.plan.shards import Pace, Series, Shard

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

REGION = "eu-west-1"
METRICS = (
    "CPUUtilization",
    "NetworkIn",
    "NetworkOut",
    "NetworkPacketsIn",
    "NetworkPacketsOut",
    "EBSReadBytes",
    "EBSWriteBytes",
    "StatusCheckFailed",
    "StatusCheckFailed_Instance",
    "StatusCheckFailed_System",
)
"""Ten that every instance of the demo's fleet has."""


def plain_client(url: str) -> CloudWatchClient:
    """Return boto3's client as it comes."""
    return _client(url, Config())


def our_client(url: str) -> CloudWatchClient:
    """Return a client as `AirflowCloud` sets it up."""
    client = _client(url, config("cloudwatch"))
    codec.attach(client)
    return client


def _client(url: str, config: Config) -> CloudWatchClient:
    import boto3

    return boto3.client(
        "cloudwatch",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",  # ruff: ignore[hardcoded-password-func-arg] - of no one
        config=config,
    )


def shard(
    instances: list[str], window: Window, statistics: tuple[str, ...], pace: Pace | None = None
) -> Shard:
    """Return a shard that asks ten metrics of each instance, at 300 s."""
    return Shard(
        name="benchmark",
        connection="benchmark",
        account="123456789012",
        region=REGION,
        collection="ec2",
        namespace="AWS/EC2",
        period=300,
        window=window,
        statistics=dict.fromkeys(METRICS, statistics),
        series=tuple(Series((("InstanceId", one),), METRICS) for one in instances),
        pace=pace,
    )
