"""A service of our own that runs as a child process: started, waited for, stopped.

The parent's side is `Service`, the child's `announce` and `die_with_parent`. They meet in a file:
the child writes its URL there once it answers, and the parent waits for that file.

    service = Service.start([sys.executable, "-m", "nephoscope.demo.aws", …], ready, log)
    service.url      # "http://127.0.0.1:41234"
    service.stop()
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from nephoscope.errors import NephoscopeError

PARENT = "NEPHOSCOPE_PARENT_PID"
"""The environment variable by which a child learns whose death ends it."""

LAST_LINES = 20
"""How much of the child's log an error quotes."""


class ServiceError(NephoscopeError, RuntimeError):
    """A service did not start; the message ends with the last lines of its log."""


class Service:
    """A child process that has said that it is ready; as a context, it is stopped at the end.

    Attributes:
        url: what the child wrote into its ready file.
    """

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    @classmethod
    def start(
        cls, argv: Sequence[str], ready_file: Path, log: Path, timeout: float = 60.0
    ) -> Service:
        """Start a child and wait until its ready file has its URL.

        The child has a session of its own, so that Ctrl-C reaches the parent alone, which then
        stops its services in its own order. A child that ends first raises `ServiceError`, and so
        does one that is not ready in time, which is killed.

        Args:
            argv: the command; the child must know the ready file from it.
            ready_file: where the child will write its URL; what stands there is removed first.
            log: where stdout and stderr are appended.
            timeout: seconds to wait.
        """
        ready_file.unlink(missing_ok=True)
        with log.open("ab") as output:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, PARENT: str(os.getpid())},
                start_new_session=True,
            )
        service = cls(process, "")
        try:
            service.url = _url(process, ready_file, log, timeout)
        except BaseException:
            service.kill()
            raise
        return service

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether the child has not ended."""
        return self.process.poll() is None

    def stop(self, grace: float = 10.0) -> int:
        """Ask the child to end, kill it after the grace (seconds), and return its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(grace)
        except subprocess.TimeoutExpired:
            return self.kill()

    def kill(self) -> int:
        """End the child at once, as a crash would, and return its exit code (-9)."""
        self.process.kill()
        return self.process.wait()


def _url(process: subprocess.Popen[bytes], ready_file: Path, log: Path, timeout: float) -> str:
    """Wait for the ready file and return what it holds."""
    deadline = time.monotonic() + timeout
    while not ready_file.exists():
        code = process.poll()
        if code is not None:
            raise ServiceError(f"{process.args!r} ended with code {code}: {_tail(log)}")
        if time.monotonic() > deadline:
            raise ServiceError(f"{process.args!r} was not ready in {timeout:g} s: {_tail(log)}")
        time.sleep(0.02)
    return ready_file.read_text(encoding="utf-8").strip()


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-LAST_LINES:]) or "it wrote nothing"


def announce(ready_file: Path, url: str) -> None:
    """Write the URL into the ready file in one step: a reader sees all of it or nothing."""
    handle, name = tempfile.mkstemp(dir=ready_file.parent, prefix=f".{ready_file.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(url)
    Path(name).replace(ready_file)


def die_with_parent(grace: float = 10.0) -> None:
    """End this process when the process that started it as a `Service` has gone.

    It gets SIGTERM, and after the grace (seconds) it exits with code 1. Without such a parent,
    as when started by hand, nothing is watched.

    The parent's id is watched, since Linux's parent-death signal comes already when the *thread*
    that started the child ends, and a pipe stays open in whatever the parent has forked.
    """
    parent = os.environ.pop(PARENT, None)
    if parent is not None:
        threading.Thread(
            target=_watch, args=(int(parent), grace), name="die-with-parent", daemon=True
        ).start()


def _watch(parent: int, grace: float) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os._exit(1)
