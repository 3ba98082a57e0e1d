"""The archive: what a run planned and read, kept in object storage.

``landing/<dag>/<first window's start>/<asked at>/`` is the folder of one run. It holds
``plan.json``, a ``shard-0001.json`` for each shard, and of each attempt to extract it
``shard-0001.try1.points.parquet`` and ``shard-0001.try1.answers.parquet``. The answers are
written last: points without answers are of an attempt that did not end. Nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from nephoscope.extract.metrics import Answer
from nephoscope.model import dimensions_key
from nephoscope.place import Place, put
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Shard
from nephoscope.points import POINTS

ANSWERS = pa.schema(
    [
        pa.field("dimensions", pa.string(), nullable=False),
        pa.field("metric", pa.string(), nullable=False),
        pa.field("statistic", pa.string(), nullable=False),
        pa.field("status", pa.string(), nullable=False),  # the last page's StatusCode
        pa.field("messages", pa.list_(pa.string()), nullable=False),
        pa.field("points", pa.int32(), nullable=False),
    ]
)
"""One row a query: what CloudWatch said of it."""

_PLAN = TypeAdapter(Plan)
_SHARD = TypeAdapter(Shard)


@dataclass(frozen=True, slots=True)
class Written:
    """What an extract put into the archive: counts, of queries for ``unanswered``."""

    metrics_asked: int
    points: int
    unanswered: int


def run_folder(dag_id: str, plan: Plan) -> str:
    """Return the folder of a run below the root; no two runs ask at the same moment."""
    first = min((window.start for window in plan.windows.values()), default=plan.asked_at)
    return f"landing/{dag_id}/{first:%Y-%m-%dT%H%MZ}/{plan.asked_at:%Y%m%dT%H%M%S.%fZ}"


def write_plan(folder: Place, plan: Plan) -> None:
    """Write a plan and its shards, the plan last."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, shard in enumerate(plan.shards):
        put(folder, f"{shard_name(number)}.json", _SHARD.dump_json(shard))
    put(folder, "plan.json", _PLAN.dump_json(plan))


def shard_name(number: int) -> str:
    """Return the name of the files of a plan's shard, counted from 0."""
    return f"shard-{number:04d}"


def read_plan(folder: Place) -> Plan:
    """Read what `write_plan` wrote."""
    return _PLAN.validate_json((folder / "plan.json").read_bytes())


def read_shard(folder: Place, name: str) -> Shard:
    """Read one shard of a plan."""
    return _SHARD.validate_json((folder / f"{name}.json").read_bytes())


def write_points(
    folder: Place, attempt: str, batches: Iterable[tuple[pa.Table, Sequence[Answer]]]
) -> Written:
    """Write what extract yields, a row group a batch, and then the answers.

    Args:
        folder: the run's folder.
        attempt: the shard's name and the attempt, such as ``shard-0001.try1``.
        batches: points as POINTS, and the answers that they came in.
    """
    answers: list[dict[str, Any]] = []
    with (
        (folder / f"{attempt}.points.parquet").open("wb") as file,
        pq.ParquetWriter(file, POINTS, compression="zstd") as writer,
    ):
        for table, batch in batches:
            writer.write_table(table)
            answers += [_row(answer) for answer in batch]
    with (folder / f"{attempt}.answers.parquet").open("wb") as file:
        pq.write_table(pa.Table.from_pylist(answers, schema=ANSWERS), file, compression="zstd")
    return Written(
        metrics_asked=len(answers),
        points=sum(row["points"] for row in answers),
        unanswered=sum(row["status"] != "Complete" for row in answers),
    )


def _row(answer: Answer) -> dict[str, Any]:
    dimensions, metric, statistic = answer.query
    return {
        "dimensions": dimensions_key(dimensions),
        "metric": metric,
        "statistic": statistic,
        "status": answer.status,
        "messages": answer.messages,
        "points": len(answer.values),
    }


def read_points(folder: Place, attempt: str) -> Iterator[pa.Table]:
    """Read the points of an attempt, a row group at a time, as POINTS."""
    with (folder / f"{attempt}.points.parquet").open("rb") as file, pq.ParquetFile(file) as parquet:
        for group in range(parquet.num_row_groups):
            yield parquet.read_row_group(group).cast(POINTS)
