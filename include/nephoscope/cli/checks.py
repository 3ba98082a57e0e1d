"""What `nephoscope doctor` says of one thing that it tried, and what it tries of Elasticsearch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
    """Check that it answers, is new enough, whole and trusted, and lets the identity write."""
    answers = check("elasticsearch", partial(_version, client))
    yield answers
    if not answers.error:
        yield from _trust(client)
        yield from _nodes(client)
        yield check("elasticsearch rights", partial(_rights, client))


def _trust(client: Any) -> Iterator[Check]:
    """Note where anyone who answers is taken for Elasticsearch."""
    for node in client.transport.node_pool.all():
        config = node.config
        if config.scheme == "https" and not (config.verify_certs or config.ssl_assert_fingerprint):
            note = "verification is off (verify_certs: false): whoever answers gets the key"
            yield Check(f"elasticsearch {node.base_url}", note=note)


def _nodes(client: Any) -> Iterator[Check]:
    """Check that each node that the connection names answers, and that the cluster is whole."""
    from elastic_transport import TransportError

    for node in client.transport.node_pool.all():
        try:  # without the identity: who refuses it answers
            node.perform_request("GET", "/", headers={"accept": "application/json"})
        except TransportError:
            note = "does not answer, or can't be trusted; the others are asked in its place"
            yield Check(f"elasticsearch {node.base_url}", note=note)
    yield check("elasticsearch cluster", partial(_cluster, client))


def _cluster(client: Any) -> str:
    from nephoscope.store.answers import answered

    with answered(client):
        health = client.cluster.health()
    nodes, status = health["number_of_data_nodes"], health["status"]
    if status == "red":
        raise StoreError("the cluster's health is red: some shards have no node that holds them")
    if nodes == 1:
        return f"health {status}, 1 node: no index can have a copy on another"
    return f"health {status}, {nodes} nodes with data: each index has a copy on another"


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
    from nephoscope.store.privileges import INDICES, WRITER

    try:
        with answered(client):
            answer = client.security.has_privileges(
                cluster=[*WRITER.of_cluster], index=WRITER.role["indices"]
            )
    except StoreError as error:
        if isinstance(error.__cause__, BadRequestError):  # there is no such route
            return "security is off, everyone may do everything"
        raise
    if lacking := [*_lacking(answer)]:
        raise AccessDenied(
            f"the identity lacks {', '.join(lacking)}: give it the role nephoscope of "
            "include/elasticsearch-roles.json"
        )
    return f"may create, write, read and alias the indices {INDICES}, and make their templates"


def _lacking(answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield the privileges that were asked for and are not granted."""
    yield from (f"{name} of the cluster" for name, has in answer["cluster"].items() if not has)
    for indices, granted in answer["index"].items():
        yield from (f"{name} on {indices}" for name, has in granted.items() if not has)
