"""The tasks of the chain that copies logs, as both of its DAGs wire them."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from airflow.sdk import get_current_context, task

from nephoscope.airflow import notes, run, shards
from nephoscope.airflow.connections import AirflowCloud, elasticsearch_client
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
    return planned.shards + shards.blanks(context, planned.run, len(planned.shards))


@task(
    multiple_outputs=False,
    map_index_template=shards.SHARD,
    doc_md="Read the events of a log group and window into the archive.",
)
def extract(shard: dict[str, Any]) -> dict[str, Any]:
    """Read the events of a log group and window into the archive."""
    from nephoscope.chain import logs

    root, attempt = run.archive(), shards.attempt(shard)
    written = logs.extract_logs(
        root, shard["run"], shard["number"], attempt, AirflowCloud(), run.now
    )
    log.info("%s: %s", shard["name"], written)
    if written.gone:
        log.warning("%s: the log group is there no more", shard["name"])
    return {**shard, "written": asdict(written)}


@task(
    multiple_outputs=False,
    map_index_template=shards.SHARD,
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
    done = shards.done(loaded, shards.planned_run())
    counts, pages = done.sums(_COUNTS), sum(one["written"]["pages"] for one in done.shards)
    said = f"{len(done.shards)} of {done.wanted} shards, {pages:,} calls"
    said += f", {counts['created']:,} new events"
    said += f", {counts['rejected']:,} rejected" if counts["rejected"] else ""
    get_current_context()["ti"].xcom_push(key=notes.KEY, value=said)
    log.info("%s, %d there already", said, counts["unchanged"])
    return {**counts, "unread": done.unread, "reasons": done.reasons}


@task(multiple_outputs=False, trigger_rule="all_done")
def compact() -> dict[str, int]:
    """Write what was read of the run's days into a file a log group, for people and for replay."""
    from nephoscope.chain import logs

    done = logs.compact(run.archive(), shards.planned_run(), run.now())
    counts = {"files": len(done), "events": sum(one.events for one in done)}
    counts["bytes"] = sum(one.bytes for one in done)
    log.info("%s", counts)
    return counts


@task(trigger_rule="none_failed")
def verdict(accounted: dict[str, Any] | None) -> None:
    """Fail the run where something failed, or Elasticsearch rejected events."""
    shards.judge(accounted)
