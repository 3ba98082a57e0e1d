"""What Airflow's own runs have stored, what they should have, and what they asked."""

from collections import defaultdict
from datetime import UTC, datetime, time, timedelta
from itertools import product

import yaml
from elasticsearch.helpers import scan

import truth
from nephoscope.config.settings import ROOT
from standing import tell

DAY = 86_400
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


def expected(days, anchor, count=50):
    """What the specification says that the documents of the days hold, of a fleet of the demo."""
    documents = defaultdict(lambda: defaultdict(dict))
    starts = [int(midnight(day).timestamp()) for day in days]
    fleet = truth.instances(seed=7, count=count, anchor=anchor)
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
