"""AWS for tests without Airflow: boto3 clients of a stand-in."""

from datetime import UTC, datetime
from functools import cache

import boto3
from botocore.config import Config

from nephoscope.cloud import CONFIG, decode_fast

ANCHOR = datetime.now(UTC).date()
"""The day that the session's fleet is anchored on; fixed, as a session may run over midnight."""


class BotoCloud:
    """Reaches a stand-in by boto3; every connection is the same account."""

    def __init__(self, url, attempts=10):
        self.url = url
        self.config = CONFIG.merge(Config(retries={"total_max_attempts": attempts}))
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
            config=self.config,
        )
        if service == "cloudwatch":
            decode_fast(client)
        return client
