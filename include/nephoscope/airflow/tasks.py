"""The tasks of the chain, as both DAGs of metrics wire them.

XCom carries a few words a shard and the counts; the data goes through the archive.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from airflow.sdk import get_current_context, task

from nephoscope.airflow import alerts, links, notes, run, shards
from nephoscope.airflow.connections import AirflowCloud, elasticsearch_client

log = logging.getLogger(__name__)

DEFAULTS = {
    "retries": 2,
    "retry_delay": timedelta(seconds=30),
    "retry_exponential_backoff": True,
    "retry_policy": alerts.RETRY,
    "execution_timeout": timedelta(minutes=30),
    "on_failure_callback": alerts.task_failed,
    "weight_rule": "absolute",  # else the number of tasks behind one decides who goes first
}
"""Of every task."""

_DOCUMENTS = ("created", "merged", "unchanged", "rejected")


@task
def plan(cadence: str) -> list[dict[str, Any]]:
    """Ask AWS what there is and cut the work into shards; without a store, ask nothing."""
    from nephoscope.chain import steps
    from nephoscope.chain.spending import reserve
    from nephoscope.store.answers import check

    client = elasticsearch_client()
    check(client)
    context, asked_at, chosen = get_current_context(), run.now(), run.CADENCES[cadence]
    collections = chosen.taken(run.collections())
    windows = run.windows(chosen, collections, context, asked_at)
    listed = bool(collections.buckets) and run.lists(chosen, context, asked_at)
    if not windows and not listed:
        log.info("no window of any collection settled in this run's interval")
        return []
    planned = steps.plan(
        run.archive(),
        context["dag"].dag_id,
        collections,
        windows,
        AirflowCloud(),
        client,
        asked_at,
        fresh_for=chosen.fresh_for,
        slots=run.slots(chosen.pool),
        force=context["params"]["force"],
        listed=listed,
    )
    dag_run = context["dag_run"].run_id
    reserve(run.archive(), client, planned.run, planned.cost, collections.budget, dag_run)
    context["ti"].xcom_push(key=notes.RUN, value=planned.run)
    log.info("%d shards in %s: %s", len(planned.shards), planned.run, planned.cost)
    if whole := planned.unasked.get("whole"):
        log.info("%d resource days are there already and ask nothing", whole)
    if expired := planned.unasked.get("expired"):
        log.warning("%d resource days are not asked: CloudWatch may no longer hold them", expired)
    if older := planned.unasked.get("not kept"):
        log.info("%d resource days are not asked: they are older than `keep` says", older)
    return planned.shards + shards.blanks(context, planned.run, len(planned.shards))


@task(
    multiple_outputs=False,
    map_index_template=shards.SHARD,
    doc_md="Read one shard from CloudWatch into the archive.",  # mapped: not from the docstring
)
def extract(shard: dict[str, Any]) -> dict[str, Any]:
    """Read one shard from CloudWatch into the archive."""
    from nephoscope.chain import steps

    root, attempt = run.archive(), shards.attempt(shard)
    written = steps.extract(root, shard["run"], shard["number"], attempt, AirflowCloud(), run.now)
    log.info("%s: %s", shard["name"], written)
    return {**shard, "written": asdict(written)}


@links.load_task(
    multiple_outputs=False,
    map_index_template=shards.SHARD,
    doc_md="Load what was read of one shard into Elasticsearch.",
)
def load(shard: dict[str, Any]) -> dict[str, Any]:
    """Load what was read of one shard into Elasticsearch."""
    from nephoscope.chain import steps

    root, name = run.archive(), shard["written"]["name"]
    done = steps.load(root, shard["run"], shard["number"], name, elasticsearch_client())
    counts = {"created": done.created, "merged": done.merged, "unchanged": done.unchanged}
    counts["rejected"] = len(done.rejected)
    log.info("%s: %d points in %d documents, %s", shard["name"], done.points, done.produced, counts)
    if done.rejected:
        log.warning("%s: rejected documents are kept: %s", shard["name"], done.reasons())
    return {**shard, **counts, "reasons": done.reasons()}


@task(multiple_outputs=False, trigger_rule="all_done")
def audit(loaded: Any, *, final: bool = False) -> dict[str, Any]:
    """Compare what is stored with what there should be, and what was asked with the estimate.

    Args:
        loaded: what the load tasks returned, of those that ended well.
        final: whether the days are read for good, which coverage then says.
    """
    from nephoscope.chain.audit import audit as run_audit
    from nephoscope.chain.spending import settle

    root, planned, client = run.archive(), shards.planned_run(), elasticsearch_client()
    done = shards.done(loaded, planned)
    documents = done.sums(_DOCUMENTS)
    spent = settle(root, client, planned, documents)
    log.info("%s", spent)
    found = run_audit(root, planned, client, final=final)
    unanswered = sum(shard["written"]["unanswered"] for shard in done.shards)
    log.info("%s, %d queries unanswered, documents: %s", found, unanswered, documents)
    sentence = notes.sentence(done.wanted, done.shards, found)
    get_current_context()["ti"].xcom_push(key=notes.KEY, value=sentence)
    counts = {"unanswered": unanswered, "unread": done.unread, "reasons": done.reasons}
    return {**asdict(found), **documents, **counts, "spent": spent.charges()}


@task(multiple_outputs=False, trigger_rule="all_done")
def compact() -> dict[str, int]:
    """Write what was read of the run's days into one file each, for people and for replay."""
    from nephoscope.chain import steps

    done = steps.compact(run.archive(), shards.planned_run(), run.now())
    log.info("%s", done)
    return asdict(done)


@links.report_task(trigger_rule="all_done")
def report(*, final: bool = False) -> list[str]:
    """Draw the days of the run from what is stored; returns the pages.

    Args:
        final: whether the days are whole: then some instances get a page of their own.
    """
    from nephoscope.chain import report as fleet_report

    pages = fleet_report.report(
        run.archive(),
        shards.planned_run(),
        elasticsearch_client(),
        run.reports(),
        run.now(),
        final=final,
    )
    log.info("drawn: %s", ", ".join(pages))
    return pages


@task(trigger_rule="none_failed")
def verdict(audited: dict[str, Any] | None) -> None:
    """Fail the run where something failed, AWS did not answer or Elasticsearch rejected."""
    shards.judge(audited)
