"""Writes: items in, what became of each out, and a single layer of retries.

What Elasticsearch may take later (429, 5xx) and what it may have taken already (no answer, or one
that does not account for every item) is sent again with the same ids, after a pause with full
jitter. A retried item joins the next request, so retries add few requests. The official client's
own retries are off: they would multiply with these.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from http import HTTPStatus
from random import SystemRandom
from typing import Any

from elastic_transport import ApiError, TlsError, TransportError
from elasticsearch import Elasticsearch, UnsupportedProductError

from nephoscope.errors import AccessDenied, NephoscopeError, StoreError, StoreFull
from nephoscope.store.answers import TIMEOUT, address, meaning, reason, refusal
from nephoscope.store.blocks import blocked
from nephoscope.store.load.items import CONFLICT, CREATED, NOT_STORED, Batch, Item, Outcome, Settled

MOST_BYTES = 5_000_000
"""Of one request's body; Elasticsearch takes 100 MB, and is no faster with more than a few."""

MOST_ITEMS = 4_000
"""Of one request. A node takes 1,000 as fast, but each request costs this process its turns."""

SENDERS = 4
"""Requests under way at a time. More are no faster, and hold more bytes."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""In seconds; the longest is reached after six hindered requests in a row."""

TRIES = 15
"""Requests in a row that settle nothing before giving up: with pauses, some two minutes."""

TRIES_FULL = 3
"""The same where the disk is full or the index read-only: only the owner changes that."""

