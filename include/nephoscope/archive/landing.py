"""Landing: what each attempt at a shard read, by the UTC day that it is of.

``landing/day=2026-11-20/account=…/region=…/namespace=…/<dag>.<asked at>/`` has of each attempt
``shard-0001.try1.points.parquet``, then ``….answers.parquet``: points without answers are of an
attempt that did not end; and, when it was loaded, ``….loaded.json``. Nothing is overwritten. The
name of an attempt is its path without these endings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from nephoscope.archive.answers import ANSWERS, Answers
from nephoscope.archive.damage import told
from nephoscope.archive.day_files import ENCODED
from nephoscope.archive.layout import Attempt, Source, day_folder, parquet_of
from nephoscope.archive.runs import read_shard, shard_name
from nephoscope.extract.answers import Answer
from nephoscope.model import Window
from nephoscope.place import Place, files, put
from nephoscope.plan.shards import Shard
from nephoscope.points import POINTS

POINTS_FILE = ".points.parquet"
ANSWERS_FILE = ".answers.parquet"
LOADED_FILE = ".loaded.json"

GROUP = 100_000
"""Points from which on they are a row group: as many as a full page of AWS has."""

_KEY = "nephoscope"


@dataclass(frozen=True, slots=True)
class Written:
    """What an attempt put into the archive: its name, and counts.

    ``unanswered`` are queries that CloudWatch did not answer whole; those that it may no longer
    hold are ``expired``, and not among them.
    """

    name: str
    metrics_asked: int
    points: int
    unanswered: int
    expired: int


def write_points(
    root: Place,
    run: str,
    number: int,
    attempt: int,
    shard: Shard,
    batches: Iterable[tuple[pa.Table, Sequence[Answer]]],
    asked_at: datetime,
) -> Written:
    """Write what extract yields, and then the answers.

    Args:
        root: the archive's.
        run: the run's folder, as `write_plan` returned it.
        number: of the shard in the plan, counted from 1.
        attempt: of the task.
        shard: what is asked.
        batches: points as POINTS, and the answers that they came in.
        asked_at: now, in UTC: what the answers say of queries that were not asked.
    """
    folder, file = _folder(run, shard), f"{shard_name(number)}.try{attempt}"
    place = root / folder
    place.mkdir(parents=True, exist_ok=True)
    said = Answers(shard, asked_at)
    with (
        (place / f"{file}{POINTS_FILE}").open("wb") as opened,
        pq.ParquetWriter(opened, POINTS, **ENCODED) as writer,
    ):
        writer.add_key_value_metadata({_KEY: orjson.dumps(_about(shard)).decode()})
        for table in _joined(said.noted(batches)):
            writer.write_table(table)
    put(place, f"{file}{ANSWERS_FILE}", parquet_of(said.table()))
    return Written(f"{folder}/{file}", **said.counts())


def _joined(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join tables to row groups: of a 5-minute run each call brings 500 points."""
    waiting: list[pa.Table] = []
    for table in tables:
        waiting.append(table)
        if sum(one.num_rows for one in waiting) >= GROUP:
            yield pa.concat_tables(waiting).unify_dictionaries()
            waiting = []
    if waiting:
        yield pa.concat_tables(waiting).unify_dictionaries()


def mark_loaded(root: Place, name: str, counts: Mapping[str, int]) -> None:
    """Note that what an attempt read has been loaded."""
    folder, _, file = name.rpartition("/")
    put(root / folder, f"{file}{LOADED_FILE}", orjson.dumps(dict(counts)))


def read_points(root: Place, name: str) -> Iterator[pa.Table]:
    """Read the points of an attempt as POINTS, a row group at a time."""
    path = f"{name}{POINTS_FILE}"
    content = pa.BufferReader((root / path).read_bytes())
    with told(root, path), pq.ParquetFile(content) as parquet:
        for group in range(parquet.num_row_groups):
            yield parquet.read_row_group(group).cast(POINTS)


def read_about(root: Place, name: str) -> tuple[Source, int]:
    """Read whose points an attempt asked for, and the period of its shard in seconds."""
    path = f"{name}{POINTS_FILE}"
    content = pa.BufferReader((root / path).read_bytes())
    with told(root, path):
        about = orjson.loads(pq.read_metadata(content).metadata[_KEY.encode()])
    return Source(**about["source"]), about["period"]


def read_answers(root: Place, name: str) -> pa.Table:
    """Read the answers of an attempt, as ANSWERS."""
    path = f"{name}{ANSWERS_FILE}"
    content = pa.BufferReader((root / path).read_bytes())
    with told(root, path):
        return pq.read_table(content).cast(ANSWERS)


def newest_attempt(root: Place, run: str, number: int) -> str | None:
    """Return the name of the last attempt at a shard that ended; None where none did."""
    folder = _folder(run, read_shard(root, run, number))
    ended = [one for one in _ended(root, folder) if one.order[1] == shard_name(number)]
    return ended[-1].name if ended else None


def begun(root: Place, run: str, shards: Iterable[Shard]) -> dict[str, bool]:
    """Return the names of all attempts at a run's shards that left something, and which ended."""
    folders = sorted({_folder(run, shard) for shard in shards})
    paths = {path for folder in folders for path in files(root, folder)}
    names = sorted(path.removesuffix(POINTS_FILE) for path in paths if path.endswith(POINTS_FILE))
    return {name: f"{name}{ANSWERS_FILE}" in paths for name in names}


def attempts(root: Place, day: Window) -> dict[str, list[str]]:
    """Return the names of all attempts of a UTC day that ended, by the path of their `Source`.

    They are in the order of their runs and tries.
    """
    found: dict[str, list[str]] = defaultdict(list)
    for one in _ended(root, f"landing/{day_folder(day)}"):
        found[one.source].append(one.name)
    return dict(found)


def _ended(root: Place, below: str) -> list[Attempt]:
    paths = (path for path in files(root, below) if path.endswith(ANSWERS_FILE))
    return sorted((Attempt(p.removesuffix(ANSWERS_FILE)) for p in paths), key=lambda a: a.order)


def _about(shard: Shard) -> dict[str, Any]:
    return {"source": asdict(Source.of(shard)), "period": shard.period}


def _folder(run: str, shard: Shard) -> str:
    _, dag, asked_at = run.split("/")
    return f"landing/{day_folder(shard.window)}/{Source.of(shard).path}/{dag}.{asked_at}"
