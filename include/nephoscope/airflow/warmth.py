"""What a process imports before it forks tasks, so that each task need not.

A task is a fresh fork, of LocalExecutor's workers, which are forks of the scheduler, or of a
Celery worker. What the tasks import costs seconds of CPU in each of them, whether at the top of
the DAG file or inside the task; imported before the fork it costs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

_FORKS_TASKS = {"scheduler", "worker"}
_WANTED = (
    "airflow.providers.amazon.aws.fs.s3",
    "airflow.providers.amazon.aws.hooks.base_aws",
    "airflow.providers.elasticsearch.hooks.elasticsearch",
    "airflow.providers.http.notifications.http",
    "matplotlib.backends.backend_agg",
    "nephoscope.airflow.tasks",
    "nephoscope.chain.steps",
    "nephoscope.chain.report",
    "pandas",  # pyarrow imports it when it first converts a column
)


def warm(arguments: Sequence[str]) -> None:
    """Import what tasks will, if this is a process that forks them.

    Args:
        arguments: of the process, as in ``airflow scheduler``.
    """
    if _FORKS_TASKS & set(arguments[1:3]):
        for name in _WANTED:
            import_module(name)
