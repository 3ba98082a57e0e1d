"""The steps of a run that copies logs, one after another: plan, extract, load, compact.

As those of metrics (`steps`), each takes the archive's root, the clients and the clock as
arguments, and leaves its result in the archive or the store, so that any can be run again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nephoscope.archive import landing, log_landing, log_runs
from nephoscope.archive.log_days import Compacted, compact_logs
from nephoscope.archive.log_landing import LogSource, LogWritten
from nephoscope.archive.log_sweep import sweep_logs
from nephoscope.aws.cloud import Cloud
from nephoscope.chain import rejected
from nephoscope.chain.steps import MOST_SHARDS
from nephoscope.config.collections import Collections
from nephoscope.errors import ConfigError, NephoscopeError
from nephoscope.extract.logs import Reading
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.plan.logs import LogPlan, LogPlanner
from nephoscope.store.load.report import LoadReport
from nephoscope.store.logs.documents import Origin
from nephoscope.store.logs.load import store_events


@dataclass(frozen=True, slots=True)
class LogsPlanned:
    """What a plan put into the archive.

    ``run`` is its folder, below the archive's root. ``shards`` have the few words of each that a
    scheduler shows and passes on.
    """

    run: str
    shards: list[dict[str, Any]]
    plan: LogPlan


def plan_logs(
    root: Place,
    dag_id: str,
    collections: Collections,
    window: Window,
    cloud: Cloud,
    asked_at: datetime,
    *,
    slots: int,
) -> LogsPlanned:
    """Plan a run and write the plan into a folder of its own.

    Raises:
        ConfigError: it would be more shards than a run can have.
    """
    made = LogPlanner(collections, cloud, asked_at, slots).plan(window)
    if len(made.shards) > MOST_SHARDS:
        raise ConfigError(
            f"this run would have {len(made.shards)} shards, more than {MOST_SHARDS}: opt in to "
            "fewer log groups, or collect a long range by `airflow backfill create`"
        )
    run = log_runs.write_log_plan(root, dag_id, made)
    shards = [
        {"run": run, "number": number, "name": one.name, "account": one.account or one.connection}
        | {"region": one.region}
        for number, one in enumerate(made.shards, start=1)
    ]
    return LogsPlanned(run, shards, made)


def extract_logs(
    root: Place, run: str, number: int, attempt: int, cloud: Cloud, clock: Callable[[], datetime]
) -> LogWritten:
    """Read one shard of a run from CloudWatch Logs into the archive.

    Raises:
        NephoscopeError: the plan says that the shard is refused, and why.
    """
    shard = log_runs.read_log_shard(root, run, number)
    if shard.refusal:
        raise NephoscopeError(shard.refusal)
    logs = cloud.client(shard.connection, "logs", shard.region)
    return log_landing.write_events(root, run, number, attempt, Reading(shard, logs, clock))


def load_logs(root: Place, name: str, client: Any) -> LoadReport:
    """Load what an attempt read into Elasticsearch, and keep what it rejects in the archive.

    Args:
        root: the archive's.
        name: of the attempt, as `extract_logs` returned it.
        client: the official client.

    Raises:
        Rejected: Elasticsearch rejects too much of it; the attempt does not count as loaded.
    """
    path = f"{name}{log_landing.EVENTS_FILE}"
    origin = origin_of(log_landing.source_of(root, path))
    done = store_events(client, origin, log_landing.read_events(root, path))
    rejected.keep(root, name, done)
    counts = {"created": done.created, "unchanged": done.unchanged, "rejected": len(done.rejected)}
    landing.mark_loaded(root, name, counts)
    return done


def origin_of(source: LogSource) -> Origin:
    """Return whose events the archive says they are, for the store."""
    return Origin(source.account, source.region, source.group, source.entry)


def compact(root: Place, run: str, asked_at: datetime) -> list[Compacted]:
    """Write what was read of a run's days into one file each, and drop landing that is in them.

    Args:
        root: the archive's.
        run: the run's folder.
        asked_at: now, in UTC.
    """
    window = log_runs.read_log_plan(root, run).window
    days = sorted({Window.day(part.start) for part in window.days()})
    written = [one for day in days for one in compact_logs(root, day, asked_at)]
    sweep_logs(root, asked_at)
    return written
