"""Landing of logs: what each attempt at a shard read, by the UTC day that it is of.

``log-landing/day=2026-11-20/account=…/region=…/group=…/<dag>.<asked at>/`` has of each attempt that
ended ``shard-0001.try1.events.parquet``, put there whole, and ``….loaded.json`` when it was loaded.
Nothing is overwritten. The name of an attempt is its path without these endings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from nephoscope.archive.damage import opened
from nephoscope.archive.layout import Attempt, day_folder, segment
from nephoscope.archive.runs import shard_name
from nephoscope.events import EVENTS
from nephoscope.extract.logs import Reading
from nephoscope.model import Window
from nephoscope.place import Place, files, put_file
from nephoscope.plan.logs import LogShard

FOLDER = "log-landing"
EVENTS_FILE = ".events.parquet"

GROUP_BYTES = 8_000_000
"""Of events, from which on they are a row group: some pages of AWS."""

ENCODED: Mapping[str, Any] = {
    "compression": "zstd",
    "compression_level": 3,
    "use_dictionary": ["stream", "asked_at"],
}
"""How events are written."""

_KEY = b"nephoscope"


@dataclass(frozen=True, slots=True, order=True)
class LogSource:
    """Whose events they are: a log group in a region of an account, by an entry of ``logs``."""

    account: str
    region: str
    group: str
    entry: str

    @classmethod
    def of(cls, shard: LogShard) -> LogSource:
        """Return what a shard reads."""
        return cls(shard.account, shard.region, shard.group, shard.entry)

    @property
    def path(self) -> str:
        """The folders, as Hive names partitions."""
        names = ("account", "region", "group")
        return "/".join(f"{name}={segment(getattr(self, name))}" for name in names)


@dataclass(frozen=True, slots=True)
class LogWritten:
    """What an attempt put into the archive: its name, and counts."""

    name: str
    pages: int
    events: int
    redacted: int
    gone: bool


def write_events(root: Place, run: str, number: int, attempt: int, reading: Reading) -> LogWritten:
    """Write what a shard's reading yields, and then put it into the archive at once.

    Args:
        root: the archive's.
        run: the run's folder.
        number: of the shard in the plan, counted from 1.
        attempt: of the task.
        reading: of the shard.
    """
    _, dag, asked_at = run.split("/")
    source = LogSource.of(reading.shard)
    folder = f"{FOLDER}/{day_folder(reading.shard.window)}/{source.path}/{dag}.{asked_at}"
    file = f"{shard_name(number)}.try{attempt}"
    with TemporaryDirectory(prefix="nephoscope-") as temporary:
        whole = Path(temporary) / "events.parquet"
        events = write_file(whole, reading.tables(), {"source": asdict(source)})
        (root / folder).mkdir(parents=True, exist_ok=True)
        put_file(root / folder, f"{file}{EVENTS_FILE}", whole)
    counts = reading.pages, events, reading.redacted, reading.gone
    return LogWritten(f"{folder}/{file}", *counts)


def write_file(path: Path, tables: Iterable[pa.Table], about: Mapping[str, Any]) -> int:
    """Write a file of events, with what it says of itself; return how many there are."""
    events = 0
    with pq.ParquetWriter(path, EVENTS, **ENCODED) as writer:
        writer.add_key_value_metadata({_KEY.decode(): orjson.dumps(about).decode()})
        for table in _joined(tables):
            writer.write_table(table)
            events += table.num_rows
    return events


def _joined(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(one.nbytes for one in waiting) >= GROUP_BYTES:
            yield pa.concat_tables(waiting)
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting)


def read_about(file: pq.ParquetFile) -> dict[str, Any]:
    """Read what a file of events says of itself."""
    about: dict[str, Any] = orjson.loads(file.metadata.metadata[_KEY])
    return about


def source_of(root: Place, path: str) -> LogSource:
    """Read whose events a file has."""
    with opened(root, path) as parquet:
        return LogSource(**read_about(parquet)["source"])


def read_events(root: Place, path: str) -> Iterator[pa.Table]:
    """Read a file of events, a row group at a time."""
    with opened(root, path) as parquet:
        for group in range(parquet.num_row_groups):
            yield parquet.read_row_group(group).cast(EVENTS)


def attempts(root: Place, day: Window) -> dict[str, list[str]]:
    """Return the names of all attempts of a UTC day that ended, by the path of their `LogSource`.

    They are in the order of their runs and tries.
    """
    paths = files(root, f"{FOLDER}/{day_folder(day)}")
    ended = (Attempt(p.removesuffix(EVENTS_FILE)) for p in paths if p.endswith(EVENTS_FILE))
    found: dict[str, list[str]] = defaultdict(list)
    for one in sorted(ended, key=lambda attempt: attempt.order):
        found[one.source].append(one.name)
    return dict(found)
