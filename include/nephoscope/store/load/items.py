"""What bulk requests are made of, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

Offsets = npt.NDArray[np.int64]

# Plain numbers: asking an enum for one costs a tenth of a rerun's own time.
CREATED, NOT_STORED = HTTPStatus.CREATED.value, HTTPStatus.MULTIPLE_CHOICES.value
CONFLICT = HTTPStatus.CONFLICT.value


class Item(NamedTuple):
    """One operation of a bulk request.

    ``verb`` is create or index; ``action`` and ``source`` are its two lines, without line ends.
    The id is empty where Elasticsearch makes it from the document, as time series indices do.
    """

    verb: str
    action: bytes
    source: bytes
    id: str = ""

    @classmethod
    def of(cls, verb: str, alias: str, id_: str, source: Any, **condition: int) -> Item:
        """Write a document whole, under its id; the condition is as in a bulk action."""
        action = {verb: {"_index": alias, "_id": id_, **condition}}
        return cls(verb, orjson.dumps(action), orjson.dumps(source), id_)

    @property
    def alias(self) -> str:
        """What it is written to: the write alias of an index."""
        return str(orjson.loads(self.action)[self.verb]["_index"])


@dataclass(frozen=True, slots=True)
class Batch:
    """Items, as the lines that a request carries: an action, its source, and so on.

    Attributes:
        lines: whole lines, each with its end.
        offsets: where in ``lines`` each item begins, and where the last one ends; from 0.
        names: the verb and the id of each; most ids are empty.
    """

    lines: bytes | memoryview
    offsets: Offsets
    names: list[tuple[str, str]]

    @classmethod
    def of(cls, items: Iterable[Item]) -> Batch:
        """Write items."""
        items = list(items)
        written = [b"%b\n%b\n" % (item.action, item.source) for item in items]
        offsets = np.cumsum([0, *map(len, written)], dtype=np.int64)
        return cls(b"".join(written), offsets, [(item.verb, item.id) for item in items])

    @classmethod
    def joined(cls, batches: list[Batch]) -> Batch:
        """Return all items in one."""
        if len(batches) == 1:
            return batches[0]
        begin, offsets = 0, [np.zeros(1, np.int64)]
        for batch in batches:
            offsets.append(batch.offsets[1:] + begin)
            begin += batch.size
        lines = b"".join(batch.lines for batch in batches)
        names = [name for batch in batches for name in batch.names]
        return cls(lines, np.concatenate(offsets), names)

    def __len__(self) -> int:
        """Count the items."""
        return len(self.offsets) - 1

    @property
    def size(self) -> int:
        """The bytes of a body."""
        return int(self.offsets[-1])

    def cut(self, most: int, most_bytes: int) -> tuple[Batch, Batch]:
        """Return the first items and the rest; the last of the first may exceed the bytes."""
        fit = int(np.searchsorted(self.offsets, most_bytes))
        at = max(0, min(most, fit, len(self)))
        end = int(self.offsets[at])
        lines = memoryview(self.lines)
        first = Batch(lines[:end], self.offsets[: at + 1], self.names[:at])
        return first, Batch(lines[end:], self.offsets[at:] - end, self.names[at:])

    def items(self, numbers: Iterable[int] | None = None) -> Iterator[Item]:
        """Yield all items, or those of these numbers."""
        for number in range(len(self)) if numbers is None else numbers:
            begin, end = self.offsets[number : number + 2].tolist()
            action, source, _ = bytes(self.lines[begin:end]).split(b"\n")
            verb, id_ = self.names[number]
            yield Item(verb, action, source, id_)


def batches(items: Iterable[Item], most: int) -> Iterator[Batch]:
    """Yield items some at a time; they are drawn as they are needed."""
    some: list[Item] = []
    for item in items:
        some.append(item)
        if len(some) == most:
            yield Batch.of(some)
            some = []
    if some:
        yield Batch.of(some)


def by_alias(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Sort items by what they are written to."""
    by_action: dict[bytes, list[Item]] = {}
    for item in items:
        by_action.setdefault(item.action, []).append(item)
    sorted_: dict[str, list[Item]] = {}
    for same in by_action.values():
        sorted_.setdefault(same[0].alias, []).extend(same)
    return sorted_


class Outcome(NamedTuple):
    """What became of an item that was not stored.

    The status is 409: a document of that id stands in the way; else: refused for what it is, for
    the reason given.
    """

    item: Item
    status: int
    id: str
    reason: str = ""

    @property
    def conflict(self) -> bool:
        """Whether another document stands in its way."""
        return self.status == CONFLICT


@dataclass(frozen=True, slots=True)
class Settled:
    """What one request settled.

    Attributes:
        created: documents that are new.
        updated: documents that were written over.
        others: what was not stored.
    """

    created: int
    updated: int
    others: list[Outcome]

    @property
    def items(self) -> int:
        """How many are settled."""
        return self.created + self.updated + len(self.others)
