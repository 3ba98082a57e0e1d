"""A replay of rejected documents that is killed and run again: nothing lost, double or wrong."""

import pytest

from faults.store import restoring
from faults.store.planted import truth
from killing import forked_from
from nephoscope.archive.rejected import Waiting, waiting
from nephoscope.store.schema.making import ensure_indices
from unit.store.points_table import NOON

INSTANCES, MINUTES = 10, 40


@pytest.fixture(scope="module")
def processes():
    """Processes forked from a warmed one, so that a replay begins at once."""
    with forked_from("faults.store.restoring") as context:
        yield context


def test_a_killed_replay_that_is_run_again_ends_in_the_truth(
    elasticsearch_url, namespace, stored, tmp_path, draw, kill, finish, figure
):
    """Each round's documents are newer: the first are created, the others merged."""
    struck = partly = version = 0
    usual = 0.5
    while struck < figure(6, 60):
        version += 1
        restoring.keep_planted(tmp_path, namespace, INSTANCES, MINUTES, version)
        work = restoring.replay, tmp_path, elasticsearch_url
        struck += kill(draw.random() * usual, *work)
        partly += 0 < waiting(tmp_path).files < restoring.FILES
        usual = finish(*work)
        assert stored() == truth(INSTANCES, MINUTES, version)
        assert waiting(tmp_path) == Waiting(0, 0, None)
    print(f"{struck} kills, {partly} with part of the files")  # ruff: ignore[print]


def test_a_replay_that_removes_before_it_stores_loses_when_it_is_killed(
    elasticsearch_url, elasticsearch, namespace, stored, tmp_path, draw, kill, finish
):
    """The negative arm: the same kills lose documents where the file goes first."""
    ensure_indices(elasticsearch, namespace, [NOON.date().replace(day=1)])
    work = restoring.replay_carelessly, tmp_path, elasticsearch_url
    restoring.keep_planted(tmp_path, namespace, INSTANCES, MINUTES, 1)
    usual = finish(*work)
    for version in range(2, 20):
        restoring.keep_planted(tmp_path, namespace, INSTANCES, MINUTES, version)
        kill(draw.uniform(0.1, 0.9) * usual, *work)
        finish(*work)
        if stored() != truth(INSTANCES, MINUTES, version):
            return
    pytest.fail("nothing was lost")
