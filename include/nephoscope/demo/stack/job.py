"""What the demo has Airflow do: a backfill of the last final days, and the newest minutes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from nephoscope.demo.process import ServiceError
from nephoscope.demo.stack.airflow_api import AirflowRefused
from nephoscope.demo.stack.airflow_service import Airflow
from nephoscope.demo.stack.runs import Standing, failures, standing
from nephoscope.errors import Incomplete
from nephoscope.plan.windows import DAY_SETTLES

DAILY = "collect_metrics_daily"
LIVE = "collect_metrics"
STORAGE = "collect_storage"
LOGS, LOGS_LIVE = "collect_logs_daily", "collect_logs"
UPKEEP = "maintain_store"
_TICK = timedelta(minutes=5)  # of the live DAG
_LATEST = timedelta(hours=1)
_PARSED_SECONDS = 120
_POLL_SECONDS = 2.0
_TRIES = 18
_PAUSE_SECONDS = 10.0  # Airflow closes a backfill that it could not make whole after 2 min 30 s

Watch = Callable[[str, Standing], None]
"""Is told again and again how the runs of a DAG stand; it may raise, which ends the wait."""


def final_days(now: datetime, count: int) -> list[date]:
    """Return the last days that are final, oldest first."""
    last = (now - DAY_SETTLES).date() - timedelta(days=1)
    return [last - timedelta(days=back) for back in reversed(range(count))]


def unpause(airflow: Airflow, dag_id: str) -> None:
    """Let a DAG run as soon as Airflow has read its file.

    Raises:
        Incomplete: Airflow can't import the file; the message says why.
    """

    def done() -> bool:
        errors = airflow.api("GET", "importErrors")["import_errors"]
        if errors:
            raise Incomplete("\n".join(f"{e['filename']}: {e['stack_trace']}" for e in errors))
        try:
            airflow.api("PATCH", f"dags/{dag_id}", {"is_paused": False})
        except AirflowRefused as error:
            if error.status == 404:
                return False
            raise
        return True

    airflow.until(done, f"Airflow to find the DAG {dag_id}", _PARSED_SECONDS)


def backfill(airflow: Airflow, days: Sequence[date], watch: Watch, dag_id: str = DAILY) -> Standing:
    """Have the days collected by Airflow's own backfill, and wait for the end.

    Days that were collected before are left alone, runs that failed are made again.
    """
    first, last = scheduled(days[0]), scheduled(days[-1])
    create(airflow, days, dag_id)
    return _await(airflow, dag_id, first, last, watch, enough=len(days))


def scheduled(day: date) -> datetime:
    """Return when the run that collects a day is scheduled: the end of its interval."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return midnight + timedelta(days=1) + DAY_SETTLES


def create(airflow: Airflow, days: Sequence[date], dag_id: str = DAILY) -> None:
    """Create the backfill of the days, until all its runs are there.

    On SQLite a create may fail or make a part of the runs only ("database is locked"), so the runs
    are counted, whatever the command says. A longer wait for the lock is no help: Airflow's API
    server then waits for itself as long (tried, 60 s).
    """
    error = None
    for _ in range(_TRIES):
        found = standing(airflow.api, dag_id, scheduled(days[0]), scheduled(days[-1]))
        if found.runs == len(days) and not found.failed:
            return
        error = _try_to_create(airflow, dag_id, days)
        if error is not None:
            time.sleep(_PAUSE_SECONDS)
    raise ServiceError(f"airflow made {found.runs} of {len(days)} runs of the backfill: {error}")


def _try_to_create(airflow: Airflow, dag_id: str, days: Sequence[date]) -> ServiceError | None:
    end = days[-1] + timedelta(days=1)  # intervals start at 06:00, so none of this day's
    dates = "--from-date", days[0].isoformat(), "--to-date", end.isoformat()
    again = "--reprocess-behavior", "failed", "--max-active-runs", "2"
    try:
        airflow.run("backfill", "create", "--dag-id", dag_id, *dates, *again)
    except ServiceError as error:
        return error
    return None


def newest(airflow: Airflow, now: datetime, watch: Watch, dag_id: str = LIVE) -> Standing:
    """Wait for a 5-minute run of the newest ticks, which Airflow schedules by itself."""
    return _await(airflow, dag_id, now - _TICK, now + _LATEST, watch, enough=1)


def trigger(airflow: Airflow, dag_id: str) -> str:
    """Have a DAG run once, now, and return the run's id."""
    run = airflow.api("POST", f"dags/{dag_id}/dagRuns", {"logical_date": None})
    return str(run["dag_run_id"])


def triggered(airflow: Airflow, dag_id: str, run_id: str, check: Callable[[], None]) -> None:
    """Wait for a run that was triggered.

    Args:
        airflow: where.
        dag_id: of the DAG.
        run_id: what `trigger` returned.
        check: is called again and again; it may raise, which ends the wait.

    Raises:
        Incomplete: it failed.
    """
    while (state := airflow.api("GET", f"dags/{dag_id}/dagRuns/{run_id}")["state"]) != "success":
        if state == "failed":
            raise Incomplete(f"{dag_id}, {run_id} failed: see its tasks in the Airflow UI")
        check()
        time.sleep(_POLL_SECONDS)


def _await(
    airflow: Airflow, dag_id: str, first: datetime, last: datetime, watch: Watch, enough: int
) -> Standing:
    """Wait until enough runs have succeeded, and return how all stand.

    Raises:
        Incomplete: one failed; the message names the tasks.
    """
    while True:
        found = standing(airflow.api, dag_id, first, last)
        watch(dag_id, found)
        if found.failed:
            tasks = failures(airflow.api, dag_id, first, last)
            said = f"{found.failed} of {found.runs} runs of {dag_id} failed"
            raise Incomplete("\n".join([said, *tasks]))
        if found.succeeded >= enough:
            return found
        time.sleep(_POLL_SECONDS)
