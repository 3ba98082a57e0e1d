"""What CloudWatch holds no more at the period of a stored day: no failure, and not asked again."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch.helpers import bulk, scan

import truth
from clouds import ANCHOR
from faults.chain.held import asked, calls, documents, found, held
from nephoscope.model import Window
from nephoscope.plan.windows import DAY_SETTLES
from nephoscope.store import names
from nephoscope.store.coverage import sums
from nephoscope.store.read import queries
from standing import tell

METRICS = {"CPUUtilization": ["Average", "Maximum"], "NetworkIn": ["Sum"]}
SERIES = 3
FLEET = truth.instances(7, 2, ANCHOR)
TODAY = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC)
NOW = TODAY + DAY_SETTLES
LATER = timedelta(days=7)
"""After which CloudWatch holds a day no more at the period at which it was read."""


@pytest.fixture
def aws(stand_in):
    return stand_in(instances=len(FLEET))


@pytest.fixture
def collect(chain, aws, store):
    """Collect a day at a simulated time."""
    collector = chain(aws.url, METRICS)

    def run(day, now, **more):
        tell(aws.url, "POST", "clock", {"now": now.timestamp()})
        ran = collector.collect({"ec2": day}, lambda: now, **more)
        assert ran.errors == {}
        return ran

    return run


def covered(store, day):
    """Return the states, and the points expected, stored and lacking, of a day, by period."""
    sums.refresh(store)
    return sorted(
        (one.period, [*one.states], one.expected, one.stored, one.lacking)
        for one in sums.covered(store, day)
    )


def in_hours(hours, second):
    return datetime.fromtimestamp(second, UTC).hour in hours


def take_out(store, hours):
    """Take the documents of some hours out of the store."""
    store.indices.refresh(index=names.ALL_METRICS)
    gone = [
        {"_op_type": "delete", "_index": hit["_index"], "_id": hit["_id"]}
        for hit in scan(store, index=names.ALL_METRICS, size=5000)
        if in_hours(hours, datetime.fromisoformat(hit["_source"]["@timestamp"]).timestamp())
    ]
    bulk(store, gone, refresh=True)


@pytest.mark.parametrize(("ago", "periods"), [(10, {60, 300}), (58, {300}), (450, {3600})])
def test_a_whole_day_stays_whole_when_its_period_is_gone(collect, aws, store, ago, periods):
    day = Window.day(TODAY - timedelta(days=ago))
    collect(day, NOW)
    before, made, stood = documents(store), calls(aws.url), covered(store, day)
    assert {(period, *states) for period, states, *_ in stood} == {(p, "stored") for p in periods}

    ran = collect(day, NOW + LATER)
    assert calls(aws.url) == made > 0
    assert ran.planned.unasked == {"whole": len(FLEET)}
    assert covered(store, day) == stood
    assert documents(store) == before


def test_readers_see_the_finest_period_though_a_coarser_one_was_asked_by_force(collect, store):
    day = Window.day(TODAY - timedelta(days=10))
    collect(day, NOW)
    before = documents(store)
    collect(day, NOW + LATER, force=True)
    after = documents(store)
    assert len(after) > len(before)
    assert {key: after[key] for key in before} == before
    queries.refresh(store)
    table = queries.series(
        store, namespace="AWS/EC2", metric="NetworkIn", statistics=["Sum"], window=day
    )
    columns = (table[name].to_pylist() for name in ("dimensions", "period", "timestamp", "Sum"))
    read = {
        ("NetworkIn", "sum", json.loads(whose)["InstanceId"], period, int(time.timestamp())): value
        for whose, period, time, value in zip(*columns, strict=True)
    }
    assert read == held(FLEET, {"NetworkIn": ["Sum"]}, [day])


def test_a_gap_is_told_as_expired_once_its_period_is_gone_and_others_are_mended(
    collect, aws, store
):
    day = Window.day(TODAY - timedelta(days=10))
    collect(day, NOW)
    take_out(store, {3, 7})
    before = asked(aws.url)

    ran = collect(day, NOW + LATER)
    assert asked(aws.url) - before == SERIES  # of the instance that has 300 s
    assert ran.planned.unasked == {"lost": 1}
    true = held(FLEET, METRICS, [day])
    gone = {key for key in true if key[3] == 60 and in_hours({3, 7}, key[4])}
    assert len(gone) == SERIES * 120
    assert found(store, METRICS) == {key: true[key] for key in true.keys() - gone}
    stood = covered(store, day)
    assert stood == [
        (60, ["expired"], SERIES * 1440, SERIES * 1320, 0),
        (300, ["stored"], SERIES * 288, SERIES * 288, 0),
    ]
    assert ran.audited.incomplete == 0

    made = calls(aws.url)
    for number in range(1, 3):
        again = collect(day, NOW + LATER + number * timedelta(hours=7))
        assert again.audited.incomplete == 0
        assert covered(store, day) == stood
    assert calls(aws.url) == made
