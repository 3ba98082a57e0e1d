"""Plans of runs: ``runs/<dag>/<asked at>/plan.json``, and a file for each shard.

The plan has no shards in it but their number; each is a file of its own, so that a task reads the
one that it works on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import orjson
from pydantic import TypeAdapter

from nephoscope.archive.layout import segment, stamp
from nephoscope.place import Place, put
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Shard

_PLAN = TypeAdapter(Plan)
_SHARD = TypeAdapter(Shard)


def write_plan(root: Place, dag_id: str, plan: Plan) -> str:
    """Write a plan and its shards, the plan last.

    Returns:
        The run's folder, below the root; no two runs of a DAG ask at the same moment.
    """
    written = _PLAN.dump_python(replace(plan, shards=()), mode="json")
    said = orjson.dumps({**written, "shards": len(plan.shards)})
    return write_run(root, dag_id, plan.asked_at, said, map(_SHARD.dump_json, plan.shards))


def write_run(
    root: Place, dag_id: str, asked_at: datetime, plan: bytes, shards: Iterable[bytes]
) -> str:
    """Write the shards of any plan, as JSON, and then the plan; return the run's folder."""
    run = f"runs/{segment(dag_id)}/{stamp(asked_at)}"
    folder = root / run
    folder.mkdir(parents=True, exist_ok=True)
    for number, shard in enumerate(shards, start=1):
        put(folder, f"{shard_name(number)}.json", shard)
    put(folder, "plan.json", plan)
    return run


def shard_name(number: int) -> str:
    """Return what files of a plan's shard are called, counted from 1."""
    return f"shard-{number:04d}"


def read_plan(root: Place, run: str) -> Plan:
    """Read what `write_plan` wrote, with the shards."""
    written = orjson.loads((root / run / "plan.json").read_bytes())
    shards = tuple(read_shard(root, run, number + 1) for number in range(written["shards"]))
    return replace(_PLAN.validate_json(orjson.dumps({**written, "shards": ()})), shards=shards)


def read_shard(root: Place, run: str, number: int) -> Shard:
    """Read one shard of a plan, counted from 1."""
    return _SHARD.validate_json((root / run / f"{shard_name(number)}.json").read_bytes())
