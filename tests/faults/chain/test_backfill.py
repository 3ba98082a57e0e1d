"""A year is backfilled day by day, killed once: each value is there at the finest period left."""

import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import truth
from clouds import ANCHOR
from faults.chain.backfilling import backfill, backfill_anew
from faults.chain.held import asked, calls, documents, found, held
from killing import forked_from
from nephoscope.coverage import State
from nephoscope.model import Window
from nephoscope.plan.periods import MARGIN
from nephoscope.plan.windows import DAY_SETTLES
from nephoscope.store import names
from nephoscope.store.coverage import sums
from standing import tell

METRICS = {"CPUUtilization": ["Average", "Maximum"], "NetworkIn": ["Sum"]}
SERIES = 3
TODAY = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC)
NOW = TODAY + DAY_SETTLES
"""When the daily run of yesterday is due, whose day is then final."""

HOUR = timedelta(hours=1)
YEAR = range(1, 456)
"""Days ago."""

EDGES = {1, 14, 15, 62, 63, 454, 455, 456}
"""The first and the last day of each period, and two that CloudWatch may no longer hold."""


def ago(days):
    return Window.day(TODAY - timedelta(days=days))


def finest(one, _, day):
    """Return the period that AWS still has of a day, by its documents; None if it has none."""
    age = NOW + MARGIN - day.start
    if age <= timedelta(days=15):
        return 60 if one.detailed else 300
    if age <= timedelta(days=63):
        return 300
    return 3600 if age <= timedelta(days=455) else None


@pytest.fixture
def fleet(figure):
    return truth.instances(7, figure(2, 8), ANCHOR)


@pytest.fixture
def days(figure, draw):
    """Days of a year in order, the newest or the oldest first: all, or a share with all edges."""
    chosen = EDGES.union(draw.sample(YEAR, figure(46, 455)))
    return [ago(number) for number in sorted(chosen)][:: draw.choice((1, -1))]


@pytest.fixture
def aws(stand_in, fleet):
    one = stand_in(instances=len(fleet))
    tell(one.url, "POST", "clock", {"now": NOW.timestamp()})
    return one


@pytest.fixture(scope="module")
def processes():
    """Processes forked from a warmed one."""
    with forked_from("faults.chain.backfilling") as context:
        yield context


@pytest.fixture
def killed_once(aws, collector, elasticsearch_url, draw, start):
    """Backfill days in another process, and kill it in one of the days of the middle."""

    def run(days):
        enough = draw.randint(len(days) // 3, 2 * len(days) // 3)
        told = str(collector.root), elasticsearch_url, aws.url, collector.collections, days, NOW
        process = start(backfill_anew, *told)
        while process.exitcode is None and calls(aws.url) < 2 * enough:
            time.sleep(0.01)
        process.join(draw.random() / 2)
        process.kill()
        process.join()
        assert process.exitcode < 0

    return run


@pytest.fixture
def collector(chain, aws):
    return chain(aws.url, METRICS)


def covered(store, days):
    """Return the points of each day that are expected, stored and lacking, and the states."""
    sums.refresh(store)
    return {
        day: (
            sum(one.expected for one in found),
            sum(one.stored for one in found),
            sum(one.lacking for one in found),
            dict(sum((Counter(one.states) for one in found), Counter())),
        )
        for day in days
        for found in ([*sums.covered(store, day)],)
    }


def state(one, day):
    """Return the state of an instance on a day, from the specification."""
    if finest(one, None, day) is None:
        return State.EXPIRED
    if day.end.timestamp() <= one.launched:
        return State.UNKNOWN  # it may have run before its last start
    if one.stopped and one.stopped <= day.start.timestamp():
        return State.STOPPED
    return State.MISSING if one.role == "gap" else State.STORED


def expected(one, day):
    """Return the points that an instance should have: of each period all through which it ran."""
    period = finest(one, None, day)
    if period is None:
        return []
    begin, end = (int(at.timestamp()) for at in (day.start, day.end))
    until = min(end, one.stopped or end)
    return [t for t in range(begin, end, period) if one.launched <= t and t + period <= until]


def points(fleet, day):
    """Return how many points there should be, how many CloudWatch has, and how many it lacks."""
    wanted = [(one, second) for one in fleet for second in expected(one, day)]
    there = sum(
        truth.value(one, "NetworkIn", "Sum", finest(one, None, day), second) is not None
        for one, second in wanted
    )
    return tuple(SERIES * count for count in (len(wanted), there, len(wanted) - there))


def test_every_value_of_a_year_is_there_although_the_backfill_was_killed(
    days, fleet, collector, killed_once, store
):
    killed_once(days)
    runs = backfill(collector, days[::-1], NOW + HOUR)
    assert [run.errors for run in runs] == [{}] * len(days)

    kept = [day for day in days if finest(fleet[0], None, day)]
    true = held(fleet, METRICS, kept, finest)
    assert found(store, METRICS) == true
    periods = Counter(period for _, _, _, period, _ in true)
    print(f"{len(true)} values of {len(kept)} days are right, by period {dict(periods)}")  # ruff: ignore[print] - the figure of this test
    assert store.count(index=names.ALL_METRICS)["count"] == len({key[2:] for key in true})

    assert covered(store, days) == {
        day: (*points(fleet, day), dict(Counter(state(one, day) for one in fleet))) for day in days
    }
    gone = sum(run.planned.unasked.get("expired", 0) for run in runs)
    assert gone == (len(days) - len(kept)) * len(fleet) > 0


def test_the_same_range_again_asks_nothing_and_by_force_all_without_a_change(
    figure, draw, fleet, collector, aws, store
):
    days = [ago(number) for number in draw.sample(YEAR, figure(10, 90))]
    first = backfill(collector, days, NOW)
    before, made, series = documents(store), calls(aws.url), asked(aws.url)
    audited = [run.audited for run in first]

    again = backfill(collector, days[::-1], NOW + HOUR)
    assert calls(aws.url) == made > 0
    assert [run.audited for run in again] == audited[::-1]
    forced = backfill(collector, days, NOW + 2 * HOUR, force=True)
    assert asked(aws.url) == 2 * series
    assert [run.audited for run in forced] == audited
    assert documents(store) == before
