"""Plans of runs that copy logs, kept as those of metrics are: a file, and one for each shard."""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from nephoscope.archive.runs import shard_name, write_run
from nephoscope.place import Place
from nephoscope.plan.logs import LogPlan, LogShard

_PLAN = TypeAdapter(LogPlan)
_SHARD = TypeAdapter(LogShard)


def write_log_plan(root: Place, dag_id: str, plan: LogPlan) -> str:
    """Write a plan and its shards, the plan last; return the run's folder, below the root."""
    said = _PLAN.dump_json(replace(plan, shards=()))
    return write_run(root, dag_id, plan.asked_at, said, map(_SHARD.dump_json, plan.shards))


def read_log_plan(root: Place, run: str) -> LogPlan:
    """Read what `write_log_plan` wrote, without the shards."""
    return _PLAN.validate_json((root / run / "plan.json").read_bytes())


def read_log_shard(root: Place, run: str, number: int) -> LogShard:
    """Read one shard of a plan, counted from 1."""
    return _SHARD.validate_json((root / run / f"{shard_name(number)}.json").read_bytes())
