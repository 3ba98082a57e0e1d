"""
### Collect every metric of a whole day, for good

Each morning at 06:00 UTC the day before is read once more, whole, of every collection in
`collections.yaml`: CloudWatch's late points are in by then, and what the 5-minute runs missed is
made up. Days since `NEPHOSCOPE_SINCE` that no run has collected are caught up by themselves.

**Backfill.** Any older days, oldest or newest first, as often as you like; nothing is doubled:

    airflow backfill create --dag-id collect_metrics_daily \\
        --from-date 2026-11-01 --to-date 2026-11-20

A run's date is the day that it collects, and `--to-date` the first day that is not collected.
`--dag-run-conf '{"collections": ["ec2"], "force": true}'` takes some of the file's collections, and
asks AWS again for what is there already.
**Trigger** with no params collects yesterday.

The chain: *plan* asks AWS what there is and cuts the work into shards; each *shard* is read from
CloudWatch into the archive (*extract*) and from there into Elasticsearch (*load*); *compact* writes
the day's points into one file for each namespace and period; *audit* compares what is stored with
what there should be; *report* draws the day; *verdict* fails the run if
anything failed or documents were rejected.
"""

import os

from airflow.sdk import CronDataIntervalTimetable, dag, task_group

from nephoscope.airflow import alerts, params, tasks
from nephoscope.config.settings import since
from nephoscope.plan.windows import DAY_SETTLES


@dag(
    schedule=CronDataIntervalTimetable("0 6 * * *", timezone="UTC"),
    start_date=since(os.environ) + DAY_SETTLES,
    catchup=True,
    max_active_runs=2,
    max_active_tasks=8,
    default_args=tasks.DEFAULTS,
    on_failure_callback=alerts.run_failed,
    params=params.offered(),
    doc_md=__doc__,
    tags=["nephoscope", "metrics"],
)
def collect_metrics_daily():
    @task_group
    def collect(shard):
        return tasks.load(shard=tasks.extract.override(pool="aws_history")(shard=shard))

    planned = tasks.plan("daily")
    loaded = collect.expand(shard=planned)
    audited = tasks.audit(loaded, final=True)
    compacted = tasks.compact()
    reported = tasks.report(final=True)
    loaded >> audited >> reported
    loaded >> compacted
    [loaded, audited, compacted, reported] >> tasks.verdict(audited)


collect_metrics_daily()
