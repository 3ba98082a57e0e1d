"""The clock of the stand-in AWS, which a test can set."""

from __future__ import annotations

import time


class Clock:
    """Tells seconds since 1970: the wall clock's, or what it was set to and runs on from.

    What AWS measures in durations (its quotas) does not follow it.
    """

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return time.time() + self._ahead

    def put(self, now: float | None) -> None:
        """Set it to seconds since 1970; None is back to the wall clock."""
        self._ahead = 0.0 if now is None else now - time.time()
