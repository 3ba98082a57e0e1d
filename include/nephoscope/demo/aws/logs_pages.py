"""Pages of FilterLogEvents, as `nephoscope.demo.aws.logs` specifies them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from nephoscope.demo.aws.logs_events import Event, events
from nephoscope.demo.aws.logs_facts import Group
from nephoscope.demo.aws.wire import Refusal

MOST_BYTES = 1 << 20
OVERHEAD = 26
SLOTS = 20_000
EMPTY = 4
"""Every so many pages there is one with nothing on it."""

_AT_ONCE = 2_000  # slots
_TERM = re.compile(r'([?-]?)(?:"([^"]+)"|([\w./:@-]+))\s*')

Fits = Callable[[Event], bool]


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: its number from 1, and the time and stream of its first event."""

    number: int
    t: int
    stream: int = 0

    @classmethod
    def read(cls, token: str | None, start: int) -> Self:
        """Read a token; without one it is the first page, at a start in milliseconds."""
        if token is None:
            return cls(1, start)
        try:
            return cls(*map(int, token.split("-")))
        except (TypeError, ValueError) as error:
            message = "The specified nextToken is invalid."
            raise Refusal("InvalidParameterException", message) from error

    def __str__(self) -> str:
        return f"{self.number}-{self.t}-{self.stream}"


def page(
    group: Group, position: Position, end: int, limit: int, fits: Fits
) -> tuple[list[Event], Position | None]:
    """Return the events of a page, and where the next one begins; None after the last.

    Args:
        group: whose events they are.
        position: where the page begins.
        end: the last millisecond that is asked.
        limit: of events on the page.
        fits: tells whether an event is wanted, and there.
    """
    following = replace(position, number=position.number + 1)
    if position.number % EMPTY == 0:
        return [], following
    found: list[Event] = []
    size, at = 0, position.t
    step = max(1, _AT_ONCE * group.slot // max(1, len(group.streams)))
    for _ in range(SLOTS // _AT_ONCE):
        if at > end:
            return found, None
        for one in events(group, at, min(end, at + step - 1)):
            if (one.t, one.number) < (position.t, position.stream) or not fits(one):
                continue
            size += len(one.message.encode()) + OVERHEAD
            if found and (len(found) == limit or size > MOST_BYTES):
                return found, replace(following, t=one.t, stream=one.number)
            found.append(one)
        at += step
    return found, replace(following, t=at, stream=0) if at <= end else None


def matcher(pattern: str) -> Callable[[str], bool]:
    """Return what tells whether a message fits a filter pattern of terms."""
    terms = [(sign, phrase or word) for sign, phrase, word in _TERM.findall(pattern)]
    if _TERM.sub("", pattern).strip():
        raise Refusal("InvalidParameterException", f"The stand-in knows no {pattern!r}.")
    wanted = [text for sign, text in terms if not sign]
    some = [text for sign, text in terms if sign == "?"]
    none = [text for sign, text in terms if sign == "-"]

    def fits(message: str) -> bool:
        return (
            all(one in message for one in wanted)
            and (not some or any(one in message for one in some))
            and not any(one in message for one in none)
        )

    return fits
