"""What every client of AWS gets before it is used."""

from __future__ import annotations

from typing import Any

from nephoscope.aws import codec, completeness


def ready(client: Any) -> Any:
    """Let a client refuse answers that broke off and, of CloudWatch, use the fast codec."""
    completeness.attach(client)
    if client.meta.service_model.service_name == "cloudwatch":
        codec.attach(client)
    return client
