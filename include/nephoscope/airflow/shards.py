"""The shards of a run, over which Airflow maps `extract` and `load`, as all chains treat them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from nephoscope.airflow import notes
from nephoscope.errors import Incomplete

SHARD = "{{ task.op_kwargs['shard']['name'] }}"
"""What a mapped task is called."""

_EXTRACT = "collect.extract"


def blanks(context: Any, run_folder: str, planned: int) -> list[dict[str, Any]]:
    """Return as many shards of nothing as this run had more when it was planned before.

    Airflow 3.3 marks mapped tasks that a new plan has no value for as removed, and leaves them so
    when a later plan has one: that shard would not be read, and the run be green.
    """
    ti = context["ti"]
    of_run = {"dag_id": ti.dag_id, "task_ids": [_EXTRACT], "run_ids": [ti.run_id]}
    known = ti.get_task_states(**of_run).get(ti.run_id, {})
    mapped = sum(name != _EXTRACT for name in known)  # the rest end with their index
    blank = {"run": run_folder, "number": 0, "name": "nothing to ask", "account": "", "region": ""}
    return [blank] * (mapped - planned)


def planned_run() -> str:
    """Return the run's folder in the archive, also where it has no shards.

    It is no argument: one that stands under a key of its own fails where the plan has failed.
    """
    run_folder = get_current_context()["ti"].xcom_pull(task_ids="plan", key=notes.RUN)
    if not run_folder:
        raise AirflowSkipException("nothing was planned: no window settled, or the plan failed")
    return str(run_folder)


def attempt(shard: Mapping[str, Any]) -> int:
    """Return which try at a shard this is; a shard of nothing is skipped."""
    if not shard["number"]:
        raise AirflowSkipException("this plan has fewer shards than the one before of this run")
    return int(get_current_context()["ti"].try_number)


@dataclass(frozen=True, slots=True)
class Done:
    """What the load tasks of a run returned, of those that ended well, and how many were wanted."""

    shards: list[dict[str, Any]]
    wanted: int

    @property
    def unread(self) -> int:
        """How many shards did not end well."""
        return self.wanted - len(self.shards)

    @property
    def reasons(self) -> str:
        """Why the first documents were rejected; empty where none was."""
        return next((shard["reasons"] for shard in self.shards if shard["reasons"]), "")

    def sums(self, names: Iterable[str]) -> dict[str, int]:
        """Add up counts of all shards."""
        return {name: sum(shard[name] for shard in self.shards) for name in names}


def done(loaded: Any, planned: str) -> Done:
    """Return what became of the shards of a plan.

    Args:
        loaded: what the load tasks returned, as Airflow hands it on.
        planned: the run's folder.
    """
    returned = [loaded] if isinstance(loaded, dict) else loaded or ()  # of one shard: no list
    # A task that is skipped now has left what it returned when this run was planned before.
    shards = [shard for shard in returned if shard["run"] == planned]
    plan = get_current_context()["ti"].xcom_pull(task_ids="plan")
    return Done(shards, sum(shard["number"] > 0 for shard in plan))


def judge(counted: Mapping[str, Any] | None) -> None:
    """Fail a run that is not whole, by the counts of its shards; without them there is no saying.

    Raises:
        Incomplete: shards were not read, AWS did not answer, or Elasticsearch rejected.
    """
    from nephoscope.chain.rejected import sentence

    if not counted:
        return
    found = []
    if unread := counted["unread"]:
        found.append(f"{unread} shards were not read, and no task failed: clear the run")
    if unanswered := counted.get("unanswered"):  # of CloudWatch's metrics alone
        found.append(
            f"CloudWatch did not answer {unanswered} queries; the rest is stored. "
            "Clear the failed run to ask again"
        )
    if rejected := counted["rejected"]:
        found.append(sentence(rejected, counted["reasons"]))
    if found:
        raise Incomplete(". ".join(found))
