"""Failures: which are retried, and who is told.

A failed task posts what failed, where and why to the connection ``nephoscope_alerts``. The
run's own callback posts only where no task could: a task that was killed or that ran into the
run's timeout never calls back (facts of Airflow 3.3). What was posted is marked in the archive,
so that the two tell a failure once.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

from nephoscope.airflow import run
from nephoscope.airflow.connections import ALERTS, connection
from nephoscope.alert.message import Failure, sentence
from nephoscope.errors import ConfigError, NephoscopeError, Remedy
from nephoscope.place import put

log = logging.getLogger(__name__)

_WAIT = timedelta(minutes=10)
_PATIENCE = 20
_REASONS = {
    "task_failure": "a task ended without a word: it was killed, perhaps for its memory",
    "timed_out": "the run took longer than its dagrun_timeout",
}
"""What Airflow calls the end of a run, in words."""


def _classes(root: type[NephoscopeError]) -> Iterator[type[NephoscopeError]]:
    for child in root.__subclasses__():
        yield from _classes(child)
    yield root


RETRY = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            error,
            RetryAction.FAIL if error.remedy is Remedy.FAIL else RetryAction.RETRY,
            retry_delay=_WAIT if error.remedy is Remedy.WAIT else None,
            reason=(error.__doc__ or "").splitlines()[0],
        )
        for error in _classes(NephoscopeError)
    ]
)
"""Maps the error tree, most special first; any other exception is retried as the task says."""


def task_failed(context: Mapping[str, Any]) -> None:
    """Tell of a task that failed for good; Airflow calls it in the task's own process."""
    ti = context["ti"]
    shard = _shard(context)
    failure = Failure(
        **_of_run(context),
        error=sentence(context.get("exception")),
        log_url=str(ti.log_url),
        task_id=ti.task_id,
        map_index=ti.map_index if ti.map_index is not None else -1,
        try_number=ti.try_number,
        account=shard.get("account", ""),
        region=shard.get("region", ""),
        shard=shard.get("name", ""),
    )
    mark = f"{ti.task_id}.{failure.map_index}.{ti.try_number}.json"
    _tell(failure, _told(context["dag_run"]), mark)


def run_failed(context: Mapping[str, Any]) -> None:
    """Tell of a failed run of which no task has told; called in the dag-processor."""
    dag_run = context["dag_run"]
    told = _told(dag_run)
    if told.exists() and any(told.iterdir()):
        log.info("run %s failed; its tasks have told why", dag_run.run_id)
        return
    ti = context.get("ti")
    reason = str(context.get("reason"))
    error = sentence(_REASONS.get(reason, reason))
    log_url = str(getattr(ti, "log_url", ""))
    _tell(Failure(**_of_run(context), error=error, log_url=log_url), told, "run.json")


def _of_run(context: Mapping[str, Any]) -> dict[str, Any]:
    dag_run = context["dag_run"]
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    return {
        "dag_id": dag_run.dag_id,
        "run_id": dag_run.run_id,
        "data_interval_start": start.isoformat() if start else "",
        "data_interval_end": end.isoformat() if end else "",
    }


def _shard(context: Mapping[str, Any]) -> Mapping[str, Any]:
    arguments = getattr(context.get("task"), "op_kwargs", None) or {}
    shard = arguments.get("shard")
    return shard if isinstance(shard, Mapping) else {}


def _told(dag_run: Any) -> Any:
    """Return the folder of what was told of a run since it was last cleared: its id stays."""
    run_id = f"run={quote(dag_run.run_id, '')}"
    dag = run.archive() / "alerts" / f"dag={quote(dag_run.dag_id, '')}"
    return dag / run_id / f"cleared={dag_run.clear_number}"


def _tell(failure: Failure, told: Any, mark: str) -> None:
    """Post a failure once; a failed post leaves no mark, so that the run's callback repeats it."""
    if (told / mark).exists():
        return
    log.error("%s", failure.text)
    try:
        connection(ALERTS, "http")
    except ConfigError as error:
        log.warning("nobody is told: %s", error)
        return
    from airflow.providers.http.notifications.http import HttpNotifier

    # Calling the notifier would render the message as a Jinja template, with AWS's text in it.
    HttpNotifier(
        http_conn_id=ALERTS, json=failure.message(), extra_options={"timeout": _PATIENCE}
    ).notify({})
    told.mkdir(parents=True, exist_ok=True)
    put(told, mark, json.dumps(failure.message()).encode())