_PARAMETERS = {
    "require_alias": "true",  # never make an index of guessed types
    "timeout": "30s",  # for a shard without a node, so that the answer comes before `TIMEOUT`
    "filter_path": "errors,items.*._id,items.*.status,items.*.error.type,items.*.error.reason",
}
_NOTHING = Settled(0, 0, [])
_HEADERS = {"accept": "application/json", "content-type": "application/x-ndjson"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How a loop waits: what sleeps, and what draws a number in [0, 1)."""

    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = SystemRandom().random

    def pause(self, hindered: int) -> None:
        """Sleep a random part of a pause that doubles with each hindered request."""
        self.sleep(self.draw() * min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(hindered, 16)))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one request settled, what is to be sent again, and why."""

    settled: Settled
    again: Batch | None = None
    trouble: NephoscopeError | None = None


class _Queue:
    """What is to be sent: what was sent in vain, then what is new."""

    def __init__(self, fresh: Iterable[Batch]) -> None:
        self._fresh = iter(fresh)
        self._waiting: deque[Batch] = deque()

    def back(self, answers: Iterable[_Answer]) -> None:
        self._waiting.extendleft(one.again for one in answers if one.again)

    def take(self) -> Batch | None:
        """Return what the next request carries, or None where nothing is left for now."""
        taken: list[Batch] = []
        items, size = MOST_ITEMS, MOST_BYTES
        while items > 0 and size > 0:
            batch = self._waiting.popleft() if self._waiting else next(self._fresh, None)
            if batch is None:
                break
            first, rest = batch.cut(items, size)
            if len(rest):
                self._waiting.appendleft(rest)
            if len(first):
                taken.append(first)
            items, size = items - len(first), size - first.size
        return Batch.joined(taken) if taken else None


def send(
    client: Elasticsearch, batches: Iterable[Batch], patience: Patience | None = None
) -> Iterator[Settled]:
    """Write items; yield what each request settled, in any order.

    Up to `SENDERS` requests are under way at a time; after one that was hindered, all others are
    waited for, and then one at a time until one is taken whole. Batches are drawn as they are
    needed, so memory is that of the requests under way.

    Raises:
        StoreFull: a disk is full, or the index read-only, for a few tries.
        AccessDenied: the identity is refused.
        StoreError: nothing could be settled for `TRIES` requests, or the index does not exist.
    """
    patience = patience or Patience()
    quiet = client.options(max_retries=0, request_timeout=TIMEOUT)
    queue = _Queue(batches)
    hindered = fruitless = 0
    with ThreadPoolExecutor(SENDERS) as pool:
        flying: set[Future[_Answer]] = set()
        while True:
            while len(flying) < (1 if hindered else SENDERS) and (batch := queue.take()):
                flying.add(pool.submit(_attempt, quiet, batch))
            if not flying:
                return
            done, flying = wait(flying, return_when=FIRST_COMPLETED)
            if any(one.result().trouble for one in done):
                done, flying = done | flying, set()
            answers = [one.result() for one in done]
            queue.back(answers)
            yield from (one.settled for one in answers if one.settled.items)
            fruitless = 0 if any(one.settled.items for one in answers) else fruitless + 1
            trouble = next((one.trouble for one in answers if one.trouble), None)
            if trouble is None:
                hindered = 0
                continue
            if fruitless >= (TRIES_FULL if isinstance(trouble, StoreFull) else TRIES):
                raise trouble
            patience.pause(hindered)
            hindered += 1


def _attempt(client: Elasticsearch, batch: Batch) -> _Answer:
    """Send one request."""
    try:
        response = client.perform_request(
            "POST", "/_bulk", params=_PARAMETERS, headers=_HEADERS, body=bytes(batch.lines)
        )
    except (ApiError, TransportError) as error:
        trouble = meaning(client, error)
        if not _passing(error, trouble):
            raise trouble from error
        return _Answer(_NOTHING, batch, trouble)
    answers = _accounted(batch, response.body)
    if answers is None:
        trouble = StoreError(
            f"Elasticsearch at {address(client)} did not account for every document that it was "
            "sent; is a proxy before it?"
        )
        return _Answer(_NOTHING, batch, trouble)
    return _settle(client, batch, answers)


def _passing(error: ApiError | TransportError, trouble: NephoscopeError) -> bool:
    """Tell whether the same request may succeed later."""
    if isinstance(error, UnsupportedProductError | TlsError):
        return False
    if isinstance(error, ApiError):
        return isinstance(trouble, StoreFull) or _later(error.meta.status)
    return True


def _later(status: int) -> bool:
    return status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def _accounted(batch: Batch, body: Any) -> list[dict[str, Any]] | None:
    """Return the answer to each item, or None where one is missing or is to something else."""
    entries = body.get("items") if isinstance(body, dict) else None
    if not isinstance(entries, list) or len(entries) != len(batch):
        return None
    pairs = zip(batch.names, entries, strict=True)
    answers = [answer for (verb, id_), entry in pairs if (answer := _answer(verb, id_, entry))]
    return answers if len(answers) == len(batch) else None


def _answer(verb: str, id_: str, entry: Any) -> dict[str, Any] | None:
    """Return the answer to an item, or None where the entry is none."""
    answer = entry.get(verb) if isinstance(entry, dict) else None
    if not isinstance(answer, dict) or not isinstance(answer.get("status"), int):
        return None
    if id_:
        return answer if answer.get("_id") == id_ else None
    return answer if answer.get("_id") or answer["status"] != CONFLICT else None


def _settle(client: Elasticsearch, batch: Batch, answers: list[dict[str, Any]]) -> _Answer:
    """Sort the items by what became of them."""
    statuses = [answer["status"] for answer in answers]
    others = [number for number, status in enumerate(statuses) if status >= NOT_STORED]
    created = statuses.count(CREATED)
    updated = len(batch) - len(others) - created
    outcomes, again, trouble = list[Outcome](), list[Item](), None
    for number, item in zip(others, batch.items(others), strict=True):
        status, id_ = statuses[number], answers[number].get("_id", "")
        why = reason(answers[number].get("error")) if status != CONFLICT else ""
        if status != CONFLICT and (hindrance := _trouble(client, status, why)):
            again.append(item)
            trouble = hindrance
        else:
            outcomes.append(Outcome(item, status, id_, why))
    return _Answer(Settled(created, updated, outcomes), Batch.of(again) if again else None, trouble)


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
