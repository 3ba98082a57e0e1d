"""A document that Elasticsearch refuses for what it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import orjson

from nephoscope.store.load.documents import create_action
from nephoscope.store.load.items import Item


@dataclass(frozen=True, slots=True)
class Rejection:
    """A refused document; the reason quotes none of it."""

    index: str
    reason: str
    document: bytes

    @property
    def item(self) -> Item:
        """The creation of the document."""
        return Item("create", create_action(self.index), self.document)

    @property
    def month(self) -> tuple[str, date]:
        """The namespace and the month (its first day) that the document is of."""
        source = orjson.loads(self.document)
        first = date.fromisoformat(f"{source['@timestamp'][:7]}-01")
        return source["aws"]["cloudwatch"]["namespace"], first
