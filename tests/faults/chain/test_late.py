"""R13: late and revised points are all present and final after the daily runs, and only then."""

from datetime import UTC, datetime, timedelta

import pytest

import truth
import truth_timing
from clouds import ANCHOR
from faults.chain.held import asked, documents, found, held
from nephoscope.model import Window
from nephoscope.plan.windows import DAY_SETTLES, last_settled
from standing import tell
from stored import coverage

EVERY, HOUR, DAY = timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)
SETTLE = timedelta(minutes=15)
FIRST = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC) - 6 * DAY
DAYS = [Window.day(FIRST + number * DAY) for number in range(4)]
METRICS = {"CPUUtilization": ["Average"], "NetworkIn": ["Sum"]}
FLEET = truth.instances(7, 10, ANCHOR)


class Scheduler:
    """Runs the live and the daily chain at simulated times, which the stand-in shares."""

    def __init__(self, chain, url):
        self.chain = chain
        self.url = url
        self.now = FIRST

    def at(self, moment):
        self.now = moment
        tell(self.url, "POST", "clock", {"now": moment.timestamp()})

    def live(self, start, length):
        """Run every 5 minutes, each of the 5 minutes that settled last; return what was when."""
        asked = []
        for number in range(length // EVERY):
            self.at(start + number * EVERY)
            window = last_settled(self.now, EVERY, SETTLE)
            asked.append((self.now, window))
            ran = self.chain.collect({"ec2": window}, lambda: self.now, final=False)
            assert ran.errors == {}
        return asked

    def daily(self, days, moment, **more):
        """Make up for days, as the scheduler does that is back; return what that asked."""
        before = asked(self.url)
        for number, day in enumerate(days):
            self.at(moment + number * EVERY)
            assert self.chain.collect({"ec2": day}, lambda: self.now, **more).errors == {}
        return asked(self.url) - before


@pytest.fixture
def scheduler(chain, stand_in):
    aws = stand_in(instances=len(FLEET), late=True)
    return Scheduler(chain(aws.url, METRICS, every="5m", settle="15m"), aws.url)


@pytest.fixture
def stop(figure, scheduler):
    """Run live, stop over three midnights, and run live again; ``back`` is when it came back."""

    def run(back=lambda _: None):
        length, returned = figure(1, 12) * HOUR, DAYS[3].start + 9 * HOUR
        before = scheduler.live(FIRST + HOUR, length)
        back(returned)
        return before + scheduler.live(returned + HOUR, length)

    return run


def shown(moment, key):
    """Return what CloudWatch showed of a point when a live run asked, if anything."""
    metric, _, instance, period, second = key
    one = next(one for one in FLEET if one.id == instance)
    [statistic] = METRICS[metric]
    value = truth.value(one, metric, statistic, period, second)
    series = one.key, truth.METRICS.index(metric), period, second, truth.native(one, metric)
    return truth_timing.as_of(moment.timestamp(), value, statistic, *series)


def test_live_runs_alone_keep_what_was_shown_when_they_asked(stop, store):
    """The negative arm: points are lost, by their lag and by the stop, and others outdated."""
    asked = stop()
    stored, true = found(store, METRICS), held(FLEET, METRICS, DAYS)
    reached = 0
    for moment, window in asked:
        for key in held(FLEET, METRICS, [window]):
            reached += 1
            soon = shown(moment + timedelta(minutes=1), key)  # while the run took its time
            assert stored.get(key) in {shown(moment, key), soon}
    lost = reached - len(stored)
    outdated = sum(value != true[key] for key, value in stored.items())
    print(  # ruff: ignore[print] - the figure of this test
        f"without the daily runs {len(true) - len(stored)} of {len(true)} points are lost, {lost} "
        f"of the {reached} that were asked, and {outdated} are outdated"
    )
    assert lost > 0.02 * reached
    assert outdated > 0.02 * reached


def test_after_three_midnights_without_a_scheduler_the_daily_runs_make_all_final(
    scheduler, stop, store
):
    stop(back=lambda moment: scheduler.daily(DAYS[:3], moment))
    scheduler.daily(DAYS[3:], DAYS[3].end + DAY_SETTLES)
    true = held(FLEET, METRICS, DAYS)
    assert found(store, METRICS) == true
    print(f"after the daily runs all {len(true)} points are there, with their last values")  # ruff: ignore[print] - the figure of this test
    whole = {one.id: "missing" if one.role == "gap" else "stored" for one in FLEET}
    for day in DAYS:
        days = coverage(store, day)
        assert {one: about["state"] for one, about in days.items()} == whole
        assert all(about["final"] for about in days.values())

    lacking = len(METRICS) * sum(one.role == "gap" for one in FLEET)
    before, moment = documents(store), scheduler.now + HOUR
    assert scheduler.daily(DAYS, moment) == 3 * lacking  # the last day was read just now
    assert scheduler.daily(DAYS, moment + 6 * HOUR) == lacking
    assert scheduler.daily(DAYS, moment + 12 * HOUR) == 0
    everything = len(DAYS) * len(FLEET) * len(METRICS)
    assert scheduler.daily(DAYS, moment + 18 * HOUR, force=True) == everything
    assert documents(store) == before
