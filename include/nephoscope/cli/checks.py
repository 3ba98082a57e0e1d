"""What `nephoscope doctor` checks: the collections, each connection, and what it may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from nephoscope.cloud import Cloud, explained
from nephoscope.config.collections import Collections
from nephoscope.errors import AccessDenied, NephoscopeError, StoreError

OLDEST = (8, 7)
"""Elasticsearch's first version with time series indices that are generally available."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked; `error` says what is wrong and what to do, or is empty."""

    name: str
    found: str = ""
    error: str = ""


def check(name: str, look: Callable[[], str]) -> Check:
    """Look, and say what was found or what is wrong."""
    try:
        return Check(name, found=look())
    except NephoscopeError as error:
        return Check(name, error=str(error))


def aws(cloud: Cloud, collections: Collections) -> Iterator[Check]:
    """Check what each connection may do in each of its regions, by one call of each kind."""
    for account in collections.accounts:
        named = f"aws {account.connection}"
        identity = check(named, partial(_identity, cloud, account.connection))
        yield identity
        for region in () if identity.error else account.regions:
            look = partial(_region, cloud, account.connection, region, collections)
            yield check(f"{named} {region}", look)


def _identity(cloud: Cloud, connection: str) -> str:
    with explained(connection):
        return f"account {cloud.account(connection)}"


def _region(cloud: Cloud, connection: str, region: str, collections: Collections) -> str:
    found = []
    with explained(f"{connection}/{region}"):
        cloudwatch = cloud.client(connection, "cloudwatch", region)
        for namespace in sorted({one.namespace for one in collections.collections.values()}):
            listed = cloudwatch.list_metrics(Namespace=namespace)["Metrics"]
            found.append(f"{namespace} {'has metrics' if listed else 'has no metrics'}")
        ec2 = cloud.client(connection, "ec2", region)
        ec2.describe_instances(MaxResults=5)
    return ", ".join([*found, "instances can be described"])


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
