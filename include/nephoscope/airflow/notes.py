"""The note of a run: what it did, in a sentence that Airflow's list of runs shows.

A task can't write it: the task SDK of Airflow 3.3 has no call for the note of its own run, and the
REST API wants a user's token, which each auth manager makes otherwise. So the task
that adds up leaves the sentence in XCom, and a listener of the scheduler, which is told of each
run's end in the very transaction that ends it, makes a note of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.listeners import hookimpl

from nephoscope.plan.cost import DOLLARS_PER_METRIC

if TYPE_CHECKING:
    from nephoscope.chain.audit import Audited

KEY = "note"
RUN = "run"
"""Of XCom: the sentence, and the run's folder in the archive."""

_LONGEST = 1000  # characters of a note in Airflow's database


def sentence(planned: int, loaded: Sequence[Mapping[str, Any]], audited: Audited) -> str:
    """Say what a run did.

    Args:
        planned: how many shards.
        loaded: what the load tasks returned, of those that ended well.
        audited: what is stored of what there should be.
    """
    asked = sum(one["written"]["metrics_asked"] for one in loaded)
    points = sum(one["written"]["points"] for one in loaded)
    said = [
        f"{len(loaded)} of {planned} shards, {points:,} points, "
        f"{asked:,} metrics asked (${asked * DOLLARS_PER_METRIC:.2f})"
        if planned
        else "nothing asked"
    ]
    if audited.expected:
        # Rounded down: 100 % is all of it.
        share = math.floor(1e4 * audited.stored / audited.expected) / 100
        said.append(f"coverage {share:.2f} % of {audited.resources:,} resources")
    counts = {
        "incomplete": audited.incomplete,
        "with confirmed gaps": audited.confirmed,
        "expired": audited.expired,
        "unanswered": sum(one["written"]["unanswered"] for one in loaded),
        "rejected": sum(one["rejected"] for one in loaded),
    }
    return ", ".join(said + [f"{count:,} {what}" for what, count in counts.items() if count])


@hookimpl
def on_dag_run_success(dag_run: Any) -> None:
    """Note what a run did that succeeded."""
    _note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: Any) -> None:
    """Note what a run did that failed."""
    _note(dag_run)


def _note(dag_run: Any) -> None:
    """Make the audit's sentence the note; one that a person wrote stays.

    The run's own session is used: with another one SQLite would wait for the scheduler's lock.
    """
    from airflow.models.xcom import XComModel
    from sqlalchemy.orm import object_session

    session = object_session(dag_run)
    if session is None:  # of `dags test`, which keeps no note
        return
    if (there := dag_run.dag_run_note) is not None and there.user_id:
        return
    of_run = {"dag_ids": dag_run.dag_id, "run_id": dag_run.run_id}
    found = session.scalars(XComModel.get_many(**of_run, key=KEY)).first()
    if found is not None:
        dag_run.note = str(XComModel.deserialize_value(found))[:_LONGEST]
