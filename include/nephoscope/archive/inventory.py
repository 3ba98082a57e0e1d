"""Inventory: snapshots of what discovery saw, which it need not ask again for a while.

``inventory/<connection>/<region>/<seen at>.<question>.parquet``; the question is a short hash of
what discovery was asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from nephoscope.archive.layout import moment, parquet_of, segment, stamp
from nephoscope.model import Resource, Seen, Window, dimensions_from_key
from nephoscope.place import Place, files, put

SEEN = pa.schema(
    [
        pa.field("account", pa.string(), nullable=False),
        pa.field("region", pa.string(), nullable=False),
        pa.field("namespace", pa.string(), nullable=False),
        pa.field("dimensions", pa.string(), nullable=False),  # model.dimensions_key
        pa.field("metrics", pa.list_(pa.string()), nullable=False),
        pa.field("attributes", pa.string(), nullable=False),  # JSON
    ]
)
"""One row a resource."""


@dataclass(frozen=True, slots=True, order=True)
class Snapshot:
    """A file of what was seen at a moment (UTC) by one connection in one region.

    ``asked`` is what was looked at and for: folder and question.
    """

    seen_at: datetime
    asked: tuple[str, str]

    @classmethod
    def at(cls, path: str) -> Snapshot:
        """Return the snapshot of a path below the archive's root."""
        folder, _, file = path.rpartition("/")
        seen_at, _, question = file.removesuffix(".parquet").rpartition(".")
        return cls(moment(seen_at), (folder, question))

    @property
    def path(self) -> str:
        """Where it is, below the archive's root."""
        return f"{self.asked[0]}/{stamp(self.seen_at)}.{self.asked[1]}.parquet"


def write_inventory(
    root: Place,
    connection: str,
    region: str,
    question: str,
    seen_at: datetime,
    seen: Iterable[Seen],
) -> None:
    """Write what was seen at a moment (UTC)."""
    rows = [
        (*_names(one.resource), list(one.metrics), orjson.dumps(one.attributes).decode())
        for one in seen
    ]
    columns = zip(*rows, strict=True) if rows else [()] * len(SEEN)
    table = pa.Table.from_arrays(
        [pa.array(c, f.type) for c, f in zip(columns, SEEN, strict=True)], schema=SEEN
    )
    folder = _folder(connection, region)
    (root / folder).mkdir(parents=True, exist_ok=True)
    put(root / folder, f"{stamp(seen_at)}.{question}.parquet", parquet_of(table))


def newest_inventory(
    root: Place, connection: str, region: str, question: str, since: datetime
) -> tuple[datetime, list[Seen]] | None:
    """Read the newest snapshot of a question that is not older than a moment (UTC), if any."""
    asked = (_folder(connection, region), question)
    known = [one for one in _snapshots(root, asked[0]) if one.asked == asked]
    if not known or max(known).seen_at < since:
        return None
    return max(known).seen_at, read_snapshot(root, max(known))


def snapshots(root: Place) -> list[Snapshot]:
    """Return all snapshots that there are, in the order of time."""
    return _snapshots(root, "inventory")


def inventory_of(known: Sequence[Snapshot], day: Window) -> list[Snapshot]:
    """Return the snapshots that tell best what resources were on a UTC day, the best last.

    Of each question those are what was seen on that day, the last before it and the first after:
    the latter two know the resources that were not there to be seen on the day itself.

    Args:
        known: all snapshots, in the order of time.
        day: the day.
    """
    by_question: dict[tuple[str, str], list[Snapshot]] = defaultdict(list)
    for one in known:
        by_question[one.asked].append(one)
    after, before, within = [], [], []
    for same in by_question.values():
        after += [one for one in same if one.seen_at >= day.end][:1]
        before += [one for one in same if one.seen_at < day.start][-1:]
        within += [one for one in same if day.start <= one.seen_at < day.end]
    return [*sorted(after, reverse=True), *sorted(before), *sorted(within)]


def read_snapshot(root: Place, snapshot: Snapshot) -> list[Seen]:
    """Read what was seen."""
    content = pa.BufferReader((root / snapshot.path).read_bytes())
    columns = (column.to_pylist() for column in pq.read_table(content).cast(SEEN).columns)
    return [
        Seen(
            Resource(account, region, namespace, dimensions_from_key(dimensions)),
            tuple(metrics),
            orjson.loads(attributes),
        )
        for account, region, namespace, dimensions, metrics, attributes in zip(
            *columns, strict=True
        )
    ]


def _names(resource: Resource) -> tuple[str, str, str, str]:
    return resource.account, resource.region, resource.namespace, resource.key


def _folder(connection: str, region: str) -> str:
    return f"inventory/{segment(connection)}/{segment(region)}"


def _snapshots(root: Place, below: str) -> list[Snapshot]:
    return sorted(Snapshot.at(path) for path in files(root, below) if path.endswith(".parquet"))
