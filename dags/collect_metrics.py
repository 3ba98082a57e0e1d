"""
### Collect the newest settled metrics every 5 minutes

Each run takes, of every collection in `collections.yaml`, the windows that have settled during its
data interval: with `settle: 15m`, the 10:20 run stores what happened from 10:00 to 10:05. What a
stopped scheduler missed is the daily run's to make up, so this DAG never catches up.

**Trigger** with no params collects the last settled window; `start` and `end` take another one,
`collections` only some of the file's. Its tasks go before those of history where slots are scarce.

The chain: *plan* asks AWS what there is, once an hour, and cuts the work into shards; each *shard*
is read from CloudWatch into the archive (*extract*) and from there into Elasticsearch (*load*);
*audit* compares what is stored with what there should be; *report* redraws the current day;
*verdict* fails the run if a shard failed, or documents were rejected.
"""

import os

from airflow.sdk import CronDataIntervalTimetable, dag, task_group

from nephoscope.airflow import alerts, params, tasks
from nephoscope.config.settings import since


@dag(
    schedule=CronDataIntervalTimetable("*/5 * * * *", timezone="UTC"),
    start_date=since(os.environ),
    catchup=False,
    max_active_runs=1,
    max_active_tasks=8,
    default_args={**tasks.DEFAULTS, "priority_weight": 10},  # before all of history
    on_failure_callback=alerts.run_failed,
    params=params.offered(),
    doc_md=__doc__,
    tags=["nephoscope", "metrics"],
)
def collect_metrics():
    @task_group
    def collect(shard):
        return tasks.load(shard=tasks.extract.override(pool="aws_live")(shard=shard))

    planned = tasks.plan("live")
    loaded = collect.expand(shard=planned)
    audited = tasks.audit(loaded)
    reported = tasks.report()
    loaded >> audited >> reported
    [loaded, audited, reported] >> tasks.verdict(audited)


collect_metrics()
