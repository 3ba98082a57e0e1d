"""Copies of logs that are killed at random instants and run again: none lost, double or wrong."""

from datetime import UTC, datetime, time, timedelta

import pytest

import truth
import truth_logs
from clouds import ANCHOR
from faults.logs.copying import copy, load_with_ids_of_chance, plan_windows, stored
from killing import forked_from
from nephoscope.archive.log_landing import EVENTS_FILE
from nephoscope.model import Window

A_SECOND = 100
"""Events of /dense."""

OVERLAP = 30
"""Seconds that a window has of the one before."""

BEGIN = datetime.combine(ANCHOR, time(3), UTC) - timedelta(days=2)


@pytest.fixture(scope="module")
def processes():
    with forked_from("faults.logs.copying") as context:
        yield context


def windows(count, seconds):
    """Windows of so many seconds, that overlap."""
    for number in range(count):
        start = BEGIN + timedelta(seconds=seconds * number)
        early = timedelta(seconds=OVERLAP if number else 0)
        yield Window(start - early, start + timedelta(seconds=seconds))


def expected(seconds):
    """The events of all windows, each once."""
    start = round(BEGIN.timestamp() * 1000)
    end = start + 1000 * seconds
    found = truth_logs.events(7, truth.instances(7, 50, ANCHOR), "eu-west-1", "/dense", start, end)
    return {("/dense", id_): tuple(event) for id_, event in found.items()}


def test_killed_copies_that_are_run_again_end_in_the_truth(
    store, elasticsearch_url, aws, tmp_path, draw, kill, finish, figure
):
    shards, seconds, kills = figure((2, 60, 2), (20, 500, 3))
    run = plan_windows(tmp_path, "/dense", list(windows(shards, seconds)))
    struck, usual = 0, 0.0
    for number in range(1, shards + 1):
        attempts = iter(range(1, 1000))

        def work(number=number, attempts=attempts):
            return copy, str(tmp_path), run, number, next(attempts), elasticsearch_url, aws.url

        usual = usual or finish(*work())
        for _ in range(kills):
            while not kill(draw.random() * usual, *work()):
                usual *= 0.8  # it had ended before
            struck += 1
        finish(*work())
    wanted = expected(shards * seconds)
    found = stored(store)
    assert len(found) == len(wanted) == A_SECOND * seconds * shards
    assert found == wanted
    print(f"{struck} kills, {len(found)} events")  # ruff: ignore[print]


def test_ids_of_chance_are_doubled(store, elasticsearch_url, aws, tmp_path, draw, kill, finish):
    """The negative arm: the same kills make doubles where ids are not of the content."""
    run = plan_windows(tmp_path, "/dense", [Window(BEGIN, BEGIN + timedelta(seconds=50))])
    finish(copy, str(tmp_path), run, 1, 1, elasticsearch_url, aws.url)
    [path] = tmp_path.rglob(f"*{EVENTS_FILE}")
    name = str(path.relative_to(tmp_path)).removesuffix(EVENTS_FILE)
    index = "cloudwatch-chance"
    store.indices.create(index=index)
    work = load_with_ids_of_chance, str(tmp_path), name, elasticsearch_url, index
    usual = finish(*work)
    for _ in range(2):
        kill(draw.uniform(0.5, 0.9) * usual, *work)
    finish(*work)
    store.indices.refresh(index=index)
    assert store.count(index=index)["count"] > 2 * A_SECOND * 50
