"""R17: holes in the store and gaps of CloudWatch are all found, and told apart by two readings."""

from datetime import UTC, datetime, timedelta
from operator import itemgetter

import pytest
from elasticsearch.helpers import bulk, scan

import truth
import truth_lives
from clouds import ANCHOR
from nephoscope.archive import runs
from nephoscope.chain import readings, steps
from nephoscope.chain.audit import audit
from nephoscope.coverage import APART, NOT_STORED, State
from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.coverage.days import coverage_of
from nephoscope.store.coverage.expected import Reading
from standing import tell

NOW = datetime.now(UTC)
DAYS = [Window.day(NOW - timedelta(days=ago)) for ago in (72, 71, 70)]
"""So old that CloudWatch has hourly points, which are few."""

STATISTICS = dict.fromkeys(truth.METRICS[:10], "Average")
HOUR = 3600


@pytest.fixture
def fleet(figure):
    return truth.instances(7, figure(50, 500), ANCHOR)


@pytest.fixture
def collector(chain, stand_in, fleet):
    aws = stand_in(instances=len(fleet))
    return chain(aws.url, {metric: [statistic] for metric, statistic in STATISTICS.items()})


@pytest.fixture
def holes(figure, store, fleet, draw):
    """Take points out of the store: documents, and single metrics of documents."""
    steady = {one.id for one in fleet if one.role not in {"gap", "stopped", *truth_lives.UNSEEN}}

    def plant():
        hits = sorted(scan(store, index=names.ALL_METRICS, size=5000), key=itemgetter("_id"))
        chosen = draw.sample([hit for hit in hits if _instance(hit) in steady], figure(50, 500))
        taken, actions = set(), []
        for number, hit in enumerate(chosen):
            metrics = hit["_source"]["aws"]["ec2"]["metrics"]
            gone = {draw.choice(sorted(metrics))} if number % 2 else set(metrics)
            taken |= {(_instance(hit), metric, _second(hit)) for metric in gone}
            actions.append(_without(hit, gone))
        bulk(store, actions, refresh=True)
        return taken

    return plant


def _instance(hit):
    return hit["_source"]["aws"]["dimensions"]["InstanceId"]


def _second(hit):
    return int(datetime.fromisoformat(hit["_source"]["@timestamp"]).timestamp())


def _without(hit, gone):
    """Return the bulk action that takes metrics out of a document, or removes it if it has none."""
    about = {"_index": hit["_index"], "_id": hit["_id"]}
    metrics = hit["_source"]["aws"]["ec2"]["metrics"]
    for metric in gone:
        del metrics[metric]
    if metrics:
        return {**about, "_op_type": "index", "_source": hit["_source"]}
    return {**about, "_op_type": "delete"}


def real(fleet):
    """Return the points that CloudWatch lacks of instances that ran, from the specification."""
    return {
        (one.id, metric, second)
        for one in fleet
        for day in DAYS
        for second in range(int(day.start.timestamp()), int(day.end.timestamp()), HOUR)
        if one.launched <= second and one.role not in {"stopped", *truth_lives.UNSEEN}
        for metric, statistic in STATISTICS.items()
        if truth.value(one, metric, statistic, HOUR, second) is None
    }


def gaps(points):
    """Count points that follow one another as one gap of their series."""
    return sum((one, metric, second - HOUR) not in points for one, metric, second in points)


def coverage(store):
    """Return all documents of coverage by their ids."""
    store.indices.refresh(index=names.ALL_COVERAGE)
    return {h["_id"]: h["_source"] for h in scan(store, index=names.ALL_COVERAGE, size=5000)}


def found(store):
    """Return the missing points by why they are: not stored, read empty, or confirmed."""
    points = {"not stored": set(), "read empty": set(), "confirmed": set()}
    for day in map(coverage_of, coverage(store).values()):
        [(_, instance)] = day.resource.dimensions
        for lack in day.lacks:
            for gap in lack.gaps:
                why = "confirmed" if gap.confirmed else gap.reason or "read empty"
                seconds = range(*(int(t.timestamp()) for t in (gap.span.start, gap.span.end)), HOUR)
                points[why] |= {(instance, m, s) for m, _ in lack.measures for s in seconds}
    return points


def states(store):
    """Return the state of each instance on each day."""
    days = map(coverage_of, coverage(store).values())
    return {(day.resource.dimensions[0][1], day.day): day.state for day in days}


