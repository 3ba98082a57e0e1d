"""R14: daily runs beside live ones, in any order of their steps: the newest reading stands."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from operator import itemgetter

import pytest

import truth
import truth_timing
from clouds import ANCHOR
from faults.chain.held import FIELDS, found, held
from nephoscope.archive import runs
from nephoscope.chain import steps
from nephoscope.chain.audit import audit
from nephoscope.model import Window
from nephoscope.plan.windows import DAY_SETTLES, last_settled
from nephoscope.store.coverage import sums
from nephoscope.store.load import comparing
from standing import tell

MINUTE, EVERY, SETTLE = timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15)
MIDNIGHT = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC) - timedelta(days=4)
DAYS = [Window.day(MIDNIGHT - EVERY), Window.day(MIDNIGHT)]
LIVE = {"CPUUtilization": ["Average"], "NetworkIn": ["Sum"]}
DAILY = {"CPUUtilization": ["Average", "Maximum"], "NetworkOut": ["Sum"]}
ALL = {**LIVE, **DAILY}
FLEET = truth.instances(7, 3, ANCHOR)


class Interleaved:
    """Runs whose steps are taken in any order, at simulated times; it keeps what was asked when."""

    def __init__(self, live, daily, url, draw):
        self.live = live
        self.daily = daily
        self.url = url
        self.draw = draw
        self.now = MIDNIGHT
        self.readings = []
        self.under_way = []

    def at(self, moment):
        self.now = moment
        tell(self.url, "POST", "clock", {"now": moment.timestamp()})

    def begin(self, chain, window, *, final):
        """Plan a run, now."""
        going = self.run(chain, window, final=final)
        next(going)
        self.under_way.append(going)

    def run(self, chain, window, *, final):
        """Yield after each step of a run."""
        fresh_for = timedelta(0) if final else timedelta(hours=1)
        planned = steps.plan(
            chain.root,
            chain.dag_id,
            chain.collections,
            {"ec2": window},
            chain.cloud,
            chain.client,
            self.now,
            fresh_for=fresh_for,
            slots=2,
        )
        yield
        for number in range(1, len(planned.shards) + 1):
            shard = runs.read_shard(chain.root, planned.run, number)
            self.readings.append((self.now, shard))
            done = steps.extract(chain.root, planned.run, number, 1, chain.cloud, lambda: self.now)
            yield
            steps.load(chain.root, planned.run, number, done.name, chain.client)
            yield
        if final:
            steps.compact(chain.root, planned.run, self.now)
        audit(chain.root, planned.run, chain.client, final=final)

    def go_on(self, most):
        """Take steps of any runs that are under way until there are so many at the most."""
        while len(self.under_way) > most:
            one = self.draw.choice(self.under_way)
            if next(one, self) is self:
                self.under_way.remove(one)

    def night(self, live_runs, daily_runs):
        """Run live every 5 minutes from midnight on, and daily runs of both days in between."""
        daily = [self.draw.randrange(live_runs) for _ in range(daily_runs)]
        for number in range(live_runs):
            self.at(MIDNIGHT + number * EVERY)
            window = last_settled(self.now, EVERY, SETTLE)
            self.begin(self.live, window, final=False)
            for _ in range(daily.count(number)):
                self.at(self.now + MINUTE)
                self.begin(self.daily, self.draw.choice(DAYS), final=True)
            self.go_on(self.draw.randrange(6))
        self.at(self.now + EVERY)
        self.go_on(0)


@pytest.fixture
def interleaved(chain, stand_in, draw):
    aws = stand_in(instances=len(FLEET), late=True)
    live = chain(aws.url, LIVE, every="5m", settle="15m")
    live.dag_id = "collect_metrics"
    return Interleaved(live, chain(aws.url, DAILY), aws.url, draw)


def shown(moment, one, metric, statistic, period, second):
    """Return what CloudWatch shows of a point at a moment, if anything."""
    value = truth.value(one, metric, statistic, period, second)
    series = one.key, truth.METRICS.index(metric), period, second, truth.native(one, metric)
    return truth_timing.as_of(moment.timestamp(), value, statistic, *series)


def asked(readings):
    """Return when each point was asked, the newest last."""
    fleet = {one.id: one for one in FLEET}
    moments = defaultdict(list)
    for moment, shard in sorted(readings, key=itemgetter(0)):
        begin, end = (int(at.timestamp()) for at in (shard.window.start, shard.window.end))
        for [(_, instance)], metric, statistic in shard.queries():
            for second in range(begin, min(end, int(moment.timestamp())), shard.period):
                moments[fleet[instance], metric, statistic, shard.period, second].append(moment)
    return moments


def newest(moments, point):
    """Return what may stand of a point: of the newest reading that had it, which took its time."""
    may = set()
    for moment in reversed(moments):
        first, last = (shown(at, *point) for at in (moment, moment + MINUTE))
        may |= {first, last} - {None}
        if first is not None:
            return may
    return may | {None}


def wrong(interleaved, store):
    """Return what stands and may not, or the other way."""
    stored = found(store, ALL)
    points = asked(interleaved.readings)
    differing = []
    for point, moments in points.items():
        one, metric, statistic, *when = point
        value = stored.pop((metric, FIELDS[statistic], one.id, *when), None)
        if value not in newest(moments, point):
            differing.append(point)
    return differing + list(stored)


def covered(store):
    """Return the states, and the points expected and lacking, of each region, period and day."""
    sums.refresh(store)
    return [
        ([*one.states], one.expected, one.lacking)
        for day in DAYS
        for one in sums.covered(store, day)
    ]


def test_in_any_order_of_steps_the_newest_reading_of_each_point_stands(figure, interleaved, store):
    interleaved.night(*figure((24, 4), (60, 20)))
    stood = found(store, ALL)
    assert wrong(interleaved, store) == []
    print(f"{len(stood)} values of {len(interleaved.readings)} shards are the newest ones read")  # ruff: ignore[print] - the figure of this test
    assert all((states, lacking) == (["not settled"], 0) for states, _, lacking in covered(store))

    for day in DAYS:
        interleaved.at(day.end + DAY_SETTLES)
        interleaved.daily.collect({"ec2": day}, lambda: interleaved.now)
    alone = {"NetworkIn": LIVE["NetworkIn"]}
    assert found(store, DAILY) == held(FLEET, DAILY, DAYS)
    assert found(store, alone) == {key: stood[key] for key in stood if key[0] in alone}
    assert sum(expected for _, expected, _ in covered(store)) == len(found(store, DAILY))
    assert all((states, lacking) == (["stored"], 0) for states, _, lacking in covered(store))


def test_a_load_that_overwrites_would_bring_earlier_values_back(interleaved, store, monkeypatch):
    """The negative arm."""
    monkeypatch.setattr(comparing, "merged", lambda _, read, __: read)
    interleaved.night(12, 2)
    assert wrong(interleaved, store)
