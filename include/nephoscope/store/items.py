"""What a bulk request is made of, and what becomes of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple

import orjson

# Plain numbers: asking an enum for one costs a tenth of a rerun's own time.
NOT_STORED, CONFLICT = HTTPStatus.MULTIPLE_CHOICES.value, HTTPStatus.CONFLICT.value


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

    @property
    def size(self) -> int:
        """The bytes it takes of a body."""
        return len(self.action) + len(self.source) + 2


class Outcome(NamedTuple):
    """What became of an item.

    The status is below 300: stored; 409: a document of that id stands in the way; else: refused
    for what it is, for the reason given.
    """

    item: Item
    status: int
    id: str
    reason: str = ""

    @property
    def stored(self) -> bool:
        """Whether Elasticsearch has it."""
        return self.status < NOT_STORED

    @property
    def conflict(self) -> bool:
        """Whether another document stands in its way."""
        return self.status == CONFLICT
