"""Commands of others, run under a guard: see `guard`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from nephoscope.demo.process import PARENT, ServiceError

_STOP_SECONDS = 40.0


class Guarded:
    """Commands that run, and with all their processes end, together.

    Args:
        commands: the arguments of each, by a name.
        logs: folder in which each adds to a log of its name.
        environment: of the commands.
        once: the commands are to end by themselves, with status 0.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        logs: Path,
        environment: Mapping[str, str],
        *,
        once: bool = False,
    ) -> None:
        self._said = logs / f"{'-'.join(commands)}.guard.log"
        argv = [sys.executable, "-m", "nephoscope.demo.stack.guard", "--logs", str(logs)]
        argv += ["--commands", json.dumps(commands), *(["--once"] if once else [])]
        with self._said.open("wb") as said:
            # A session of its own: Ctrl-C is for the parent alone, which stops in its own order.
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                env={**environment, PARENT: str(os.getpid())},
                start_new_session=True,
            )

    def check(self) -> None:
        """Return if all still run.

        Raises:
            ServiceError: one has ended; the message has the last lines of its log.
        """
        if self._process.poll() is not None:
            raise ServiceError(self._said.read_text(encoding="utf-8", errors="replace").strip())

    def wait(self, timeout: float) -> None:
        """Wait for the end of commands that end by themselves.

        Args:
            timeout: seconds, after which all are ended.

        Raises:
            ServiceError: one failed, or they took too long.
        """
        try:
            status = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.stop()
            raise ServiceError(f"{self._process.args!r} took over {timeout:g} s") from None
        if status != 0:
            self.check()

    def stop(self) -> None:
        """End them and all that they have started."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
