"""Thirty days of 200 instances, ten metrics at 300 s, through `airflow backfill create`.

All of the demo's stack takes part: Airflow with its scheduler and workers, the stand-in AWS and the
node, on one machine. The loader's own speed is measured afterwards on the same node, so that their
ratio says what planning, reading, archiving, auditing, drawing and Airflow itself cost. The same
runs of tasks that do nothing say what is Airflow's.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from benchmarks.clients import METRICS, REGION
from benchmarks.figures import Figure, at_least
from benchmarks.planted import DAY, tables
from benchmarks.standing import counted
from nephoscope.config.settings import ROOT
from nephoscope.demo.stack import job
from nephoscope.demo.stack.airflow_api import AirflowApi
from nephoscope.demo.stack.backing import Options
from nephoscope.demo.stack.stack import Stack
from nephoscope.store import names
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import ensure_indices

_POINTS_A_CALL = 100_800
_QUERIES_A_CALL = 500
_ALONE = "Benchmark/Alone"
_EMPTY = Path(__file__).parent / "dags" / "empty_daily.py"
_PAGE = 100
_COLLECTIONS = """
accounts: [{{connection: aws_default, regions: [{region}]}}]
collections:
  ec2:
    namespace: AWS/EC2
    metrics: {{{metrics}}}
    period: 300
"""


@dataclass(frozen=True, slots=True)
class Task:
    """One try of a task: its run, what it is called, and when it began and ended."""

    run: str
    name: str
    begun: float
    ended: float


def run(small: bool) -> list[Figure]:
    """Measure."""
    days, instances = (2, 10) if small else (30, 200)
    now = datetime.now(UTC)
    final = job.final_days(now, days)
    with tempfile.TemporaryDirectory() as folder:
        collections = Path(folder) / "collections.yaml"
        metrics = ", ".join(f"{metric}: [Average]" for metric in METRICS)
        collections.write_text(_COLLECTIONS.format(region=REGION, metrics=metrics), "utf-8")
        options = Options(today=now.date(), folder=Path(folder) / "demo", instances=2 * instances)
        dags = shutil.copytree(ROOT / "dags", Path(folder) / "dags")
        shutil.copy(_EMPTY, dags)
        settings = {
            "NEPHOSCOPE_COLLECTIONS": str(collections),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        }
        tomorrow = final[-1] + timedelta(days=1)
        with Stack(options, tomorrow, settings=settings) as stack:
            return _figures(stack, final, instances)


def _figures(stack: Stack, days: Sequence[date], instances: int) -> list[Figure]:
    job.unpause(stack.airflow, job.DAILY)
    begun = time.time()
    job.backfill(stack.airflow, days, lambda *_: stack.check())
    ended = time.time()
    job.backfill(stack.airflow, days, lambda *_: stack.check(), _EMPTY.stem)
    empty = time.time() - ended
    runs, tasks = _ran(stack.airflow.api, days)
    points, asked, calls = (
        counted(stack.aws.url, "cloudwatch", "points_answered"),
        counted(stack.aws.url, "cloudwatch", "queries_asked"),
        counted(stack.aws.url, "calls", "GetMetricData"),
    )
    rate = points / (ended - begun)
    alone = _loads_alone(stack.node.url, instances)
    least = max(-(-points // _POINTS_A_CALL), -(-asked // _QUERIES_A_CALL))
    return [
        Figure("backfill through Airflow", rate, "points/s", f"{points:,} points, all in"),
        at_least(
            "backfill through Airflow",
            rate / alone,
            "times",
            "the loader alone, on the same node",
            0.6,
        ),
        Figure(
            "backfill through Airflow",
            (points / alone + empty) / (ended - begun),
            "times",
            "the loader alone, then as many runs of empty tasks",
        ),
        Figure("backfill's calls", calls / least, "times", "GetMetricData's ceilings"),
        Figure("a backfilled day", len(tasks) / len(runs), "tasks", "a run of Airflow"),
        Figure("a backfilled day", _idle(runs, tasks), "s", "no task of the run at work"),
        *_shares(tasks),
    ]


def _ran(
    api: AirflowApi, days: Sequence[date]
) -> tuple[dict[str, tuple[float, float]], list[Task]]:
    """Return when each run began and ended, by its id, and all its tasks."""
    first, last = job.scheduled(days[0]).isoformat(), job.scheduled(days[-1]).isoformat()
    span = {"run_after_gte": first, "run_after_lte": last}
    runs = {
        one["dag_run_id"]: (_seconds(one["start_date"]), _seconds(one["end_date"]))
        for one in _all(api, f"dags/{job.DAILY}/dagRuns", "dag_runs", span)
    }
    tasks = [
        Task(one["dag_run_id"], one["task_id"], _seconds(one["start_date"]), end)
        for one in _all(api, f"dags/{job.DAILY}/dagRuns/~/taskInstances", "task_instances", span)
        if one["start_date"] and (end := _seconds(one["end_date"]))
    ]
    return runs, tasks


def _all(api: AirflowApi, path: str, key: str, span: Mapping[str, str]) -> Iterable[dict[str, Any]]:
    """Yield all pages of a list."""
    offset, total = 0, 1
    while offset < total:
        page = api("GET", path, query={**span, "limit": _PAGE, "offset": offset})
        yield from page[key]
        offset, total = offset + _PAGE, page["total_entries"]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _idle(runs: Mapping[str, tuple[float, float]], tasks: Iterable[Task]) -> float:
    """Return the mean seconds of a run in which no task of it was at work: Airflow's own."""
    spans = defaultdict(list)
    for one in tasks:
        spans[one.run].append((one.begun, one.ended))
    idle = 0.0
    for name, (begun, ended) in runs.items():
        idle += ended - begun
        reached = begun
        for start, end in sorted(spans[name]):
            idle -= max(0.0, end - max(start, reached))
            reached = max(reached, end)
    return idle / len(runs)


def _shares(tasks: Iterable[Task]) -> list[Figure]:
    """Return the share of each kind of task in the seconds of all."""
    seconds: dict[str, float] = defaultdict(float)
    for one in tasks:
        seconds[one.name.removeprefix("collect.")] += one.ended - one.begun
    total = sum(seconds.values())
    return [
        Figure(f"backfill's {name}", 100 * spent / total, "%", "the seconds of all tasks")
        for name, spent in seconds.items()
    ]


def _loads_alone(url: str, instances: int) -> float:
    """Return the points a second that the loader makes of a day, when it has warmed up."""
    planted = list(tables(instances, namespace=_ALONE))
    points = int(sum(one.num_rows for one in planted))
    taken: list[float] = []
    with Elasticsearch(url, request_timeout=120) as client:
        for _ in range(3):
            ensure_indices(client, _ALONE, [DAY.start.date()])
            begun = time.perf_counter()
            load(client, planted, attributes={})
            taken.append(time.perf_counter() - begun)
            made = [*client.indices.get(index=names.indices_of(_ALONE))]
            client.indices.delete(index=made)
    return points / min(taken)
