"""What a plan is said to ask is what the stand-in counts when it is run, over a socket."""

import json
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from clouds import BotoCloud
from nephoscope.aws.pacing import Timer
from nephoscope.config.collections import Collections
from nephoscope.extract.metrics import extract
from nephoscope.model import Window
from nephoscope.plan.cost import DOLLARS_PER_METRIC, cost
from nephoscope.plan.discovery import discover
from nephoscope.plan.fleet import Memory
from nephoscope.plan.held import Held
from nephoscope.plan.planning import Planner
from nephoscope.plan.projection import listing_calls

NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))
OLD = Window.day(NOW - timedelta(days=20))
MINUTES = Window(DAY.start, DAY.start + timedelta(minutes=5))
ALWAYS = ("CPUUtilization", "NetworkIn", "NetworkOut", "StatusCheckFailed")
ONE = ["Average"]
FIVE = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"]


def collections(metrics, **account):
    of = {"connection": "aws_default", "regions": ["eu-west-1", "us-east-1"], **account}
    entry = {"namespace": "AWS/EC2", "metrics": metrics}
    return Collections.model_validate({"accounts": [of], "collections": {"ec2": entry}})


def planned(aws, wanted, window, slots=2):
    cloud = BotoCloud(aws.url)

    def look(place):
        return discover(place, wanted, cloud, NOW)

    return Planner(wanted, cloud, look, NOW, Memory(), slots, Held()).plan({"ec2": window})


def read(aws, shard, timer=None):
    client = BotoCloud(aws.url).client(shard.connection, "cloudwatch", shard.region)
    for _ in extract(shard, client, lambda: NOW, timer):
        pass


def counters(aws):
    """Return what the stand-in has counted, of all regions together."""
    with urllib.request.urlopen(f"{aws.url}/_standin/counters") as answer:
        kinds = json.loads(answer.read())
    names = {**kinds["calls"], **kinds["cloudwatch"]}
    return Counter({name: sum(regions.values()) for name, regions in names.items()})


@pytest.mark.parametrize(
    ("metrics", "window", "most_calls"),
    [
        pytest.param(dict.fromkeys(ALWAYS, ONE), MINUTES, 4, id="one-point-each"),
        pytest.param(dict.fromkeys(ALWAYS, FIVE), MINUTES, 6, id="over-500-queries"),
        pytest.param(dict.fromkeys(ALWAYS[:2], ONE), DAY, 8, id="60-and-300-seconds"),
        pytest.param(dict.fromkeys(ALWAYS, FIVE), OLD, 8, id="over-100,800-points"),
        pytest.param({"Network*": ["Sum"]}, MINUTES, 4, id="pattern"),
    ],
)
def test_calls_metrics_and_points_are_those_that_aws_counts(aws, metrics, window, most_calls):
    shards = planned(aws, collections(metrics), window).shards
    said = cost(shards)
    before = counters(aws)
    for shard in shards:
        read(aws, shard)
    asked = counters(aws) - before
    assert 0 < said.calls <= most_calls
    assert asked["GetMetricData"] == said.calls
    assert asked["queries_asked"] == said.metrics_asked
    assert asked["points_estimated"] == said.points
    assert 0 < asked["points_answered"] <= said.points
    assert asked["metrics_asked"] * DOLLARS_PER_METRIC == pytest.approx(said.dollars_if_grouped)


@pytest.mark.parametrize(
    "quotas", [{"points_older": 20_000}, {"calls": 1}], ids=lambda one: next(iter(one))
)
def test_the_time_is_that_which_extracts_wait(aws, quotas):
    wanted = collections(dict.fromkeys(ALWAYS, FIVE), quotas=quotas)
    shards = planned(aws, wanted, OLD, slots=1).shards
    waited = []
    for shard in shards:
        clock = [0.0]

        def sleep(seconds, clock=clock):
            clock[0] += seconds

        read(aws, shard, Timer(lambda clock=clock: clock[0], sleep))
        waited.append(clock[0])
    said = cost(shards).seconds
    assert said > 2 * len(shards)
    assert said - len(shards) == pytest.approx(sum(waited), rel=0.2)  # they begin full


@pytest.mark.parametrize("metrics", [dict.fromkeys(ALWAYS, ONE), {"Network*": ["Sum"]}])
def test_listings_are_those_that_aws_counts(aws, metrics):
    wanted = collections(metrics)
    before = counters(aws)
    made = planned(aws, wanted, MINUTES)
    asked = counters(aws) - before
    assert listing_calls(made, wanted.collections, looks=1) == asked["ListMetrics"] > 0
