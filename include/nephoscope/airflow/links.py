"""Links that tasks have in Airflow's UI: a report's to its page, a load's to what it wrote.

A link is taken from the task's class, also where the task is mapped, so each has a class of its
own. Airflow asks for it when the task has ended, in the task's process, and keeps it in XCom. The
addresses are relative: the UI opens them below its own, whatever prefix it has there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

from airflow.providers.standard.decorators.python import (
    _PythonDecoratedOperator,  # ruff: ignore[import-private-name] - `@task` has no other
)
from airflow.sdk import BaseOperatorLink
from airflow.sdk.bases.decorator import task_decorator_factory

from nephoscope.airflow import run

PREFIX = "nephoscope"
"""What the addresses of our pages begin with, below Airflow's own."""


class ReportLink(BaseOperatorLink):
    """To the newest page that a task drew."""

    name = "Report"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # ruff: ignore[unused-method-argument]
        """Return the page's address; nothing where none was drawn."""
        pages = ti_key.xcom_pull(task_ids=ti_key.task_id, map_indexes=ti_key.map_index)
        if not pages:
            return ""
        below = pages[-1].removeprefix(str(run.reports())).strip("/")
        return f"{PREFIX}/reports/{quote(below, safe='/=')}"


class DocumentsLink(BaseOperatorLink):
    """To the documents of a shard, in Kibana where the connection names it."""

    name = "Documents"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # ruff: ignore[unused-method-argument]
        """Return the address of the page that looks for them."""
        named = {"dag_id": ti_key.dag_id, "run_id": ti_key.run_id, "map_index": ti_key.map_index}
        return f"{PREFIX}/documents?{urlencode(named)}"


class _ReportTask(_PythonDecoratedOperator):
    operator_extra_links = (ReportLink(),)


class _LoadTask(_PythonDecoratedOperator):
    operator_extra_links = (DocumentsLink(),)


def report_task(**options: Any) -> Callable[..., Any]:
    """``@task`` of one that returns the pages that it drew, and links to the newest."""
    return task_decorator_factory(decorated_operator_class=_ReportTask, **options)


def load_task(**options: Any) -> Callable[..., Any]:
    """``@task`` of one that loads the shard of its map index, and links to the documents."""
    return task_decorator_factory(decorated_operator_class=_LoadTask, **options)
