"""How DAG runs stand, as Airflow's API tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nephoscope.demo.stack.airflow_api import AirflowApi

_SHOWN = 5
_ENDED = ["success", "failed", "skipped", "upstream_failed", "removed"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How many runs of a DAG there are and how they ended; of their tasks, how many have ended."""

    runs: int
    succeeded: int
    failed: int
    tasks: int
    tasks_ended: int


def standing(api: AirflowApi, dag_id: str, first: datetime, last: datetime) -> Standing:
    """Count the runs whose scheduled time, the end of their interval, is from first to last.

    A run that a person triggered is none of them.
    """
    asked = {"run_after_gte": first.isoformat(), "run_after_lte": last.isoformat()}
    scheduled = {**asked, "run_type": ["scheduled", "backfill"]}
    runs, tasks = f"dags/{dag_id}/dagRuns", f"dags/{dag_id}/dagRuns/~/taskInstances"
    return Standing(
        runs=_count(api, runs, scheduled),
        succeeded=_count(api, runs, {**scheduled, "state": "success"}),
        failed=_count(api, runs, {**scheduled, "state": "failed"}),
        tasks=_count(api, tasks, asked),
        tasks_ended=_count(api, tasks, {**asked, "state": _ENDED}),
    )


def failures(api: AirflowApi, dag_id: str, first: datetime, last: datetime) -> list[str]:
    """Name the first failed tasks of those runs, each with its run."""
    query = {
        "run_after_gte": first.isoformat(),
        "run_after_lte": last.isoformat(),
        "state": "failed",
        "limit": _SHOWN,
    }
    found = api("GET", f"dags/{dag_id}/dagRuns/~/taskInstances", query=query)["task_instances"]
    return [f"{dag_id}, {one['dag_run_id']}: {_task(one)} failed" for one in found]


def _task(instance: dict[str, Any]) -> str:
    shown = instance.get("rendered_map_index")
    return f"{instance['task_id']} ({shown})" if shown else str(instance["task_id"])


def _count(api: AirflowApi, path: str, query: Mapping[str, Any]) -> int:
    return int(api("GET", path, query={**query, "limit": 1})["total_entries"])
