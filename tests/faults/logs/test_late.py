"""Events that reach CloudWatch late: 5-minute runs miss some, the sweep of the day has all."""

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest

import truth
import truth_logs
from clouds import ANCHOR, BotoCloud
from faults.logs.copying import collections, stored
from nephoscope.chain import logs
from nephoscope.model import Window
from nephoscope.plan.logs import overlapping
from standing import tell

DAY = Window.day(datetime.combine(ANCHOR, time(), UTC) - timedelta(days=2))
TICK = timedelta(minutes=5)
GROUPS = ("/shop/api", "/shop/worker", "/odd/names")


@pytest.fixture
def at(aws):
    """Set the stand-in's clock."""
    yield lambda moment: tell(aws.url, "POST", "clock", {"now": moment.timestamp()})
    tell(aws.url, "POST", "clock", {"now": None})


@pytest.fixture
def collect(aws, store, tmp_path, at):
    """Copy a window as a run does that begins at a moment."""
    opted, cloud = collections(*GROUPS), BotoCloud(aws.url)

    def run(window, moment):
        at(moment)
        planned = logs.plan_logs(tmp_path, "dag", opted, window, cloud, moment, slots=1)
        for shard in planned.shards:
            number = shard["number"]
            done = logs.extract_logs(tmp_path, planned.run, number, 1, cloud, lambda: moment)
            logs.load_logs(tmp_path, done.name, store)
        return planned

    return run


def expected(window):
    """The events of a window, whenever they came."""
    fleet = truth.instances(7, 50, ANCHOR)
    start, end = (round(1000 * one.timestamp()) for one in (window.start, window.end))
    return {
        (group, id_): tuple(event)
        for group in GROUPS
        for id_, event in truth_logs.events(7, fleet, "eu-west-1", group, start, end).items()
    }


def test_late_events_are_all_there_after_the_sweep(collect, store, tmp_path, figure):
    begin = DAY.start + timedelta(hours=9)
    ticks = [begin + TICK * n for n in range(figure(12, 96))]
    for tick in ticks:
        collect(overlapping(Window(tick, tick + TICK)), tick + TICK)
    live = stored(store)
    span = Window(begin - timedelta(minutes=10), ticks[-1] + TICK)
    wanted = expected(span)
    assert live.items() <= wanted.items()
    lost = wanted.keys() - live.keys()
    late = {key for key, (t, ingested, *_) in wanted.items() if ingested - t > 3000}
    assert lost
    assert lost <= late

    run = collect(DAY, DAY.end + timedelta(hours=6)).run
    whole = expected(DAY)
    assert stored(store) == whole
    share = sum(ingested - t > 3000 for t, ingested, *_ in whole.values()) / len(whole)
    assert 0.03 < share < 0.07
    print(Counter(lost=len(lost), late=len(late), all=len(whole)))  # ruff: ignore[print]
    files = logs.compact(tmp_path, run, DAY.end + timedelta(hours=7))
    assert sum(one.events for one in files) == len(whole)


def test_without_the_overlap_what_is_minutes_late_is_lost(collect, store):
    """The negative arm."""
    minute = 60_000
    key, t = next(
        (key, t)
        for key, (t, ingested, *_) in expected(DAY).items()
        if minute < ingested - t < 5 * minute and t % (5 * minute) > 4 * minute
    )
    first = datetime.fromtimestamp(t // (5 * minute) * 300, UTC)
    ticks = [first + TICK * n for n in range(3)]
    for tick in ticks:
        collect(Window(tick, tick + TICK), tick + TICK)
    assert key not in stored(store)
    for tick in ticks:
        collect(overlapping(Window(tick, tick + TICK)), tick + TICK)
    assert key in stored(store)
