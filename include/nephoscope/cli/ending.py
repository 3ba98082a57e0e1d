"""How commands that stay come to their end: in order, by Ctrl-C or when they are told to."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import FrameType

_ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def in_order() -> Generator[None]:
    """Let the first signal to end raise KeyboardInterrupt, and the rest wait for the stopping.

    A signal that the caller ignores, as `nohup` does, stays ignored.
    """
    before = {number: signal.getsignal(number) for number in _ENDINGS}
    wanted = [number for number in _ENDINGS if before[number] is not signal.SIG_IGN]

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in wanted:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in wanted:
        signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number in wanted:
            signal.signal(number, before[number])


def stay(check: Callable[[], None]) -> None:
    """Stay until a signal; the check is called each second and may raise."""
    try:
        while True:
            check()
            time.sleep(1)
    except KeyboardInterrupt:
        return
