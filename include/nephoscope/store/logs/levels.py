"""How severe an event is: one of six levels, found by a rule.

1. Of a JSON object the first of the keys `KEYS` that holds a word of `WORDS`, in any case, or a
   number as pino and bunyan have it (10 trace … 60 fatal).
2. Else, in the first `LOOKED_AT` characters, the first word of `WORDS` that stands in capitals, in
   brackets or after ``level=`` or ``severity=``.
3. Else error, where one of `FAILURES` is anywhere in those characters.
4. Else none: the event has no level.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LEVELS = ("trace", "debug", "info", "warn", "error", "fatal")

ERRORS = ("error", "fatal")
"""What counts as an error."""

WORDS = {
    **{level: level for level in LEVELS},
    "notice": "info",
    "warning": "warn",
    "err": "error",
    "severe": "error",
    "critical": "fatal",
    "crit": "fatal",
    "alert": "fatal",
    "emergency": "fatal",
    "panic": "fatal",
}
KEYS = ("level", "severity", "log.level", "levelname", "loglevel", "lvl")
LOOKED_AT = 500
FAILURES = ("Traceback (most recent call last)", "Exception in thread", "Task timed out after")

_ANY = "|".join(sorted(WORDS, key=len, reverse=True))
_WORD = re.compile(
    rf"\b({_ANY.upper()})\b|\[({_ANY})\]|\b(?:level|severity|lvl)\W{{1,3}}({_ANY})\b".replace(
        f"({_ANY})", f"((?i:{_ANY}))"
    )
)
_NUMBERS = dict(enumerate(LEVELS, start=1))


def level_of(message: str, parsed: Mapping[str, Any] | None) -> str | None:
    """Return the level of an event; None where nothing says it.

    Args:
        message: its text.
        parsed: the JSON object that it is; None if it is none.
    """
    if parsed is not None:
        for key in KEYS:
            if found := _said(parsed.get(key)):
                return found
    head = message[:LOOKED_AT]
    if word := _WORD.search(head):
        return WORDS[next(filter(None, word.groups())).lower()]
    return "error" if any(one in head for one in FAILURES) else None


def _said(value: Any) -> str | None:
    if isinstance(value, str):
        return WORDS.get(value.lower())
    if isinstance(value, int) and not isinstance(value, bool):
        return _NUMBERS.get(value // 10)
    return None
