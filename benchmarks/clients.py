"""Clients as Nephoscope sets them up, and shards to ask with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.config import Config

from nephoscope.aws.clients import ready
from nephoscope.aws.cloud import config
from nephoscope.aws.pacing import Pace
from nephoscope.model import Window
from nephoscope.plan.shards import Series, Shard

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

ACCOUNT = "123456789012"
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
    client: CloudWatchClient = _client(url, "cloudwatch", REGION, Config())
    return client


def our_client(url: str) -> CloudWatchClient:
    """Return a client as `AirflowCloud` sets it up."""
    client: CloudWatchClient = Clients(url).client("benchmark", "cloudwatch", REGION)
    return client


class Clients:
    """The cloud that a stand-in is, as `AirflowCloud` would reach it; clients are made anew."""

    def __init__(self, url: str) -> None:
        self._url = url

    def account(self, connection: str) -> str:
        """Return the account that the stand-in takes a connection for."""
        identity = self.client(connection, "sts", REGION).get_caller_identity()
        return str(identity["Account"])

    def client(self, connection: str, service: str, region: str) -> Any:
        """Return a client of a service."""
        return ready(_client(self._url, service, region, config(service), connection))


def _client(url: str, service: str, region: str, config: Config, key: str = "key") -> Any:
    import boto3

    make: Any = boto3.client  # typed by the name of each service, which is an argument here
    return make(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id=key,
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
        account=ACCOUNT,
        region=REGION,
        collection="ec2",
        namespace="AWS/EC2",
        period=300,
        window=window,
        statistics=dict.fromkeys(METRICS, statistics),
        series=tuple(Series((("InstanceId", one),), METRICS) for one in instances),
        pace=pace,
    )
