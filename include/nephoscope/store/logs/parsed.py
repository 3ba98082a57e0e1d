"""The JSON of a message, as far as a flattened field can hold it.

Elasticsearch refuses a document whose flattened field is too deep, or has a key with a NUL, or a
key that is too long together with its value. What doesn't fit is left out of the field and said;
the message has it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

DEEPEST = 15
"""Objects within one another; Elasticsearch's own limit is 20."""

LONGEST_PATH = 1000
"""Characters of all keys that lead to a value; with it a term is at most 32,766 bytes."""

LONGEST_VALUE = 1024
"""Characters of a value that can be searched; a longer one is stored, and not found."""

MOST_VALUES = 1000
"""Of one message; each is two terms of the index."""


@dataclass
class Fitted:
    """What fits of a JSON object.

    Attributes:
        fields: it.
        left_out: what does not, a few words each.
        values: how many there are.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    values: int = 0


def parsed(message: str) -> dict[str, Any] | None:
    """Return the JSON object that a message is; None if it is none."""
    if not message.lstrip().startswith("{"):
        return None
    try:
        found = orjson.loads(message)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def fitted(found: Mapping[str, Any]) -> Fitted:
    """Return what a field can hold of an object."""
    fit = Fitted()
    fit.fields = _object(fit, found, depth=1, length=0)
    return fit


def _object(fit: Fitted, found: Mapping[str, Any], depth: int, length: int) -> dict[str, Any]:
    kept = {}
    for key, value in found.items():
        if "\0" in key:
            fit.left_out.add("a key with a NUL")
        elif length + len(key) > LONGEST_PATH:
            fit.left_out.add(f"keys of more than {LONGEST_PATH} characters")
        else:
            kept[key] = _value(fit, value, depth, length + len(key) + 1)
    return kept


def _value(fit: Fitted, value: Any, depth: int, length: int) -> Any:
    if isinstance(value, dict):
        if depth == DEEPEST:
            fit.left_out.add(f"objects deeper than {DEEPEST}")
            return None
        return _object(fit, value, depth + 1, length)
    if isinstance(value, list):
        return [_value(fit, one, depth, length) for one in value]
    fit.values += 1
    if fit.values > MOST_VALUES:
        fit.left_out.add(f"more than {MOST_VALUES} values")
        return None
    if isinstance(value, str) and len(value) > LONGEST_VALUE:
        fit.left_out.add(f"from the search: values of more than {LONGEST_VALUE} characters")
    return value
