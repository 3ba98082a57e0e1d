"""What Elasticsearch's refusals and silences mean to a person.

No message holds a document's content, credentials, or a line break from outside.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from elastic_transport import (
    ApiError,
    ObjectApiResponse,
    SerializationError,
    TlsError,
    TransportError,
)
from elasticsearch import Elasticsearch, UnsupportedProductError

from nephoscope.errors import AccessDenied, NephoscopeError, StoreError, StoreFull
from nephoscope.store.blocks import blocked, lifting
from nephoscope.store.privileges import INDICES, WRITER

TIMEOUT = 60.0
"""Seconds for one answer. The official client's 10 are too few for a busy node."""

RETRIES = 5
"""Of a request that no node answers, or 429, 502, 503 or 504: each is sent to another node."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Before a retry, in seconds, with full jitter; a cluster replaces a lost shard within a few."""

LONGEST_REASON = 300

_POSITION = re.compile(r"^\[\d+:\d+\] ")  # of a JSON parser
_PREVIEW = re.compile(r"\s*(Preview of field's value|at \[Source:).*", re.DOTALL)  # documents
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


@contextmanager
def answered(client: Elasticsearch) -> Generator[Elasticsearch, None, None]:
    """Turn what the client raises inside into an error of ours; yield it with time to answer.

    What is asked of it may be asked twice, where the first answer got lost.

    Raises:
        AccessDenied: the identity is refused.
        StoreFull: the disk is full or the index read-only.
        StoreError: anything else, such as no answer.
    """
    try:
        yield client.options(
            request_timeout=TIMEOUT,
            max_retries=RETRIES,
            retry_backoff_base=FIRST_PAUSE,
            retry_backoff_cap=LONGEST_PAUSE,
        )
    except (ApiError, TransportError) as error:
        raise meaning(client, error) from error


def hits_of(answer: ObjectApiResponse[Any]) -> list[dict[str, Any]]:
    """Return the hits of a search; to be called where `answered` tells what it raises.

    Raises:
        SerializationError: it is no answer but a page, as proxies give.
    """
    if not isinstance(answer.body, dict):
        raise SerializationError("a page")
    hits: list[dict[str, Any]] = answer.get("hits", {}).get("hits", [])
    return hits


def check(client: Elasticsearch) -> None:
    """Raise what keeps Elasticsearch from answering, before anything is asked of AWS."""
    with answered(client):
        client.info()


def meaning(client: Elasticsearch, error: ApiError | TransportError) -> NephoscopeError:
    """Say what an error of the client means."""
    where = f"Elasticsearch at {address(client)}"
    if isinstance(error, UnsupportedProductError):
        return StoreError(f"what answers at {address(client)} is not Elasticsearch")
    if isinstance(error, ApiError):
        return refusal(where, error.meta.status, reason(error.body))
    if isinstance(error, SerializationError):
        return StoreError(f"{where} gave an answer that is no JSON; is a proxy before it?")
    if isinstance(error, TlsError):
        return StoreError(
            f"{where} can't be trusted: {_plain(error)}. Set ca_certs in the connection's extra to "
            "the file of the authority that signed its certificate, and a host that it names"
        )
    return StoreError(f"{where} does not answer: {_plain(error)}")


def refusal(where: str, status: int, why: str) -> NephoscopeError:
    """Say what a status and its reason mean, of an answer or of one item of a bulk answer."""
    if blocked(status, why):
        return StoreFull(f"{where} takes no writes: {why}. {lifting(why)}, and run again")
    if status in {401, 403}:
        return AccessDenied(
            f"{where} refuses the connection's identity ({status}: {why}): give it a key with "
            f"the privileges {', '.join(WRITER.of_indices)} on {INDICES}, and of the cluster "
            f"{', '.join(WRITER.of_cluster)}"
        )
    return StoreError(f"{where} answered {status}: {why}")


def reason(body: Any) -> str:
    """Return an error's type and reason in one line, without the values it quotes.

    Args:
        body: an answer, or the error of an item of a bulk answer.
    """
    error = body.get("error", body) if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return "no reason given"
    text = _QUOTED.sub("'…'", _PREVIEW.sub("", _POSITION.sub("", str(error.get("reason")))))
    return _BREAKS.sub(" ", f"{error.get('type', 'error')}: {text}")[:LONGEST_REASON]


def address(client: Elasticsearch) -> str:
    """Return the URLs that the client asks, without credentials."""
    return ", ".join(node.base_url for node in client.transport.node_pool.all())


def _plain(error: TransportError) -> str:
    return _BREAKS.sub(" ", str(error.message))[:LONGEST_REASON]
