"""The live runs look at the fleet once an hour; the daily ones remember who AWS lists no more."""

from datetime import UTC, datetime, timedelta

import pytest

import truth
from chains import Chain
from clouds import ANCHOR, BotoCloud
from nephoscope.config.collections import Collections
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.model import Window
from standing import tell
from stored import values

NOW = datetime.now(UTC)
MIDNIGHT = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC)
DAY = timedelta(days=1)
STOPPED = truth.instances(7, 10, ANCHOR)[6]
"""It was stopped two days before the anchor."""


@pytest.fixture
def aws():
    with StandIn(anchor=ANCHOR, instances=10) as stand_in:
        yield stand_in


@pytest.fixture
def chain(aws, tmp_path, elasticsearch):
    for index in elasticsearch.indices.get(index="cloudwatch-*", ignore_unavailable=True):
        elasticsearch.indices.delete(index=index)
    entry = {"namespace": "AWS/EC2", "metrics": {"EBSReadBytes": ["Sum"]}}
    account = {"connection": "a", "regions": [STOPPED.region]}
    collections = Collections.model_validate({"accounts": [account], "collections": {"e": entry}})
    return Chain(tmp_path, elasticsearch, BotoCloud(aws.url), collections)


def looks(aws):
    """Return how often AWS was asked what there is."""
    calls = tell(aws.url, "GET", "counters")["calls"]
    return {name: sum(calls[name].values()) for name in ("ListMetrics", "DescribeInstances")}


def test_live_runs_ask_what_there_is_once_an_hour(aws, chain):
    def live(after):
        moment = NOW + after
        end = moment - timedelta(minutes=20)
        window = Window(end - timedelta(minutes=5), end)
        chain.collect({"e": window}, lambda: moment, final=False)
        return looks(aws)

    first = live(timedelta(0))
    assert first == {"ListMetrics": 1, "DescribeInstances": 1}
    assert live(timedelta(minutes=5)) == first
    assert live(timedelta(minutes=59)) == first
    assert live(timedelta(minutes=61)) == {"ListMetrics": 2, "DescribeInstances": 2}


def test_another_question_is_asked_at_once(aws, chain):
    end = NOW - timedelta(minutes=20)
    window = Window(end - timedelta(minutes=5), end)
    chain.collect({"e": window}, lambda: NOW, final=False)
    entry = {"namespace": "AWS/EC2", "metrics": {"NetworkIn": ["Sum"]}}
    account = {"connection": "a", "regions": [STOPPED.region]}
    chain.collections = Collections.model_validate(
        {"accounts": [account], "collections": {"e": entry}}
    )
    chain.collect({"e": window}, lambda: NOW, final=False)
    assert looks(aws) == {"ListMetrics": 2, "DescribeInstances": 2}


def backfilled(aws, chain, later):
    """Collect the day before the stop, some days later; return the stopped instance's points."""
    moment = MIDNIGHT + later
    tell(aws.url, "POST", "clock", {"now": moment.timestamp()})
    chain.collect({"e": Window.day(MIDNIGHT - 3 * DAY)}, lambda: moment)
    stored = values(chain.client, "EBSReadBytes", "sum")
    return sum(key[0] == STOPPED.id for key in stored)


def test_a_resource_that_fell_silent_is_asked_again_by_a_backfill(aws, chain):
    chain.collect({"e": Window.day(MIDNIGHT - DAY)}, lambda: MIDNIGHT + timedelta(hours=6))
    assert backfilled(aws, chain, 20 * DAY) == 288


def test_without_having_seen_it_a_backfill_can_not_know_of_it(aws, chain):
    assert backfilled(aws, chain, 20 * DAY) == 0
