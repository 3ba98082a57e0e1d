"""Replay: Elasticsearch from the archive, with no call of AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nephoscope.archive import reading
from nephoscope.archive.coverage import read_coverage
from nephoscope.archive.inventory import Snapshot, inventory_of, read_snapshot, snapshots
from nephoscope.errors import ConfigError
from nephoscope.model import Resource, Window
from nephoscope.place import Place
from nephoscope.store import inventory
from nephoscope.store.coverage.days import write_coverage
from nephoscope.store.labels import document_fields
from nephoscope.store.load import loader

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a UTC day's points, and how many resources its coverage is of.

    Each document is in one of created, merged and unchanged.
    """

    day: str
    points: int
    documents: int
    created: int
    merged: int
    unchanged: int
    covered: int


def replay(
    root: Place, client: Any, window: Window, watch: Callable[[int], None]
) -> Iterator[Replayed]:
    """Load the points of days and what the audit said of them, and note what was seen of resources.

    Documents get the fields of what their resource was on that day, as far as discovery has seen
    it; else of the last that it saw before, or the first after. What is stored already and newer
    stays.

    Args:
        root: the archive's.
        client: the official client.
        window: whole UTC days.
        watch: is told of how many points more are stored.

    Yields:
        Each day that the archive has points of, when it is loaded.

    Raises:
        ConfigError: there is none.
    """
    days = _days(root, window)
    known = snapshots(root)
    chosen = {one for day in days for one in inventory_of(known, day)}
    for one in sorted(chosen):
        seen = (inventory.observation(each) for each in read_snapshot(root, one))
        inventory.record(client, seen, one.seen_at)
    for day in days:
        attributes = _attributes(root, inventory_of(known, day))
        tables = _watched(reading.points(root, day), watch)
        done = loader.load(client, tables, attributes=attributes)
        covered = sum(write_coverage(client, some) for some in read_coverage(root, day))
        counts = done.produced, done.created, done.merged, done.unchanged, covered
        yield Replayed(f"{day.start:%Y-%m-%d}", done.points, *counts)


def _days(root: Place, window: Window) -> list[Window]:
    known = reading.days(root)
    days = [day for day in window.days() if day in known]
    if not days:
        has = "it has none of any day"
        if known:
            first, last = (f"{day.start:%Y-%m-%d}" for day in (known[0], known[-1]))
            has = f"its first day is {first}, its last {last}"
        raise ConfigError(f"the archive {root} has no points of {window}: {has}")
    return days


def _watched(tables: Iterable[pa.Table], watch: Callable[[int], None]) -> Iterator[pa.Table]:
    for table in tables:
        yield table
        watch(table.num_rows)


def _attributes(root: Place, chosen: Sequence[Snapshot]) -> dict[Resource, Mapping[str, Any]]:
    """Return the fields of documents, of the last snapshot that knows something of a resource."""
    return {
        seen.resource: document_fields(seen.attributes)
        for one in chosen
        for seen in read_snapshot(root, one)
        if seen.attributes
    }
