"""How AWS clients are set up, and what their errors mean."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Protocol

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


def config(service: str) -> Config:
    """Return how the client of a service is set up.

    To validate CloudWatch's requests, which we build ourselves, takes as long as all the rest of
    a call; a test validates them.
    """
    return CONFIG.merge(Config(parameter_validation=service != "cloudwatch"))


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
