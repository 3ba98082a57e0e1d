"""What `nephoscope doctor` says of one thing that it tried, and what it tries of Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from nephoscope.errors import AccessDenied, NephoscopeError, StoreError

OLDEST = (8, 7)
"""Elasticsearch's first version with time series indices that are generally available."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried, and one of what was found, what is worth a look, what is wrong.

    Attributes:
        name: what was tried, and where.
        found: what works.
        note: what works, and yet may not be what is meant.
        error: what doesn't, and what to do.
    """

    name: str
    found: str = ""
    note: str = ""
    error: str = ""


def check(name: str, look: Callable[[], str]) -> Check:
    """Look, and say what was found or what is wrong."""
    try:
        return Check(name, found=look())
    except NephoscopeError as error:
        return Check(name, error=str(error))


def elasticsearch(client: Any) -> Iterator[Check]:
    """Check that the node answers, is new enough, and lets the connection's identity write."""
    answers = check("elasticsearch", partial(_version, client))
    yield answers
    if not answers.error:
        yield check("elasticsearch rights", partial(_rights, client))


def _version(client: Any) -> str:
    from nephoscope.store.answers import answered

    with answered(client):
        number = str(client.info()["version"]["number"])
    if tuple(int(part) for part in number.split(".")[:2]) < OLDEST:
        raise StoreError(f"this is Elasticsearch {number}: 8.7 or newer is needed")
    return f"version {number}"


def _rights(client: Any) -> str:
    from elasticsearch import BadRequestError

    from nephoscope.store.answers import answered

    asked = [{"names": ["cloudwatch*"], "privileges": ["create_index", "manage", "read", "write"]}]
    try:
        with answered(client):
            answer = client.security.has_privileges(index=asked)
    except StoreError as error:
        if isinstance(error.__cause__, BadRequestError):  # there is no such route
            return "security is off, everyone may do everything"
        raise
    lacking = [
        privilege
        for privileges in answer["index"].values()
        for privilege, granted in privileges.items()
        if not granted
    ]
    if lacking:
        raise AccessDenied(f"the identity lacks {', '.join(lacking)} on the indices cloudwatch*")
    return "may create, write, read and alias the indices cloudwatch*"
