"""Who calls the stand-in AWS: access keys, the accounts that they are of, and how they expire.

Signatures are not verified: the access key and, of temporary credentials, the token are.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import string
from collections.abc import Callable, Collection
from dataclasses import dataclass

from nephoscope.demo.aws.wire import Call, Refusal

_CHARACTERS = string.ascii_uppercase + "234567"  # of AWS's ids

_EXPIRED = {
    "json": ("ExpiredTokenException", "The security token included in the request is expired", 400),
    "query": ("ExpiredToken", "The security token included in the request is expired", 403),
    "ec2": ("RequestExpired", "Request has expired.", 400),
    "s3": ("ExpiredToken", "The provided token has expired.", 400),
}
_INVALID = {
    "json": (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        400,
    ),
    "query": (
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
    ),
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "s3": ("InvalidToken", "The provided token is malformed or otherwise invalid.", 400),
}
"""How AWS refuses temporary credentials, by protocol; EC2 and S3 have codes of their own."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as GetCallerIdentity tells."""

    account: str
    arn: str
    user_id: str


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials of an assumed role; `expires` is in seconds since 1970."""

    access_key: str
    secret: str
    token: str
    identity: Identity
    expires: int


class Keys:
    """All access keys: an added account's id is a key of it, any unknown key is the first one's.

    Args:
        accounts: the ids of all accounts, the default one first.
        clock: returns seconds since 1970.
    """

    def __init__(self, accounts: Collection[str], clock: Callable[[], float]) -> None:
        self._accounts = accounts
        self._default = next(iter(accounts))
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def issue(self, account: str, role: str, name: str, duration: int) -> Session:
        """Make temporary credentials of a role for so many seconds."""
        arn = f"arn:aws:sts::{account}:assumed-role/{role}/{name}"
        session = Session(
            access_key=_access_key(),
            secret=secrets.token_urlsafe(30),
            token=secrets.token_urlsafe(180),
            identity=Identity(account, arn, f"{_role_id(account, role)}:{name}"),
            expires=int(self._clock()) + duration,
        )
        self._sessions[session.access_key] = session
        return session

    def identity(self, access_key: str) -> Identity:
        """Tell who has a key."""
        if session := self._sessions.get(access_key):
            return session.identity
        account = access_key if access_key in self._accounts else self._default
        return Identity(account, f"arn:aws:iam::{account}:user/nephoscope", f"AIDA{account}")

    def check(self, call: Call) -> None:
        """Refuse temporary credentials that have expired, or come without their token."""
        session = self._sessions.get(call.access_key)
        if session is None:
            return
        if call.headers.get("x-amz-security-token") != session.token:
            raise Refusal(*_INVALID[_protocol(call)])
        if self._clock() >= session.expires:
            raise Refusal(*_EXPIRED[_protocol(call)])


def _protocol(call: Call) -> str:
    if "x-amz-target" in call.headers:
        return "json"
    return call.service if call.service in {"ec2", "s3"} else "query"


def _access_key() -> str:
    return "ASIA" + "".join(secrets.choice(_CHARACTERS) for _ in range(16))


def _role_id(account: str, role: str) -> str:
    digest = hashlib.sha256(f"{account}/{role}".encode()).digest()
    return "AROA" + base64.b32encode(digest).decode()[:17]
