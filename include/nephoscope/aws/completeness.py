"""An answer of AWS that broke off is no answer, and is asked for again.

botocore lets urllib3 not compare a body with its Content-Length, and its JSON parser takes what it
can't read for nothing. So a connection that is closed in the middle of ListMetrics is a success
with no metrics: a shorter list without an error (tried, botocore 1.43).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BROKEN_OFF = 500


def attach(client: Any) -> None:
    """Let a client take answers that broke off for failures of the server, which it retries."""
    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register("before-parse", _refuse)
    # Of the service, as botocore's own retries are: else those would look before it is told.
    client.meta.events.register_first(f"needs-retry.{service}", _tell)


def whole(response: Mapping[str, Any]) -> bool:
    """Tell whether the body of a response, as botocore has it before it is parsed, is all there."""
    length = response["headers"].get("content-length")
    return length is None or len(response["body"]) == int(length)


def _refuse(
    response_dict: dict[str, Any], customized_response_dict: Mapping[str, Any], **_: Any
) -> None:
    if customized_response_dict:
        return  # a codec has read the body and found it whole
    if isinstance(response_dict["body"], bytes) and not whole(response_dict):
        response_dict["status_code"] = _BROKEN_OFF
        response_dict["body"] = b""


def _tell(response: tuple[Any, dict[str, Any]] | None, **_: Any) -> None:
    """Let botocore's retries see the status: they look at the response, not at what was parsed."""
    if response is not None:
        answer, parsed = response
        if parsed.get("ResponseMetadata", {}).get("HTTPStatusCode") == _BROKEN_OFF:
            answer.status_code = _BROKEN_OFF
