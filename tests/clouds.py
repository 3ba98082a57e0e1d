"""AWS for tests without Airflow: boto3 clients of a stand-in, and shards of its fleet."""

from datetime import UTC, datetime
from functools import cache

import boto3
from botocore.config import Config

from nephoscope.aws.clients import ready
from nephoscope.aws.cloud import config
from nephoscope.plan.shards import Series, Shard

ANCHOR = datetime.now(UTC).date()
"""The day that the session's fleet is anchored on; fixed, as a session may run over midnight."""


class BotoCloud:
    """Reaches a stand-in by boto3; every connection is the same account."""

    def __init__(self, url, attempts=10):
        self.url = url
        self.attempts = Config(retries={"total_max_attempts": attempts})
        self.client = cache(self._client)

    def account(self, connection):
        return self.client(connection, "sts", "eu-west-1").get_caller_identity()["Account"]

    def _client(self, connection, service, region):
        client = boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=connection,
            aws_secret_access_key="secret",
            config=config(service).merge(self.attempts),
        )
        return ready(client)


def fleet_shard(fleet, region, window, statistics, period=300, **more):
    """Return a shard that asks statistics, by metric, of a region's instances that have them."""
    fields = {
        "name": "s",
        "connection": fleet.account,
        "account": fleet.account,
        "region": region,
        "collection": "ec2",
        "namespace": "AWS/EC2",
        "series": tuple(
            Series((("InstanceId", one.id),), tuple(m for m in one.metrics if m in statistics))
            for one in fleet.region(region)
        ),
    }
    return Shard(**(fields | more), period=period, window=window, statistics=statistics)
