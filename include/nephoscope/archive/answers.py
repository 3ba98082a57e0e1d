"""The answers to a shard's queries, as a table: what CloudWatch said of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa

from nephoscope.archive.layout import Source
from nephoscope.coverage import EXPIRED
from nephoscope.extract.answers import Answer
from nephoscope.model import dimensions_key
from nephoscope.plan.shards import Shard

_NAME = pa.dictionary(pa.int32(), pa.string())

ANSWERS = pa.schema(
    [
        pa.field("account", _NAME, nullable=False),
        pa.field("region", _NAME, nullable=False),
        pa.field("namespace", _NAME, nullable=False),
        pa.field("dimensions", _NAME, nullable=False),  # model.dimensions_key
        pa.field("metric", _NAME, nullable=False),
        pa.field("statistic", _NAME, nullable=False),
        pa.field("period", pa.int32(), nullable=False),  # seconds, as it was asked
        pa.field("status", _NAME, nullable=False),  # extract.answers.Answer
        pa.field("messages", pa.list_(pa.string()), nullable=False),
        pa.field("points", pa.int32(), nullable=False),
        pa.field("asked_at", pa.timestamp("ms", tz="UTC"), nullable=False),
    ]
)
"""One row a query: what CloudWatch said of it."""


class Answers:
    """The rows of ANSWERS, column by column: a 5-minute run has as many as points.

    Args:
        shard: what was asked.
        asked_at: now, in UTC: the moment of queries that were not asked.
    """

    def __init__(self, shard: Shard, asked_at: datetime) -> None:
        self._same = asdict(Source.of(shard))
        self._asked_at = asked_at
        self._listed = shard.listing is not None
        self._columns: dict[str, list[Any]] = {
            name: [] for name in ANSWERS.names if name not in self._same
        }

    def noted(self, batches: Iterable[tuple[pa.Table, Sequence[Answer]]]) -> Iterator[pa.Table]:
        """Yield the points of batches, having added their answers; these' points are not kept."""
        for table, answers in batches:
            self._add(answers)
            yield table

    def _add(self, answers: Sequence[Answer]) -> None:
        dimensions, metrics, statistics = zip(*(a.query for a in answers), strict=True)
        keys = {one: dimensions_key(one) for one in set(dimensions)}
        said = {
            "dimensions": [keys[one] for one in dimensions],
            "metric": metrics,
            "statistic": statistics,
            "period": [a.period for a in answers],
            "status": [a.status for a in answers],
            "messages": [a.messages for a in answers],
            "points": [len(a.values) for a in answers],
            "asked_at": [a.asked_at or self._asked_at for a in answers],
        }
        for name, column in self._columns.items():
            column.extend(said[name])

    def table(self) -> pa.Table:
        """Return all rows as ANSWERS."""
        count = len(self._columns["status"])
        same = {name: [value] * count for name, value in self._same.items()}
        return pa.Table.from_pydict(same | self._columns, schema=ANSWERS)

    def counts(self) -> dict[str, int]:
        """Count the rows, by the names of `landing.Written`."""
        statuses = Counter(self._columns["status"])
        return {
            "metrics_asked": 0 if self._listed else statuses.total(),
            "points": sum(self._columns["points"]),
            "unanswered": statuses.total() - statuses["Complete"] - statuses[EXPIRED],
            "expired": statuses[EXPIRED],
        }
