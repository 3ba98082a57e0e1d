"""Which log groups are copied: the ``logs`` of ``collections.yaml``, by names of the owner's.

Nothing is copied that no entry names: logs hold what people typed, and copying them is opt-in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from nephoscope.config.patterns import matches
from nephoscope.config.values import NONEMPTY, Entry, Name, Span, Text

LONGEST_FILTER = 1024
"""Characters of a filter pattern that CloudWatch takes."""

_GROUP = r"[.\-_/#A-Za-z0-9*?]{1,512}"  # CloudWatch's characters, and a pattern's


def _group(name: str) -> str:
    if not re.fullmatch(_GROUP, name):
        raise ValueError(
            f"{name!r} is no log group: write its name, such as /shop/web, or a pattern with * "
            "and ?, such as /aws/lambda/*"
        )
    return name


def _expression(text: str) -> str:
    try:
        found = re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from error
    if found.search("") is not None:
        raise ValueError(f"{text!r} fits where nothing is: write what it shall take away")
    return text


def _list_of(items: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "array", "items": {"type": "string", **items}, "minItems": 1, "uniqueItems": True}
    )


Groups = Annotated[
    tuple[Annotated[Text, AfterValidator(_group)], ...],
    NONEMPTY,
    _list_of({"pattern": f"^({_GROUP})$"}),
]
Expressions = Annotated[
    tuple[Annotated[Text, AfterValidator(_expression)], ...], NONEMPTY, _list_of({"minLength": 1})
]


class Logs(Entry):
    """Log groups that are copied in the same way."""

    groups: Annotated[Groups, Field(examples=[["/shop/web", "/aws/lambda/*"]])]
    """Names or patterns (`*`, `?`) of log groups, in all accounts and regions. A group is of the
    first entry that it fits."""
    filter: Annotated[
        Text | None,
        Field(max_length=LONGEST_FILTER, examples=["?ERROR ?WARN"]),
    ] = None
    """CloudWatch's filter pattern: only events that it fits are copied."""
    redact: Annotated[Expressions, Field(examples=[["[0-9]{13,19}"]])] = ()
    """Regular expressions as Python has them: what they fit becomes `[redacted]` before anything
    is written, to the archive too."""
    keep: Annotated[
        Span | None, Field(examples=["90d"], json_schema_extra={"$comment": "for ever"})
    ] = None
    """How long to keep it: what is older is not asked of AWS, and `maintain_store` drops the
    months in which all is older."""

    def fits(self, group: str) -> bool:
        """Tell whether a log group is meant."""
        return any(matches(one, group) for one in self.groups)

    def fitting(self, groups: Collection[str]) -> list[str]:
        """Return those of its names and patterns that some of these log groups fit."""
        return [one for one in self.groups if any(matches(one, group) for group in groups)]


OptedIn = Mapping[Name, Logs]
"""The entries by their names, in the order of the file."""


def entry_of(logs: OptedIn, group: str) -> str | None:
    """Return the name of the first entry that a log group fits; None where it is not opted in."""
    return next((name for name, one in logs.items() if one.fits(group)), None)
