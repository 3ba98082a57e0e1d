"""
### Copy the newest log events every 5 minutes

Each run reads the events of its data interval, and of the ten minutes before it (what came late is
caught by then, mostly), of every log group that `logs` in `collections.yaml` names. Where it names
none, nothing is asked. What comes later still, and what a stopped scheduler missed, is the daily
run's to make up, so this DAG never catches up.

**Trigger** with no params reads the last five minutes; `start` and `end` take another window.

The chain: *plan* asks CloudWatch which log groups there are and cuts the work into shards; each
*shard* is read into the archive (*extract*) and from there into Elasticsearch (*load*), where an
event that is there already is left alone; *account* adds up; *verdict* fails the run if a shard
failed, or events were rejected.
"""

import os

from airflow.sdk import CronDataIntervalTimetable, dag, task_group

from nephoscope.airflow import alerts, log_tasks, params, tasks
from nephoscope.config.settings import since


@dag(
    schedule=CronDataIntervalTimetable("*/5 * * * *", timezone="UTC"),
    start_date=since(os.environ),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=8,
    default_args={**tasks.DEFAULTS, "priority_weight": 10},  # before all of history
    on_failure_callback=alerts.run_failed,
    params=params.window(),
    doc_md=__doc__,
    tags=["nephoscope", "logs"],
)
def collect_logs():
    @task_group
    def collect(shard):
        return log_tasks.load(shard=log_tasks.extract.override(pool="aws_logs")(shard=shard))

    planned = log_tasks.plan("live")
    loaded = collect.expand(shard=planned)
    accounted = log_tasks.account(loaded)
    [loaded, accounted] >> log_tasks.verdict(accounted)


collect_logs()
