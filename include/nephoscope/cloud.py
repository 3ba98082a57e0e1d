"""How AWS clients are set up, and what their errors mean."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

import orjson
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from nephoscope.errors import AccessDenied, ConfigError, SourceError

CONFIG = Config(retries={"mode": "standard", "total_max_attempts": 10})
"""At CloudWatch's quota, standard mode's 3 attempts gave up on 6 of 104 calls, 10 on none."""

_DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "InvalidClientTokenId",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
}


class Cloud(Protocol):
    """AWS as the owner's connections reach it."""

    def account(self, connection: str) -> str:
        """Return the 12-digit id of a connection's account."""

    def client(self, connection: str, service: str, region: str) -> Any:
        """Return the boto3 client of a service."""


def decode_fast(client: Any) -> None:
    """Let a CloudWatch client decode GetMetricData's answers by orjson.

    botocore makes a datetime of each timestamp, which is 90 % of a call's time. With this, the
    timestamps stay epoch numbers. Errors, retries and paging stay botocore's own.
    """
    client.meta.events.register("before-parse.cloudwatch.GetMetricData", _decode)


def _decode(
    response_dict: dict[str, Any], customized_response_dict: dict[str, Any], **_: Any
) -> None:
    is_json = "json" in response_dict["headers"].get("content-type", "")
    if response_dict["status_code"] < 300 and is_json:
        customized_response_dict.update(orjson.loads(response_dict["body"]))
        response_dict["body"] = b"{}"


@contextmanager
def explained(where: str) -> Generator[None]:
    """Turn botocore's errors into ours.

    Args:
        where: the account and region, or the connection, that the calls go to.

    Raises:
        AccessDenied: AWS refuses the identity.
        ConfigError: the connection has no credentials or no region.
        SourceError: any other failure, after botocore's own retries.
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        message = error.response["Error"].get("Message", "")
        if code in _DENIED:
            raise AccessDenied(
                f"{where}: AWS refuses {error.operation_name} ({code}): {message} "
                "Grant it to the connection's identity"
            ) from error
        raise SourceError(f"{where}: {error.operation_name} failed ({code}): {message}") from error
    except (NoCredentialsError, PartialCredentialsError, NoRegionError) as error:
        raise ConfigError(f"{where}: {error}: mend the connection") from error
    except BotoCoreError as error:
        raise SourceError(f"{where}: {error}") from error
