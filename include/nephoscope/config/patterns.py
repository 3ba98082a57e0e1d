"""Patterns of names: `*` stands for any characters, `?` for one, and nothing else is special."""

from __future__ import annotations

import re
from functools import cache


def is_pattern(text: str) -> bool:
    """Tell whether a text is a pattern, and not a plain name."""
    return "*" in text or "?" in text


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name is what a pattern, or a plain name, says; case counts."""
    return _compiled(pattern).fullmatch(name) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile by hand, as fnmatch takes `[` for special, which names in AWS do contain."""
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(c) or re.escape(c) for c in pattern), re.DOTALL)
