"""Log events into the store: each is created, or is there already.

An event never changes, and its document's id is made of AWS's: what is read again, by a rerun, a
window that overlaps, the daily sweep or a replay, finds its document standing (409) and leaves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from elasticsearch import Elasticsearch

from nephoscope.store import names
from nephoscope.store.load.bulk import Patience, send
from nephoscope.store.load.items import Batch, Item, batches
from nephoscope.store.load.rejection import Rejection
from nephoscope.store.load.report import LoadReport
from nephoscope.store.logs.documents import AT_ONCE, Origin, documents, identity
from nephoscope.store.schema.making import ensure_logs


def store_events(
    client: Elasticsearch,
    origin: Origin,
    tables: Iterable[pa.Table],
    patience: Patience | None = None,
) -> LoadReport:
    """Store events; those that were rejected are in the report, those there already unchanged.

    Args:
        client: the official client.
        origin: whose events they are.
        tables: of `EVENTS`; each is drawn when the one before is on its way.
        patience: how to wait between retries.

    Raises:
        Rejected: more than `MOST_REJECTED` documents are refused.
        StoreFull: a disk is full, or an index read-only.
        AccessDenied: the identity is refused.
        StoreError: Elasticsearch does not answer, or not for every document.
    """
    loading = _Load(client)
    loading.send(loading.creations(origin, tables), patience)
    return loading.report


def restore_events(
    client: Elasticsearch, rejections: Iterable[Rejection], patience: Patience | None = None
) -> LoadReport:
    """Store documents that were rejected before; raises as `store_events` does."""
    loading = _Load(client)
    loading.send(batches(map(loading.creation, rejections), AT_ONCE), patience)
    return loading.report


class _Load:
    """A load under way."""

    def __init__(self, client: Elasticsearch) -> None:
        self.report = LoadReport()
        self._client = client
        self._made: set[str] = set()

    def creations(self, origin: Origin, tables: Iterable[pa.Table]) -> Iterator[Batch]:
        """Yield the creations of events, whose indices are made before."""
        for table in tables:
            for month in sorted(pc.unique(pc.strftime(table["timestamp"], "%Y-%m")).to_pylist()):
                self._make(names.logs_index_of(origin.entry, month), origin.entry)
            yield from documents(origin, table)

    def creation(self, rejection: Rejection) -> Item:
        """Return the creation of a document that was rejected."""
        id_, entry = identity(rejection.document), names.logs_entry_of(rejection.index)
        self._make(rejection.index, entry)
        action = {"create": {"_index": names.write_alias(rejection.index), "_id": id_}}
        return Item("create", orjson.dumps(action), rejection.document, id_)

    def send(self, creations: Iterable[Batch], patience: Patience | None) -> None:
        """Write all, and count what became of it."""
        for settled in send(self._client, self._counted(creations), patience):
            self.report.created += settled.created + settled.updated
            for outcome in settled.others:
                if outcome.conflict:
                    self.report.unchanged += 1
                else:
                    self.report.reject(outcome)

    def _counted(self, creations: Iterable[Batch]) -> Iterator[Batch]:
        for batch in creations:
            self.report.points += len(batch)
            self.report.produced += len(batch)
            yield batch

    def _make(self, index: str, entry: str) -> None:
        if index not in self._made:
            ensure_logs(self._client, index, entry)
            self._made.add(index)
