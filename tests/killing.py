"""Kills: functions that run in processes of their own, which a test ends at random instants."""

import os
import random
import signal
import sys
import time
from contextlib import contextmanager
from multiprocessing import get_context

import pytest


@contextmanager
def forked_from(module):
    """Processes forked from one that has imported a module, so that work begins at once."""
    context = get_context("forkserver")
    context.set_forkserver_preload([module])
    with pytest.MonkeyPatch.context() as patch:
        # Until Python 3.13 the server does not get the path of its parent (cpython issue 117378).
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield context


@pytest.fixture
def draw():
    """A random generator whose seed is printed."""
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # ruff: ignore[print]
    return random.Random(seed)


@pytest.fixture
def start(processes):
    """Start a function in a process of its own and wait until its work begins.

    ``processes`` is the test's own: processes forked from one that is warm.
    """

    def run(function, *arguments):
        begun = processes.Event()
        process = processes.Process(target=function, args=(begun, *arguments))
        process.start()
        assert begun.wait(60)
        return process

    return run


@pytest.fixture
def kill(start):
    """Kill a function's work after some seconds; say whether it still ran."""

    def strike(after, *function):
        process = start(*function)
        process.join(after)
        process.kill()
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        return process.exitcode != 0

    return strike


@pytest.fixture
def finish(start):
    """Let a function end by itself, and return how long it took."""

    def run(*function):
        process, begun = start(*function), time.monotonic()
        process.join()
        assert process.exitcode == 0
        return time.monotonic() - begun

    return run
