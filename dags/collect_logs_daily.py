"""
### Copy all log events of a whole day

Each morning at 05:30 UTC, before `collect_metrics_daily` draws the report, the events of the day
before are read once more, whole, of every log group that `logs` in `collections.yaml` names: what
reached CloudWatch up to five hours late is in by then, and what the 5-minute runs missed is made
up. Days since `NEPHOSCOPE_SINCE` that no run has read are caught up by themselves. Where `logs`
names none, nothing is asked.

**Backfill.** Any older days that CloudWatch still keeps, as often as you like; nothing is doubled:

    airflow backfill create --dag-id collect_logs_daily \\
        --from-date 2026-11-01 --to-date 2026-11-20

A run's date is the day that it reads, and `--to-date` the first day that is not read.
**Trigger** with no params reads yesterday; `start` and `end` take other whole days.

The chain: *plan* asks CloudWatch which log groups there are and cuts the work into shards; each
*shard* is read into the archive (*extract*) and from there into Elasticsearch (*load*), where an
event that is there already is left alone; *compact* writes the day's events into one file a log
group; *account* adds up; *verdict* fails the run if anything failed or events were rejected.
"""

import os

from airflow.sdk import CronDataIntervalTimetable, dag, task_group

from nephoscope.airflow import alerts, log_tasks, params, tasks
from nephoscope.config.settings import since
from nephoscope.plan.windows import LOG_DAY_SETTLES


@dag(
    schedule=CronDataIntervalTimetable("30 5 * * *", timezone="UTC"),
    start_date=since(os.environ) + LOG_DAY_SETTLES,
    catchup=True,
    max_active_runs=2,
    max_active_tasks=8,
    default_args=tasks.DEFAULTS,
    on_failure_callback=alerts.run_failed,
    params=params.window(),
    doc_md=__doc__,
    tags=["nephoscope", "logs"],
)
def collect_logs_daily():
    @task_group
    def collect(shard):
        return log_tasks.load(shard=log_tasks.extract.override(pool="aws_logs")(shard=shard))

    planned = log_tasks.plan("daily")
    loaded = collect.expand(shard=planned)
    accounted = log_tasks.account(loaded)
    compacted = log_tasks.compact()
    loaded >> compacted
    [loaded, accounted, compacted] >> log_tasks.verdict(accounted)


collect_logs_daily()