def state(one, day):
    """Return the state of an instance on a day after one reading, from the specification."""
    if day.end.timestamp() <= one.launched or one.role in truth_lives.UNSEEN:
        return State.UNKNOWN  # it may have run before its last start
    return State.MISSING if one.role == "gap" else State.STORED


def collect(collector, now):
    return collector.collect({"ec2": Window(DAYS[0].start, DAYS[-1].end)}, lambda: now)


def read(collector, now):
    """Read all from CloudWatch once more, and load nothing; return the run."""
    planned = steps.plan(
        collector.root,
        "collect_metrics_daily",
        collector.collections,
        {"ec2": Window(DAYS[0].start, DAYS[-1].end)},
        collector.cloud,
        collector.client,
        now,
        fresh_for=timedelta(0),
        slots=2,
    )
    for shard in planned.shards:
        number = shard["number"]
        steps.extract(collector.root, planned.run, number, 1, collector.cloud, lambda: now)
    return planned.run


def series(points):
    """Return the series of points, of each day for itself: a run asks by days."""
    return {(one, metric, Window.day(moment(second))) for one, metric, second in points}


def moment(second):
    return datetime.fromtimestamp(second, UTC)


def stored(store):
    """Return the values of all documents by instance and time, without when they were read."""
    store.indices.refresh(index=names.ALL_METRICS)
    hits = scan(store, index=names.ALL_METRICS, size=5000)
    return {(_instance(hit), _second(hit)): hit["_source"]["aws"]["ec2"]["metrics"] for hit in hits}


def lacking(ran):
    return ran.audited.expected - ran.audited.stored


def counted(collector):
    """Return how many calls of GetMetricData the stand-in has counted."""
    return tell(collector.cloud.url, "GET", "counters")["calls"]["GetMetricData"]


def audited(collector, run):
    return audit(collector.root, run, collector.client, final=True)


def test_holes_and_gaps_are_all_found_and_only_the_gaps_are_confirmed(
    figure, collector, store, fleet, holes
):
    none = set()
    true = real(fleet)
    assert gaps(true) == figure(30, 300)
    run = collect(collector, NOW).run
    assert found(store) == {"not stored": none, "read empty": true, "confirmed": none}
    assert states(store) == {(one.id, day): state(one, day) for one in fleet for day in DAYS}

    before = stored(store)
    assert collect(collector, NOW + APART / 2).planned.shards == []  # too young to confirm
    taken = holes()
    assert audited(collector, run).confirmed == 0
    once = coverage(store)
    assert found(store) == {"not stored": taken, "read empty": true, "confirmed": none}
    audited(collector, run)
    assert coverage(store) == once

    later = read(collector, NOW + APART)
    plan = runs.read_plan(collector.root, later)
    assert sum(one.metrics_asked for one in plan.shards) == len(series(true | taken))
    assert audited(collector, later).confirmed == len({one for one, _, _ in true})
    twice = coverage(store)
    assert found(store) == {"not stored": taken, "read empty": none, "confirmed": true}
    for again in (later, run):
        audited(collector, again)
        assert found(store) == {"not stored": taken, "read empty": none, "confirmed": true}
    audited(collector, later)
    assert coverage(store) == twice

    repaired = collect(collector, NOW + APART + timedelta(minutes=5))
    assert found(store) == {"not stored": none, "read empty": none, "confirmed": true}
    assert (repaired.audited.incomplete, lacking(repaired)) == (0, len(true))
    assert repaired.planned.cost.metrics_asked == len(series(taken))
    assert stored(store) == before
    asked = counted(collector)
    assert collect(collector, NOW + 2 * APART).planned.shards == []
    assert counted(collector) == asked
    figures = f"{gaps(taken)} holes of {len(series(taken))} series, {gaps(true)} gaps"
    print(f"{figures}: all found, the holes repaired, the gaps confirmed")  # ruff: ignore[print] - the figure of this test


def test_an_audit_that_takes_every_whole_answer_for_empty_would_confirm_holes(
    collector, store, fleet, holes, monkeypatch
):
    def careless(root, name, answers, window):
        asked = readings._asked(answers)
        return {
            one: Reading(at, window, ())
            for one, at in zip(asked, answers["asked_at"].to_pylist(), strict=True)
        }

    monkeypatch.setattr(readings, "_readings", careless)
    run = collect(collector, NOW).run
    taken = holes()
    audited(collector, run)
    audited(collector, read(collector, NOW + APART))
    assert found(store)["confirmed"] == real(fleet) | taken
    assert NOT_STORED not in {why for why, points in found(store).items() if points}
