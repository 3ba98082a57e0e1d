"""
### Keep the store as `collections.yaml` wants it

Each night at 03:30 UTC:

- *upgrade* brings templates and indices of an older version to this program's.
- *drop* removes the indices in which everything is older than the `keep` of all collections of its
  namespace. Whole indices go, nothing else is ever deleted, and only what the archive holds, day by
  day, with as many points as are stored: so `nephoscope replay` can bring it back (write a longer
  `keep` before, or it goes again). What the archive lacks stays, with a warning that says how much.
- *merge* puts the indices that ended a week ago into one segment each: fewer bytes, faster queries.
- *measure* says how much is stored, the bytes a point, the coverage of the whole store, how near
  fields and shards are to their limits, and how many rejected documents wait.

**Trigger** with `dry_run` to see what a run would do. `drop_unarchived` names indices that are over
and go though the archive does not hold them whole: what only they hold is lost.

Namespaces that no collection has any more stay, and the inventory of resources always does.
"""

import os

from airflow.sdk import CronDataIntervalTimetable, dag

from nephoscope.airflow import alerts, tasks, upkeep_tasks
from nephoscope.config.settings import since


@dag(
    schedule=CronDataIntervalTimetable("30 3 * * *", timezone="UTC"),
    start_date=since(os.environ),
    catchup=False,
    max_active_runs=1,
    default_args=tasks.DEFAULTS,
    on_failure_callback=alerts.run_failed,
    params=upkeep_tasks.params(),
    doc_md=__doc__,
    tags=["nephoscope", "store"],
)
def maintain_store():
    upgraded, dropped = upkeep_tasks.upgrade(), upkeep_tasks.drop()
    upgraded >> dropped >> upkeep_tasks.merge() >> upkeep_tasks.measure()


maintain_store()
