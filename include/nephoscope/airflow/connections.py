"""AWS and Elasticsearch as the owner's Airflow connections reach them."""

from __future__ import annotations

from functools import cache
from typing import Any

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from nephoscope.errors import ConfigError

ELASTICSEARCH = "elasticsearch_default"
ALERTS = "nephoscope_alerts"


def connection(conn_id: str, conn_type: str) -> Connection:
    """Return a connection.

    Airflow's AWS hooks only warn of an unknown one and then take whatever credentials the
    machine has, which may be another account's.

    Raises:
        ConfigError: there is none of that id, or it is of another type.
    """
    try:
        found = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise ConfigError(
            f"there is no Airflow connection {conn_id!r}: add it in the UI under Admin, "
            f"Connections, or set AIRFLOW_CONN_{conn_id.upper()}"
        ) from None
    if found.conn_type != conn_type:
        raise ConfigError(
            f"the Airflow connection {conn_id!r} is of type {found.conn_type!r}; it must be "
            f"{conn_type!r}"
        )
    return found


class AirflowCloud:
    """AWS through Airflow's hooks; one client a process for each connection, service and region.

    Raises:
        AccessDenied: AWS refuses the connection's identity, or the role that it assumes.
        ConfigError: there is no such connection, or it has no credentials.
        SourceError: AWS did not answer.
    """

    def account(self, connection: str) -> str:
        """Return the 12-digit id of a connection's account, asked of STS."""
        return _account(connection)

    def client(self, connection: str, service: str, region: str) -> Any:
        """Return the boto3 client of a service, with our retries and the connection's config."""
        return _client(connection, service, region)


@cache
def _account(conn_id: str) -> str:
    from nephoscope.aws.cloud import explained

    sts = _client(conn_id, "sts", None)
    with explained(f"the connection {conn_id!r}"):
        account: str = sts.get_caller_identity()["Account"]
    return account


@cache
def _client(conn_id: str, service: str, region: str | None) -> Any:
    from nephoscope.aws.clients import ready
    from nephoscope.aws.cloud import explained
    from nephoscope.aws.credentials import Renewal

    with explained(f"the connection {conn_id!r}"):
        client = _hook(conn_id, service, region).conn
    renewal = Renewal(lambda: _hook(conn_id, service, region).get_session(region).get_credentials())
    renewal.attach(client)
    return ready(client)


def _hook(conn_id: str, service: str, region: str | None) -> Any:
    from airflow.providers.amazon.aws.hooks.base_aws import AwsBaseHook
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    from nephoscope.aws.cloud import config

    connection(conn_id, "aws")
    stated = AwsBaseHook(aws_conn_id=conn_id, client_type=service, region_name=region).config
    # A hook's config replaces the connection's config_kwargs, so the two are merged first.
    whole: dict[str, Any] = {
        "aws_conn_id": conn_id,
        "region_name": region,
        "config": config(service).merge(stated),
    }
    return S3Hook(**whole) if service == "s3" else AwsBaseHook(client_type=service, **whole)


def elasticsearch_client() -> Any:
    """Return the official client of the connection ``elasticsearch_default``.

    Raises:
        ConfigError: the connection is missing, or is refused by `elastic.client`.
    """
    from nephoscope.airflow import elastic

    return elastic.client(connection(ELASTICSEARCH, "elasticsearch"))
