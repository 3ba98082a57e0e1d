"""The demo's Airflow connections, as the environment variables that Airflow reads them from."""

from __future__ import annotations

import json
from urllib.parse import urlsplit


def connection_variables(aws_url: str, elasticsearch_url: str) -> dict[str, str]:
    """Return the variables of ``aws_default`` and ``elasticsearch_default``.

    Args:
        aws_url: of the stand-in, which takes any keys. STS is named once more, since Airflow asks
            the real one when it assumes a role, whatever the connection's endpoint is.
        elasticsearch_url: of the node.
    """
    node = urlsplit(elasticsearch_url)
    aws = {
        "conn_type": "aws",
        "login": "standin-access-key",
        "password": "standin-secret-key",
        "extra": {
            "region_name": "eu-west-1",
            "endpoint_url": aws_url,
            "service_config": {"sts": {"endpoint_url": aws_url}},
        },
    }
    elasticsearch = {
        "conn_type": "elasticsearch",
        "schema": node.scheme,
        "host": node.hostname,
        "port": node.port,
    }
    return {
        "AIRFLOW_CONN_AWS_DEFAULT": json.dumps(aws),
        "AIRFLOW_CONN_ELASTICSEARCH_DEFAULT": json.dumps(elasticsearch),
    }
