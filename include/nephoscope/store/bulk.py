"""Writes: items in, one outcome for each item out, and a single layer of retries.

What Elasticsearch may take later (429, 5xx) and what it may have taken already (no answer, or one
that does not account for every item) is sent again with the same ids, after a pause with full
jitter. A retried item joins the next request, so retries add few requests. The official client's
own retries are off: they would multiply with these.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from random import SystemRandom
from typing import Any

from elastic_transport import ApiError, TlsError, TransportError
from elasticsearch import Elasticsearch, UnsupportedProductError

from nephoscope.errors import AccessDenied, NephoscopeError, StoreError, StoreFull
from nephoscope.store.answers import TIMEOUT, address, blocked, meaning, reason, refusal
from nephoscope.store.items import CONFLICT, NOT_STORED, Item, Outcome

MOST_BYTES = 5_000_000
"""Of one request's body; Elasticsearch takes 100 MB, and is no faster with more than a few."""

MOST_ITEMS = 5_000

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""In seconds; the longest is reached after six hindered requests in a row."""

TRIES = 15
"""Requests in a row that settle nothing before giving up: with pauses, some two minutes."""

TRIES_FULL = 3
"""The same where the disk is full or the index read-only: only the owner changes that."""

_PARAMETERS = {
    "require_alias": "true",  # never make an index of guessed types
    "filter_path": "errors,items.*._id,items.*.status,items.*.error.type,items.*.error.reason",
}
_HEADERS = {"accept": "application/json", "content-type": "application/x-ndjson"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How a loop waits: what sleeps, and what draws a number in [0, 1)."""

    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = SystemRandom().random

    def pause(self, hindered: int) -> None:
        """Sleep a random part of a pause that doubles with each hindered request."""
        self.sleep(self.draw() * min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(hindered, 16)))


@dataclass(slots=True)
class _Answer:
    """What one request settled, what is to be sent again, and why."""

    settled: list[Outcome] = field(default_factory=list)
    again: list[Item] = field(default_factory=list)
    trouble: NephoscopeError | None = None


def send(
    client: Elasticsearch, items: Iterable[Item], patience: Patience | None = None
) -> Iterator[Outcome]:
    """Write items; yield the outcome of each, not always in their order.

    Items are drawn as they are needed: memory is that of one request.

    Raises:
        StoreFull: a disk is full, or the index read-only, for a few tries.
        AccessDenied: the identity is refused.
        StoreError: nothing could be settled for `TRIES` requests, or the index does not exist.
    """
    patience = patience or Patience()
    quiet = client.options(max_retries=0, request_timeout=TIMEOUT)
    fresh = iter(items)
    waiting: list[Item] = []
    hindered = fruitless = 0
    while chunk := _fill(waiting, fresh):
        answer = _attempt(quiet, chunk)
        yield from answer.settled
        waiting = answer.again
        fruitless = 0 if answer.settled else fruitless + 1
        if answer.trouble is None:
            hindered = 0
            continue
        if fruitless >= (TRIES_FULL if isinstance(answer.trouble, StoreFull) else TRIES):
            raise answer.trouble
        patience.pause(hindered)
        hindered += 1


def _fill(waiting: list[Item], fresh: Iterator[Item]) -> list[Item]:
    """Return the items of the next request: those that wait, then new ones."""
    chunk = list(waiting)
    size = sum(item.size for item in chunk)
    while size < MOST_BYTES and len(chunk) < MOST_ITEMS:
        item = next(fresh, None)
        if item is None:
            break
        chunk.append(item)
        size += item.size
    return chunk


def _attempt(client: Elasticsearch, chunk: list[Item]) -> _Answer:
    """Send one request."""
    body = b"\n".join([line for item in chunk for line in (item.action, item.source)]) + b"\n"
    try:
        response = client.perform_request(
            "POST", "/_bulk", params=_PARAMETERS, headers=_HEADERS, body=body
        )
    except (ApiError, TransportError) as error:
        trouble = meaning(client, error)
        if not _passing(error, trouble):
            raise trouble from error
        return _Answer(again=chunk, trouble=trouble)
    answers = _accounted(chunk, response.body)
    if answers is None:
        trouble = StoreError(
            f"Elasticsearch at {address(client)} did not account for every document that it was "
            "sent; is a proxy before it?"
        )
        return _Answer(again=chunk, trouble=trouble)
    return _settle(client, chunk, answers)


def _passing(error: ApiError | TransportError, trouble: NephoscopeError) -> bool:
    """Tell whether the same request may succeed later."""
    if isinstance(error, UnsupportedProductError | TlsError):
        return False
    if isinstance(error, ApiError):
        return isinstance(trouble, StoreFull) or _later(error.meta.status)
    return True


def _later(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _accounted(chunk: list[Item], body: Any) -> list[dict[str, Any]] | None:
    """Return the answer to each item, or None where one is missing or is to something else."""
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or len(items) != len(chunk):
        return None
    pairs = zip(chunk, items, strict=True)
    answers = [answer for pair in pairs if (answer := _answer_to(*pair)) is not None]
    return answers if len(answers) == len(chunk) else None


def _answer_to(item: Item, entry: Any) -> dict[str, Any] | None:
    """Return the answer to an item, or None where the entry is none."""
    answer = entry.get(item.verb) if isinstance(entry, dict) else None
    if not isinstance(answer, dict) or not isinstance(answer.get("status"), int):
        return None
    id_ = answer.get("_id")
    if item.id:
        return answer if id_ == item.id else None
    return answer if id_ or answer["status"] != CONFLICT else None


def _settle(client: Elasticsearch, chunk: list[Item], answers: list[dict[str, Any]]) -> _Answer:
    """Sort the items by what became of them."""
    result = _Answer()
    for item, answer in zip(chunk, answers, strict=True):
        status = answer["status"]
        if status < NOT_STORED or status == CONFLICT:
            result.settled.append(Outcome(item, status, answer.get("_id", "")))
            continue
        why = reason(answer.get("error"))
        if trouble := _trouble(client, status, why):
            result.again.append(item)
            result.trouble = trouble
        else:
            result.settled.append(Outcome(item, status, "", why))
    return result


def _trouble(client: Elasticsearch, status: int, why: str) -> NephoscopeError | None:
    """Return what keeps an item from being taken now, or None where it is refused for good.

    Raises:
        NephoscopeError: no item of this load can be taken, now or later.
    """
    where = f"Elasticsearch at {address(client)}"
    if blocked(status, why) or status in {401, 403}:
        trouble = refusal(where, status, why)
        if isinstance(trouble, AccessDenied):
            raise trouble
        return trouble
    if status == HTTPStatus.NOT_FOUND:
        raise StoreError(f"{where} lost an index while it was written: {why}. Run again")
    return refusal(where, status, why) if _later(status) else None
