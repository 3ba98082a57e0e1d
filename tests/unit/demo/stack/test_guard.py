"""Of guarded commands nothing is left, however they or their starter end."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from nephoscope.demo.process import ServiceError
from nephoscope.demo.stack.guarded import Guarded

LEAVES_ONE_BEHIND = """
import os, signal, sys, time
if os.fork() == 0:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(600)
"""
STARTER = """
import os, sys, time
from pathlib import Path
from nephoscope.demo.stack.guarded import Guarded
Guarded({"one": [sys.executable, "-c", sys.argv[2], sys.argv[1] + "/pid"]}, Path(sys.argv[1]),
        os.environ)
time.sleep(600)
"""


def guard(folder, *scripts, once=False):
    commands = {
        f"command{number}": [sys.executable, "-c", script, str(folder / "pid")]
        for number, script in enumerate(scripts)
    }
    return Guarded(commands, folder, os.environ, once=once)


def deaf(folder):
    """Wait for the process that a command leaves behind, deaf and in a session of its own."""
    path = folder / "pid"
    deadline = time.monotonic() + 30
    while not (path.exists() and path.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return psutil.Process(int(path.read_text()))


def ended(process):
    gone, _ = psutil.wait_procs([process], timeout=30)
    return gone == [process]


def until_it_ends(guarded):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        guarded.check()
        time.sleep(0.05)


def test_what_a_command_leaves_behind_is_ended(tmp_path):
    with guard(tmp_path, LEAVES_ONE_BEHIND) as guarded:
        left = deaf(tmp_path)
        guarded.check()
    assert ended(left)


def test_nothing_survives_the_starter(tmp_path):
    command = [sys.executable, "-c", STARTER, str(tmp_path), LEAVES_ONE_BEHIND]
    with subprocess.Popen(command) as starter:
        left = deaf(tmp_path)
        starter.kill()
    assert ended(left)


@pytest.mark.parametrize("status", [0, 3])
def test_the_end_of_one_ends_all_and_is_told(tmp_path, status):
    dies = f"import sys, time; time.sleep(0.5); print('out of luck'); sys.exit({status})"
    with guard(tmp_path, LEAVES_ONE_BEHIND, dies) as guarded:
        with pytest.raises(ServiceError, match=rf"(?s)command1 ended with status {status}.*luck"):
            until_it_ends(guarded)
        assert ended(deaf(tmp_path))


def test_commands_that_are_to_end_may_do_so(tmp_path):
    with guard(tmp_path, "", "print()", once=True) as guarded:
        guarded.wait(30)


def test_the_failure_of_a_command_that_is_to_end_is_told(tmp_path):
    with (
        guard(tmp_path, "raise SystemExit('no such table')", once=True) as guarded,
        pytest.raises(ServiceError, match=r"(?s)status 1.*no such table"),
    ):
        guarded.wait(30)


def test_a_command_that_takes_too_long_is_ended_and_told(tmp_path):
    guarded = guard(tmp_path, LEAVES_ONE_BEHIND, once=True)
    left = deaf(tmp_path)
    with pytest.raises(ServiceError, match=r"took over 0\.1 s"):
        guarded.wait(0.1)
    assert ended(left)
