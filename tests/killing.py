"""Kills: functions that run in processes of their own, which a test ends at random instants."""

import random
import signal
import time

import pytest


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
