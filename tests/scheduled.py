"""What Airflow's own runs have stored, what they should have, and what they asked."""

import json
from collections import defaultdict
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import product

import yaml
from elasticsearch.helpers import scan

import truth
from nephoscope.config.settings import ROOT
from nephoscope.demo.process import ServiceError
from nephoscope.demo.stack import job
from nephoscope.demo.stack.runs import standing
from standing import tell

DAY = 86_400
NOW = datetime.now(UTC)
DAYS = job.final_days(NOW, 3)
"""What a scheduler that was stopped over three midnights finds when it starts."""
FIELDS = {"Average": "avg", "Maximum": "max", "Minimum": "min", "Sum": "sum"}


def midnight(day):
    return datetime.combine(day, time(), UTC)


def stored(client, first, last):
    """Documents of the days, by resource, period and epoch second."""
    start, end = midnight(first), midnight(last + timedelta(days=1))
    span = {"range": {"@timestamp": {"gte": start.isoformat(), "lt": end.isoformat()}}}
    for hit in scan(client, index="cloudwatch_metrics", query={"query": span}, size=5000):
        source = hit["_source"]
        key = (
            source["aws"]["dimensions"]["InstanceId"],
            source["aws"]["cloudwatch"]["period"],
            int(datetime.fromisoformat(source["@timestamp"]).timestamp()),
        )
        yield key, source


def asked():
    """Metric and statistic of each series that the shipped collections ask of an instance."""
    collections = yaml.safe_load((ROOT / "include" / "collections.yaml").read_text("utf-8"))
    for metric, statistics in collections["collections"]["ec2"]["metrics"].items():
        for statistic in statistics:
            yield metric, statistic


def expected(days, anchor):
    """What the specification says that the documents of the days hold, of a fleet of the demo."""
    documents = defaultdict(lambda: defaultdict(dict))
    starts = [int(midnight(day).timestamp()) for day in days]
    fleet = truth.instances(seed=7, count=50, anchor=anchor)
    for one, (metric, statistic) in product(fleet, asked()):
        period = truth.native(one, metric)
        for second in (second for start in starts for second in range(start, start + DAY, period)):
            value = truth.value(one, metric, statistic, period, second)
            if value is not None:
                documents[one.id, period, second][metric][FIELDS[statistic]] = value
    return documents


def calls(stack):
    """How often the stand-in was asked for points."""
    return sum(tell(stack.aws.url, "GET", "counters")["calls"]["GetMetricData"].values())


def found(airflow, days):
    """How the daily runs of days stand."""
    first, last = (job.scheduled(day) for day in (days[0], days[-1]))
    return standing(airflow.api, job.DAILY, first, last)


def ended(airflow, days):
    """Wait until the daily runs of days have ended well; they must not fail."""

    def well():
        runs = found(airflow, days)
        assert not runs.failed
        return runs.succeeded == len(days)

    airflow.until(well, f"the runs of {days[0]} to {days[-1]}", 300)


@contextmanager
def no_live_run(airflow):
    """Let no run of the live DAG ask AWS, nor take what is planned for another."""
    airflow.api("PATCH", f"dags/{job.LIVE}", {"is_paused": True})
    # A run that has just begun stays where it is; its tasks are not started while it is paused.
    at_work = f"dags/{job.LIVE}/dagRuns/~/taskInstances?state=running&state=queued"
    airflow.until(
        lambda: not airflow.api("GET", at_work)["task_instances"], "the live tasks' end", 120
    )
    try:
        yield
    finally:
        airflow.api("PATCH", f"dags/{job.LIVE}", {"is_paused": False})


def create_again(airflow, days, **conf):
    """Have days collected by Airflow's backfill, though they may have been before."""
    span = "--from-date", f"{days[0]}", "--to-date", f"{days[-1]}T06:00:00"
    again = "--reprocess-behavior", "completed", "--dag-run-conf", json.dumps(conf)

    def created():
        try:
            airflow.run("backfill", "create", "--dag-id", job.DAILY, *span, *again)
        except ServiceError as error:
            # A backfill counts as running until a sweep every 30 s finds that it has ended; one
            # that SQLite failed (see `job.create`) until two minutes more, and its days come twice.
            if any(why in str(error) for why in ("AlreadyRunningBackfill", "database is locked")):
                return False
            raise
        return True

    airflow.until(created, "the backfill before to be closed", 300)
