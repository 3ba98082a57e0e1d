"""The tasks of the chain that copies logs, as both of its DAGs wire them."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from airflow.sdk import get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from nephoscope.airflow import notes, run
from nephoscope.airflow.connections import AirflowCloud, elasticsearch_client
from nephoscope.airflow.tasks import SHARD, blanks, planned_run
from nephoscope.errors import Incomplete
from nephoscope.quantities import size

log = logging.getLogger(__name__)

POOL = "aws_logs"

_COUNTS = ("created", "unchanged", "rejected")


@task
def plan(cadence: str) -> list[dict[str, Any]]:
    """Find the log groups that are opted in and cut the window into shards; else ask nothing."""
    from nephoscope.chain import logs
    from nephoscope.plan.logs import overlapping
    from nephoscope.store.answers import check

    collections = run.collections()
    if not collections.logs:
        log.info("no log group is opted in: name some under `logs` in collections.yaml")
        return []
    check(elasticsearch_client())
    context, asked_at = get_current_context(), run.now()
    window = run.log_window(cadence, context, asked_at)
    if window is None:
        log.info("no window ends in this run's interval")
        return []
    live = cadence == "live" and not context["params"]["start"]
    planned = logs.plan_logs(
        run.archive(),
        context["dag"].dag_id,
        collections,
        overlapping(window) if live else window,
        AirflowCloud(),
        asked_at,
        slots=run.slots(POOL),
    )
    context["ti"].xcom_push(key=notes.RUN, value=planned.run)
    made = planned.plan
    said = "%d shards in %s: about %d calls of FilterLogEvents, %s"
    log.info(said, len(planned.shards), planned.run, made.calls, size(made.bytes))
    for one in made.unread:
        log.warning("not read: %s", one)
    for one in made.unfound:
        log.warning("no log group fits %s", one)
    return planned.shards + blanks(context, planned.run, len(planned.shards))


@task(
    multiple_outputs=False,
    map_index_template=SHARD,
    doc_md="Read the events of a log group and window into the archive.",
)
def extract(shard: dict[str, Any]) -> dict[str, Any]:
    """Read the events of a log group and window into the archive."""
    from nephoscope.chain import logs

    if not shard["number"]:
        raise AirflowSkipException("this plan has fewer shards than the one before of this run")
    attempt = get_current_context()["ti"].try_number
    written = logs.extract_logs(
        run.archive(), shard["run"], shard["number"], attempt, AirflowCloud(), run.now
    )
    log.info("%s: %s", shard["name"], written)
    if written.gone:
        log.warning("%s: the log group is there no more", shard["name"])
    return {**shard, "written": asdict(written)}


@task(
    multiple_outputs=False,
    map_index_template=SHARD,
    doc_md="Load what was read of one shard into Elasticsearch.",
)
def load(shard: dict[str, Any]) -> dict[str, Any]:
    """Load what was read of one shard into Elasticsearch."""
    from nephoscope.chain import logs

    done = logs.load_logs(run.archive(), shard["written"]["name"], elasticsearch_client())
    counts = {"created": done.created, "unchanged": done.unchanged}
    counts["rejected"] = len(done.rejected)
    log.info("%s: %d events, %s", shard["name"], done.produced, counts)
    if done.rejected:
        log.warning("%s: rejected documents are kept: %s", shard["name"], done.reasons())
    return {**shard, **counts, "reasons": done.reasons()}


@task(multiple_outputs=False, trigger_rule="all_done")
def account(loaded: Any) -> dict[str, Any]:
    """Add up what became of the run's events, and note it on the run.

    Args:
        loaded: what the load tasks returned, of those that ended well.
    """
    planned, ti = planned_run(), get_current_context()["ti"]
    returned = [loaded] if isinstance(loaded, dict) else loaded or ()  # of one shard: no list
    # A task that is skipped now has left what it returned when this run was planned before.
    shards = [shard for shard in returned if shard["run"] == planned]
    wanted = sum(shard["number"] > 0 for shard in ti.xcom_pull(task_ids="plan"))
    counts = {name: sum(shard[name] for shard in shards) for name in _COUNTS}
    pages = sum(shard["written"]["pages"] for shard in shards)
    said = f"{len(shards)} of {wanted} shards, {pages:,} calls, {counts['created']:,} new events"
    said += f", {counts['rejected']:,} rejected" if counts["rejected"] else ""
    ti.xcom_push(key=notes.KEY, value=said)
    log.info("%s, %d there already", said, counts["unchanged"])
    reasons = next((shard["reasons"] for shard in shards if shard["reasons"]), "")
    return {**counts, "unread": wanted - len(shards), "reasons": reasons}


@task(multiple_outputs=False, trigger_rule="all_done")
def compact() -> dict[str, int]:
    """Write what was read of the run's days into a file a log group, for people and for replay."""
    from nephoscope.chain import logs

    done = logs.compact(run.archive(), planned_run(), run.now())
    counts = {"files": len(done), "events": sum(one.events for one in done)}
    counts["bytes"] = sum(one.bytes for one in done)
    log.info("%s", counts)
    return counts


@task(trigger_rule="none_failed")
def verdict(accounted: dict[str, Any] | None) -> None:
    """Fail the run where something failed, or Elasticsearch rejected events."""
    from nephoscope.chain.rejected import sentence

    found = []
    if accounted and accounted["unread"]:
        unread = accounted["unread"]
        found.append(f"{unread} shards were not read, and no task failed: clear the run")
    if accounted and accounted["rejected"]:
        found.append(sentence(accounted["rejected"], accounted["reasons"]))
    if found:
        raise Incomplete(". ".join(found))
