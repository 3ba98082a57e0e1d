"""The tasks of `maintain_store`: upgrade the store, drop what is over, merge, measure."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import Param, get_current_context, task

from nephoscope.airflow import run
from nephoscope.airflow.connections import elasticsearch_client

if TYPE_CHECKING:
    from nephoscope.chain.retention import Retained
    from nephoscope.chain.upkeep import Measured
    from nephoscope.store.upkeep.sizes import Size

log = logging.getLogger(__name__)


def params() -> dict[str, Param]:
    """Return what a manual run can be given."""
    return {
        "dry_run": Param(
            False,
            type="boolean",
            title="Only say what would be done",
            description="Nothing is dropped or merged.",
        ),
        "drop_unarchived": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Drop these all the same",
            description="Names of indices that are over and that the archive does not hold whole, "
            "one a line. What only they hold is lost.",
        ),
    }


@task(execution_timeout=timedelta(hours=1))
def upgrade() -> list[str]:
    """Bring templates and indices of an older version to this program's, before anything else."""
    from nephoscope.store.schema.upgrade import upgrade as upgrade_store

    if get_current_context()["params"]["dry_run"]:
        log.info("a dry run: nothing is upgraded")
        return []
    done = upgrade_store(elasticsearch_client())
    log.info("%s", "; ".join(done) or "all is of this version")
    return done


@task(multiple_outputs=False)
def drop() -> dict[str, Any]:
    """Drop the indices in which all is older than `keep`, if the archive holds all of it."""
    from nephoscope.chain.log_retention import retain_logs
    from nephoscope.chain.retention import retain

    asked = get_current_context()["params"]
    things = run.archive(), elasticsearch_client(), run.collections(), run.now()
    metrics, logs = (
        each(*things, dry_run=asked["dry_run"], drop_unarchived=asked["drop_unarchived"])
        for each in (retain, retain_logs)
    )
    found = metrics.joined(logs)
    _tell_over(found, "would be dropped" if asked["dry_run"] else "dropped")
    stay = [one.name for one in found.over if not one.goes]
    return {"dry_run": asked["dry_run"], "dropped": found.dropped, "unarchived": stay}


def _tell_over(found: Retained, dropped: str) -> None:
    for one in found.over:
        if one.goes:
            log.info("%s: %s", dropped, one)
        else:
            log.warning(
                "stays: %s. Restore the archive of these days, or collect them again with a longer "
                "`keep`; or trigger this DAG with drop_unarchived: [%s]",
                one,
                one.name,
            )
    for namespace in found.unclaimed:
        log.warning("%r is stored and in no collection: it stays, whatever its age", namespace)
    for name in found.unknown:
        log.warning("%r was named in drop_unarchived, and no such index is over", name)
    log.info("%d of the %d indices that are over %s", len(found.dropped), len(found.over), dropped)


@task(multiple_outputs=False, execution_timeout=timedelta(hours=1))
def merge() -> dict[str, Any]:
    """Merge the indices that ended a week ago into one segment each, which halves their size."""
    from nephoscope.chain import upkeep

    dry_run = get_current_context()["params"]["dry_run"]
    done = upkeep.merge(elasticsearch_client(), run.now(), dry_run=dry_run)
    log.info("%s: %s", "would be merged" if dry_run else "merged", ", ".join(done.merged) or "none")
    for name in done.going_on:
        log.warning("%s: its merge goes on in Elasticsearch; nobody waits for it", name)
    return {"dry_run": dry_run, "merged": [*done.merged], "going_on": [*done.going_on]}


@task(multiple_outputs=False)
def measure() -> dict[str, Any]:
    """Say how much is stored, in how many bytes, and what is missing in all of it."""
    from nephoscope.chain import upkeep

    found = upkeep.measure(run.archive(), elasticsearch_client())
    _tell_sizes(found)
    return {
        "total": _said(found.total),
        "namespaces": {name: _said(size) for name, size in found.namespaces.items()},
        "coverage": [asdict(one) for one in found.coverage],
        "shards": asdict(found.shards),
        "fullest": found.fullest and found.fullest._asdict(),
        "rejected": found.rejected.documents,
        "logs": {name: asdict(size) for name, size in found.logs.items()},
    }


def _tell_sizes(found: Measured) -> None:
    for index, size in found.sizes.items():
        log.info("%s: %s", index.name, _words(size))
    for name, held in found.logs.items():
        log.info("%s: %d log events in %d bytes", name, held.events, held.bytes)
    for one in found.coverage:
        log.info(
            "%r, %s: %d resource days; %d points, %d stored, %d confirmed gaps, %d lacking",
            *asdict(one).values(),
        )
    if found.fullest:
        log.info("fullest: %s has %d fields of at most %d", *found.fullest)
    if found.rejected.documents:
        log.warning(
            "%d documents that Elasticsearch refused wait since %s: mend the cause that their runs "
            "told, then `nephoscope replay --rejected`",
            found.rejected.documents,
            found.rejected.oldest,
        )
    shards = found.shards
    log.info("in all %s; %d shards of %d", _words(found.total), shards.made, shards.most)


def _said(size: Size) -> dict[str, Any]:
    return {**asdict(size), "bytes_a_point": size.bytes_a_point}


def _words(size: Size) -> str:
    return (
        f"{size.points:,} points in {size.documents:,} documents and {size.bytes:,} bytes, "
        f"{size.bytes_a_point or 0} a point"
    )
