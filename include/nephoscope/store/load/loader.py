"""Points into the store: each document is created, or merged with the one that stands there.

A load never erases, and a rerun changes nothing: see `merge` for what wins. Several loads may
write the same documents at once: a merge is written only if the document is still the one that
was read, and is made again from what stands there then.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from itertools import chain

import numpy as np
import pyarrow as pa
from elasticsearch import Elasticsearch

from nephoscope.errors import StoreError
from nephoscope.store.load.bulk import MOST_ITEMS, Patience, send
from nephoscope.store.load.columns import Columns, Flags, Part
from nephoscope.store.load.comparing import compare
from nephoscope.store.load.documents import Attributes, documents
from nephoscope.store.load.items import Batch, Item, Outcome, Settled, batches
from nephoscope.store.load.rejection import Rejection
from nephoscope.store.load.repeats import repeated
from nephoscope.store.load.report import LoadReport
from nephoscope.store.schema.making import ensure_indices

MOST_MERGED = 5_000
"""Documents in one round of merges; a search gives at most 10,000."""

AHEAD = 2
"""Parts that are compared at a time: one waits for Elasticsearch, the other for this process."""

ROUNDS = 50
"""Of reading and writing a merge: another writer can win each of them once."""


def load(
    client: Elasticsearch,
    tables: Iterable[pa.Table],
    *,
    attributes: Attributes,
    patience: Patience | None = None,
) -> LoadReport:
    """Store all points, as `store` does, and insist that none was rejected.

    Raises:
        Rejected: documents were; all others are stored.
    """
    report = store(client, tables, attributes=attributes, patience=patience)
    report.check()
    return report


def store(
    client: Elasticsearch,
    tables: Iterable[pa.Table],
    *,
    attributes: Attributes,
    patience: Patience | None = None,
) -> LoadReport:
    """Store points; those that were rejected are in the report.

    Args:
        client: the official client.
        tables: of `POINTS`; each is drawn when the one before is on its way.
        attributes: what resources are, as fields of their documents.
        patience: how to wait between retries.

    Raises:
        Rejected: a value is no finite number, or more than `MOST_REJECTED` documents are refused.
        ConfigError: two metrics would be stored as one.
        StoreFull: a disk is full, or an index read-only.
        AccessDenied: the identity is refused.
        StoreError: Elasticsearch does not answer, or not for every document.
    """
    loading = _Load(client, patience or Patience())
    loading.load(tables, attributes)
    return loading.report


def restore(
    client: Elasticsearch,
    rejections: Iterable[Rejection],
    patience: Patience | None = None,
) -> LoadReport:
    """Store documents that were rejected before; those that are again are in the report.

    Each is created, or merged with what stands there by now, as if it were read of AWS anew.

    Args:
        client: the official client.
        rejections: drawn as they are needed.
        patience: how to wait between retries.

    Raises:
        StoreFull: a disk is full, or an index read-only.
        AccessDenied: the identity is refused.
        StoreError: Elasticsearch does not answer, or not for every document.
    """
    loading = _Load(client, patience or Patience())
    loading.restore(rejections)
    return loading.report


class _Load:
    """A load under way."""

    def __init__(self, client: Elasticsearch, patience: Patience) -> None:
        self.report = LoadReport()
        self._client = client
        self._patience = patience
        self._made: set[tuple[str, date]] = set()
        self._rerun = False

    def load(self, tables: Iterable[pa.Table], attributes: Attributes) -> None:
        """Store the points of all tables; one is read while those before it are on their way."""
        self.store(chain.from_iterable(self._creations(one, attributes) for one in tables))

    def _creations(self, table: pa.Table, attributes: Attributes) -> Iterator[Batch]:
        columns = Columns.of(table)
        self._make(columns.months())
        self.report.points += len(columns.value)
        yield from documents(columns, attributes, self._unlike(columns))

    def restore(self, rejections: Iterable[Rejection]) -> None:
        """Store documents; an index that was dropped meanwhile is made again."""
        self.store(batches(map(self._creation, rejections), MOST_ITEMS))

    def _creation(self, rejection: Rejection) -> Item:
        self._make({rejection.month})
        return rejection.item

    def store(self, creations: Iterable[Batch]) -> None:
        """Create documents, and merge those that stand there already."""
        conflicts: dict[str, Item] = {}
        for settled in self._send(self._counted(creations)):
            for outcome in self._count(settled):
                if outcome.id in conflicts or len(conflicts) == MOST_MERGED:
                    self._merge(conflicts)
                    conflicts = {}
                conflicts[outcome.id] = outcome.item
        self._merge(conflicts)

    def _make(self, months: set[tuple[str, date]]) -> None:
        for namespace, month in sorted(months - self._made):
            ensure_indices(self._client, namespace, [month])
        self._made |= months

    def _send(self, writes: Iterable[Batch]) -> Iterator[Settled]:
        return send(self._client, writes, self._patience)

    def _count(self, settled: Settled) -> Iterator[Outcome]:
        """Count what was stored or rejected; yield the conflicts."""
        self.report.created += settled.created
        self.report.merged += settled.updated
        conflicts = 0
        for outcome in settled.others:
            if outcome.conflict:
                conflicts += 1
                yield outcome
            else:
                self.report.reject(outcome)
        self._rerun |= conflicts > settled.items / 2

    def _counted(self, creations: Iterable[Batch]) -> Iterator[Batch]:
        for batch in creations:
            self.report.produced += len(batch)
            yield batch

    def _unlike(self, columns: Columns) -> Iterator[Part]:
        """Yield the parts of a table; in a rerun without what stands there, which is counted.

        A rerun begins with the first request that finds most of its documents there, and ends
        with the first part most of which is not.
        """
        waiting: deque[tuple[Part, Future[Flags]]] = deque()
        with ThreadPoolExecutor(AHEAD) as pool:
            for part in columns.parts():
                if not self._rerun:
                    yield part
                    continue
                waiting.append((part, pool.submit(repeated, self._client, columns, part)))
                if len(waiting) == AHEAD:
                    yield self._rest(*waiting.popleft())
            for each in waiting:
                yield self._rest(*each)

    def _rest(self, part: Part, compared: Future[Flags]) -> Part:
        same = compared.result()
        unchanged = int(np.count_nonzero(same))
        self.report.produced += unchanged
        self.report.unchanged += unchanged
        self._rerun = unchanged > len(same) / 2
        return part.only(~same)

    def _merge(self, conflicts: dict[str, Item]) -> None:
        """Merge items with the documents that stand in their way, whose ids are the keys."""
        for attempt in range(ROUNDS):
            if not conflicts:
                return
            if attempt:
                self._patience.pause(attempt - 1)
            lost = {}
            compared = compare(self._client, conflicts)
            self.report.unchanged += compared.unchanged
            for settled in self._send(batches(compared.writes, MOST_ITEMS)):
                for outcome in self._count(settled):
                    lost[outcome.id] = conflicts[outcome.id]
            conflicts = lost
        raise StoreError(
            f"{len(conflicts)} documents were changed by others {ROUNDS} times while they were "
            "merged; run again when fewer loads run at once"
        )
