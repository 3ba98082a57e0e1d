"""Runs commands and sees to it that none of their processes is left: `python -m …demo.guard`.

Airflow's components fork workers, those fork tasks, and tasks have process groups of their own;
`airflow standalone`, told to end, leaves all of them running. A guard adopts whatever its commands
leave behind, so every process below it can be found and ended. It ends them all when it is told
to end (SIGTERM, SIGINT, SIGHUP), when the process that started it is gone, and when one of the
commands ends; only with `--once` may they end, with status 0.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil

from nephoscope.demo.process import PARENT

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_GRACE = 12.0  # an idle scheduler ends within 3 s, one with a running task when the task does
_LAST_LINES = 20


def main() -> int:
    """Run the commands until the end of one of them, or of the guard."""
    options = _parse()
    parent = int(os.environ.pop(PARENT))
    _adopt_orphans()
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ending, _leave)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in options.commands.items():
            running[name] = _start(name, command, options.logs)
        return _watch(running, parent, options)
    finally:
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ending, signal.SIG_IGN)
        _end(running)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=main.__doc__)
    add = parser.add_argument
    add("--commands", type=json.loads, required=True, help="JSON: the arguments of each, by name")
    add("--logs", type=Path, required=True, help="folder of a log for each")
    add("--once", action="store_true", help="the commands are to end by themselves")
    return parser.parse_args()


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


def _start(name: str, command: list[str], logs: Path) -> subprocess.Popen[bytes]:
    with (logs / f"{name}.log").open("ab") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)


def _watch(
    running: Mapping[str, subprocess.Popen[bytes]], parent: int, options: argparse.Namespace
) -> int:
    """Wait for the first reason to end, and return the guard's status."""
    while os.getppid() == parent:
        ended = {name: one.poll() for name, one in running.items() if one.poll() is not None}
        for name, status in ended.items():
            if status != 0 or not options.once:
                print(f"{name} ended with status {status}; {_last(options.logs / f'{name}.log')}")
                return 1
        if len(ended) == len(running):
            return 0
        time.sleep(0.2)
    return 0


def _last(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LAST_LINES:]
    return "\n".join([f"{log} ends with:", *lines])


def _end(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Ask the commands to end, and kill what is left of them when they have, or after the grace."""
    for command in running.values():
        command.terminate()
    deadline = time.monotonic() + _GRACE
    while any(one.poll() is None for one in running.values()) and time.monotonic() < deadline:
        time.sleep(0.05)
    me = psutil.Process()
    while left := _living(me):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.05)


def _living(me: psutil.Process) -> list[psutil.Process]:
    living = []
    for process in me.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process.status() != psutil.STATUS_ZOMBIE:
                living.append(process)
    return living


if __name__ == "__main__":
    sys.exit(main())
