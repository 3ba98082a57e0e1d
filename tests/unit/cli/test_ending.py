"""The first signal ends a command; those after it wait until all is stopped."""

import os
import signal
import subprocess
import sys

import pytest

from nephoscope.cli.ending import in_order, stay

COMMAND = """
import signal, sys
from nephoscope.cli.ending import in_order, stay
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)  # the tests may run where one is ignored
with in_order():
    try:
        stay(lambda: print("staying", flush=True))
    finally:
        print("stopping", flush=True)
        sys.stdin.readline()
        print("stopped", flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_stops_in_order_however_often_it_is_told(number):
    with subprocess.Popen(
        [sys.executable, "-c", COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "staying\n"
        process.send_signal(number)
        assert next(line for line in process.stdout if line != "staying\n") == "stopping\n"
        process.send_signal(number)
        process.send_signal(signal.SIGTERM)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "stopped\n"
    assert process.returncode == 0


def test_what_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with in_order():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_failing_check_ends_the_stay():
    def fails():
        raise OSError("a service has ended")

    with pytest.raises(OSError, match="a service has ended"):
        stay(fails)
