"""The daily DAG of a fleet that is one shard, its tasks doing nothing: what Airflow alone takes."""

from datetime import UTC, datetime

from airflow.sdk import CronDataIntervalTimetable, dag, task, task_group


@task
def plan():
    return ["shard"]


@task
def work(*_):
    """Do nothing."""


@dag(
    schedule=CronDataIntervalTimetable("0 6 * * *", timezone="UTC"),
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=2,
    is_paused_upon_creation=False,
)
def empty_daily():
    @task_group
    def collect(shard):
        work.override(task_id="load")(work.override(task_id="extract")(shard))

    collected = collect.expand(shard=plan())
    audited = work.override(task_id="audit")()
    compacted, reported = work.override(task_id="compact")(), work.override(task_id="report")()
    collected >> audited >> reported
    collected >> compacted
    [audited, compacted, reported] >> work.override(task_id="verdict")()


empty_daily()
