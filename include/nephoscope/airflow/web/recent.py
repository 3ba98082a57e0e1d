"""What Airflow's own database tells: the last runs, and what a run's task returned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from airflow.models.dagrun import DagRun
from airflow.models.xcom import XComModel
from sqlalchemy import select
from sqlalchemy.orm import Session

_RUNS = 4  # of each DAG


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a DAG; ``after`` is when it was to start, ``note`` what it did. Times are UTC."""

    dag_id: str
    run_id: str
    state: str
    after: datetime
    note: str


def last_runs(session: Session, dag_ids: Sequence[str]) -> Iterator[Run]:
    """Yield the newest runs of each DAG."""
    for dag_id in dag_ids:
        newest = select(DagRun).where(DagRun.dag_id == dag_id).order_by(DagRun.run_after.desc())
        for run in session.scalars(newest.limit(_RUNS)):
            yield Run(dag_id, run.run_id, str(run.state), run.run_after, run.note or "")


def returned(
    session: Session, *, dag_id: str, run_id: str, task_id: str, map_index: int
) -> Any | None:
    """Return what a task of a run returned; None where there is no such task or result."""
    query = XComModel.get_many(
        key="return_value",
        dag_ids=dag_id,
        run_id=run_id,
        task_ids=task_id,
        map_indexes=map_index,
    )
    found = session.scalars(query).first()
    return None if found is None else XComModel.deserialize_value(found)
