"""A load that is killed at a random instant and run again: nothing lost, double or wrong."""

import os
import random
import signal
import sys
import time
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


@pytest.fixture
def draw():
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # ruff: ignore[print]
    return random.Random(seed)


@pytest.fixture
def start(processes):
    """Start a function in a process of its own and wait until its load begins."""

    def run(function, *arguments):
        begun = processes.Event()
        process = processes.Process(target=function, args=(begun, *arguments))
        process.start()
        assert begun.wait(60)
        return process

    return run


@pytest.fixture
def kill(start):
    """Kill a function's load after some seconds; say whether it still ran."""

    def strike(after, *load):
        process = start(*load)
        process.join(after)
        process.kill()
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        return process.exitcode != 0

    return strike


@pytest.fixture
def finish(start):
    """Let a function's load end by itself, and return how long it took."""

    def run(*load):
        process, begun = start(*load), time.monotonic()
        process.join()
        assert process.exitcode == 0
        return time.monotonic() - begun

    return run


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
