"""A load that is killed at a random instant and run again: nothing lost, double or wrong."""

import os
import sys
from multiprocessing import get_context

import pytest

from faults.store.loading import load_planted, load_with_ids_of_chance
from faults.store.planted import truth

INSTANCES, MINUTES = 20, 100
DOCUMENTS = INSTANCES * MINUTES


@pytest.fixture(scope="module")
def processes():
    """Processes forked from a warmed one, so that a load begins at once."""
    context = get_context("forkserver")
    context.set_forkserver_preload(["faults.store.loading"])
    with pytest.MonkeyPatch.context() as patch:
        # Until Python 3.13 the server does not get the path of its parent (cpython issue 117378).
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield context


def test_a_killed_load_that_is_run_again_ends_in_the_truth(
    elasticsearch_url, namespace, stored, draw, kill, finish, figure
):
    """Each load merges a newer read into the one before: the first creates, the others merge."""
    struck = partly = version = 0
    usual = 1.0
    while struck < figure(10, 200):
        version += 1
        load = load_planted, elasticsearch_url, namespace, INSTANCES, MINUTES, version
        struck += kill(draw.random() * usual, *load)
        now, whole = stored(), truth(INSTANCES, MINUTES, version)
        partly += 0 < len(now.items() & whole.items()) < len(whole)
        usual = finish(*load)
        assert stored() == whole
    print(f"{struck} kills, {partly} with part of the documents")  # ruff: ignore[print]
    assert partly


def test_ids_of_chance_are_doubled(elasticsearch_url, elasticsearch, namespace, draw, kill, finish):
    """The negative arm: the same kills make doubles where ids are not of the content."""
    index = f"{namespace}-doubled"
    elasticsearch.indices.create(index=index)
    load = load_with_ids_of_chance, elasticsearch_url, index, INSTANCES, MINUTES
    usual = finish(*load)
    for _ in range(3):
        kill(draw.uniform(0.3, 0.9) * usual, *load)
    finish(*load)
    elasticsearch.indices.refresh(index=index)
    assert elasticsearch.count(index=index)["count"] > 2 * DOCUMENTS
