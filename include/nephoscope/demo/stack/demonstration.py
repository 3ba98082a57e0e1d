"""The demo's course: start all, have the job done, show what there is, stay or end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from rich.console import Console

from nephoscope.demo.stack import job
from nephoscope.demo.stack.airflow_service import USER
from nephoscope.demo.stack.backing import Options
from nephoscope.demo.stack.runs import Standing
from nephoscope.demo.stack.shown import show
from nephoscope.demo.stack.stack import Stack
from nephoscope.demo.stack.summary import summarise
from nephoscope.demo.stack.telling import Telling
from nephoscope.errors import Incomplete

_WIDTH = 100  # paths and URLs stay whole

Stay = Callable[[Callable[[], None]], None]
"""Returns when a person has seen enough; it calls what it is given now and then."""


def demonstrate(options: Options, days: int, now: datetime, stay: Stay | None) -> None:
    """Run the demo.

    Args:
        options: of the services.
        days: how many of the last final days are filled in.
        now: in UTC.
        stay: None ends when the job is done.

    Raises:
        Incomplete: a run failed, or something is missing at the end.
        NephoscopeError: a service did not start, or ended.
    """
    console = Console(soft_wrap=True)
    console.width = max(console.width, _WIDTH)
    telling = Telling(console)
    final = job.final_days(now, days)
    # What the backfill fills is not caught up as well; the day after it is, once it is final.
    with Stack(options, final[-1] + timedelta(days=1), telling.say) as stack:
        airflow = stack.airflow
        telling.say(f"Airflow is at {airflow.url}: user {USER}, password {airflow.password}")
        trouble = _work(stack, final, now, telling)
        trouble += _show(stack, final, console)
        for sentence in trouble:
            console.print(sentence, style="red", markup=False, highlight=False)
        if stay is not None:
            telling.say(f"Ctrl-C stops all; the data stays in {stack.kept.folder}")
            stay(stack.check)
    if trouble:
        raise Incomplete("the demo did not end as it should: see above")


def _work(stack: Stack, days: Sequence[date], now: datetime, telling: Telling) -> list[str]:
    """Have the job done, and return what went wrong."""

    def watch(dag_id: str, found: Standing) -> None:
        stack.check()
        telling.watch(dag_id, found)

    once = (job.LOGS, job.STORAGE)
    for dag_id in (*once, job.DAILY, job.LIVE, job.LOGS_LIVE, job.UPKEEP):
        job.unpause(stack.airflow, dag_id)
    runs = {dag_id: job.trigger(stack.airflow, dag_id) for dag_id in once}
    telling.say(f"backfilling {days[0]} to {days[-1]} with `airflow backfill create`")
    try:
        with telling:
            job.backfill(stack.airflow, days, watch)
            for dag_id, run_id in runs.items():
                job.triggered(stack.airflow, dag_id, run_id, stack.check)
            telling.say("the backfill is done; waiting for a 5-minute run")
            job.newest(stack.airflow, now, watch)
    except Incomplete as error:
        return str(error).splitlines()
    telling.say("a 5-minute run is done")
    return []


def _show(stack: Stack, days: Sequence[date], console: Console) -> list[str]:
    """Show what there is, and return what is missing."""
    summary = summarise(stack.airflow.environment, stack.aws.url, stack.node.url, days)
    show(console, summary, stack)
    return summary.missing
