"""
### Collect what is stored in S3, once a day

Each day at 12:00 UTC the size of every bucket, by storage class, and its number of objects are read
from CloudWatch, of the collections in `collections.yaml` whose namespace is one of storage: AWS
measures once a day and publishes that up to a day later, so the newest day is the one that ended
36 hours ago. The two days before it are read once more: S3 may be late, or miss a day.

**Backfill.** Up to 455 days, as often as you like; nothing is doubled:

    airflow backfill create --dag-id collect_storage --from-date 2026-11-01 --to-date 2026-11-20

A run's date is the day after the newest that it collects.
**Trigger** with no params collects the last three days; `start` and `end` take others,
`collections` only some of the file's.

The chain: *plan* asks AWS what there is and cuts the work into shards; each *shard* is read into
the archive (*extract*) and from there into Elasticsearch (*load*); *compact* writes a day's points
into one file for each namespace; *audit* compares what is stored with what there should be;
*verdict* fails the run if anything failed or documents were rejected.
"""

import os

from airflow.sdk import CronDataIntervalTimetable, dag, task_group

from nephoscope.airflow import alerts, params, tasks
from nephoscope.config.settings import since
from nephoscope.plan.windows import STORAGE_SETTLES


@dag(
    schedule=CronDataIntervalTimetable("0 12 * * *", timezone="UTC"),
    start_date=since(os.environ) + STORAGE_SETTLES,
    catchup=True,
    max_active_runs=2,
    max_active_tasks=8,
    default_args=tasks.DEFAULTS,
    on_failure_callback=alerts.run_failed,
    params=params.offered(),
    doc_md=__doc__,
    tags=["nephoscope", "storage"],
)
def collect_storage():
    @task_group
    def collect(shard):
        return tasks.load(shard=tasks.extract.override(pool="aws_history")(shard=shard))

    planned = tasks.plan("storage")
    loaded = collect.expand(shard=planned)
    audited = tasks.audit(loaded, final=True)
    compacted = tasks.compact()
    loaded >> audited
    loaded >> compacted
    [loaded, audited, compacted] >> tasks.verdict(audited)


collect_storage()
