"""When instances ran, as far as anybody saw: by their last start and stop, and what was seen."""

from datetime import timedelta

from discovered import LAUNCHED, NOW, instance
from nephoscope.chain.lives import Life, lives
from nephoscope.instances import FOREVER
from nephoscope.model import Window
from nephoscope.plan.fleet import Remembered
from nephoscope.plan.planning import Plan
from nephoscope.store.inventory import Version

DAY = timedelta(days=1)
ONE = instance(1).resource


def life(*seen, versions=(), silent=()):
    return lives(Plan(NOW, {}, silent=silent), seen, versions)[ONE]


def version(first, last, **facts):
    """Return a version that was seen from so many days ago to so many days ago."""
    return Version(ONE, instance(1, **facts).attributes, NOW - first * DAY, NOW - last * DAY)


def test_one_that_runs_is_known_since_its_last_start_and_not_before():
    span = Window(LAUNCHED, FOREVER)
    assert life(instance(1)) == Life((span,), (span,))


def test_one_that_is_stopped_ran_until_then_and_is_known_to_rest():
    stopped = instance(1, state="stopped", stopped_at=NOW - 3 * DAY)
    found = life(stopped)
    assert found.running == (Window(LAUNCHED, NOW - 3 * DAY),)
    assert found.known == (Window(LAUNCHED, FOREVER),)


def test_one_whose_stop_has_no_time_is_known_only_since_it_was_seen():
    found = life(instance(1, state="stopped"), versions=[version(5, 2, state="stopped")])
    assert found == Life((), (Window(NOW - 5 * DAY, NOW - 2 * DAY), Window(NOW, FOREVER)))


def test_what_was_before_a_restart_is_known_where_the_inventory_saw_it():
    found = life(instance(1, launched_at=NOW - DAY), versions=[version(9, 4)])
    spans = Window(LAUNCHED, NOW - 4 * DAY), Window(NOW - DAY, FOREVER)
    assert (found.running, found.known) == (spans, spans)


def test_a_version_that_was_seen_once_is_known_until_then():
    found = life(instance(1, launched_at=NOW - DAY), versions=[version(4, 4)])
    assert found.known == (Window(LAUNCHED, NOW - 4 * DAY), Window(NOW - DAY, FOREVER))


def test_one_that_was_terminated_when_it_had_stopped_ran_until_it_stopped():
    stopped = version(4, 2, state="stopped", stopped_at=NOW - 5 * DAY)
    running = version(9, 6)
    found = life(instance(1, state="terminated", stopped_at=NOW - DAY), versions=[running, stopped])
    assert found.running == (Window(LAUNCHED, NOW - 5 * DAY),)
    assert found.known == (Window(LAUNCHED, FOREVER),)


def test_what_aws_lists_no_more_ran_until_it_was_last_seen():
    found = life(silent=[Remembered(instance(1), NOW - 2 * DAY)])
    assert found.running == (Window(LAUNCHED, NOW - 2 * DAY),)
    assert found.known == (Window(LAUNCHED, FOREVER),)


def test_of_what_nobody_described_nothing_is_known():
    assert lives(Plan(NOW, {}), []) == {}
