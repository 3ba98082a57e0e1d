"""A message without what differs from one to the next, so that equal ones can be counted.

Of a JSON object that is its ``message``, ``msg``, ``event`` or ``error``, else the text; of these
the first line, of a Python traceback the last. Times, ids, addresses and numbers become ``#``,
what stands in quotes ``"…"``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 160
"""Characters of a pattern."""

_READ = 600  # characters that it is made of
_KEYS = ("message", "msg", "event", "error")
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_DIFFERS = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]+(?:Z|[+-][0-9:]+)?"  # times
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # UUIDs
    r"|\b[a-z]{1,6}-[0-9a-f]{8,17}\b"  # AWS's ids
    r"|(?<=\[)[0-9a-f]{6,}(?=\])"  # what stands alone in brackets
    r"|\b(?=[a-f]*[0-9])[0-9a-f]{8,}\b"  # other hexadecimal ids
    r"|[0-9]+(?:[.:][0-9]+)*"  # addresses, numbers
)
_BLANKS = re.compile(r"\s+")


def pattern_of(message: str, parsed: Mapping[str, Any] | None) -> str:
    """Return the pattern of an event's message, in one line; empty where it has no text."""
    text = message if parsed is None else _text(message, parsed)
    lines = _BREAKS.split(text[:_READ].strip())
    line = lines[-1] if lines[0].startswith("Traceback ") else lines[0]
    plain = _DIFFERS.sub("#", _QUOTED.sub('"…"', line))
    return _BLANKS.sub(" ", plain).strip()[:LONGEST]


def _text(message: str, parsed: Mapping[str, Any]) -> str:
    found = (parsed.get(key) for key in _KEYS)
    return next((one for one in found if isinstance(one, str) and one), message)
