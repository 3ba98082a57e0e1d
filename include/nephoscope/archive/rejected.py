"""Dead letters: documents that Elasticsearch refused, kept until it takes them.

``rejected/day=2026-11-20/account=…/region=…/namespace=…/<dag>.<asked at>/shard-0001.try1.parquet``
has those of an attempt, which landing names alike. A file is written whole in the place of the one
before. No sweep removes it: it goes when all that is in it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.parquet as pq

from nephoscope.archive.layout import Attempt, parquet_of
from nephoscope.model import Window
from nephoscope.place import Place, files, put, remove
from nephoscope.store.load.rejection import Rejection

REJECTED = pa.schema(
    [
        pa.field("reason", pa.string(), nullable=False),
        pa.field("index", pa.string(), nullable=False),
        pa.field("document", pa.string(), nullable=False),  # JSON
        pa.field("run", pa.string(), nullable=False),  # its folder in the archive
        pa.field("shard", pa.string(), nullable=False),
        pa.field("asked_at", pa.timestamp("ms", "UTC"), nullable=False),  # of the run
    ]
)
"""One row a document."""

_FILE = ".parquet"


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much waits to be stored, and when the oldest run of it asked (UTC)."""

    files: int
    documents: int
    oldest: datetime | None


def keep(root: Place, attempt: Attempt, rejections: Sequence[Rejection]) -> None:
    """Keep what was rejected of an attempt, and nothing that was rejected of it before."""
    path = f"{_name(attempt)}{_FILE}"
    folder, _, file = path.rpartition("/")
    if rejections:
        (root / folder).mkdir(parents=True, exist_ok=True)
        put(root / folder, file, parquet_of(_table(attempt, rejections)))
    elif path in files(root, folder):
        remove(root, [path])


def read(root: Place, attempt: Attempt) -> list[Rejection]:
    """Read what is kept of an attempt; nothing where another process has stored it meanwhile."""
    try:
        content = (root / f"{_name(attempt)}{_FILE}").read_bytes()
    except FileNotFoundError:
        return []
    table = pq.read_table(pa.BufferReader(content), columns=["index", "reason", "document"])
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [Rejection(index, reason, document.encode()) for index, reason, document in rows]


def attempts(root: Place, days: Window | None = None) -> list[Attempt]:
    """Return the attempts that something is kept of, the oldest run's first.

    Args:
        root: the archive's.
        days: whole UTC days, of the points; all where it is None.
    """
    paths = (path for path in files(root, "rejected") if path.endswith(_FILE))
    found = (Attempt(path.removesuffix(_FILE)) for path in paths)
    chosen = (one for one in found if days is None or days.start <= one.day.start < days.end)
    return sorted(chosen, key=lambda one: one.order)


def waiting(root: Place) -> Waiting:
    """Count what waits."""
    found = attempts(root)
    documents = sum(len(read(root, one)) for one in found)
    return Waiting(len(found), documents, found[0].planned_at if found else None)


def _name(attempt: Attempt) -> str:
    return f"rejected/{attempt.name.partition('/')[2]}"


def _table(attempt: Attempt, rejections: Sequence[Rejection]) -> pa.Table:
    count = len(rejections)
    return pa.table(
        {
            "reason": [one.reason for one in rejections],
            "index": [one.index for one in rejections],
            "document": [one.document.decode() for one in rejections],
            "run": [attempt.run] * count,
            "shard": [attempt.order[1]] * count,
            "asked_at": [attempt.planned_at] * count,
        },
        schema=REJECTED,
    )
