"""The kinds of values that ``collections.yaml`` holds: their checks, mends and JSON schemas."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Tag, WithJsonSchema

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_SPAN = r"0*[1-9][0-9]{0,8}[smhd]"
_NUMBER = r"[0-9]+(\.[0-9]{1,10})?"
_PERCENT = r"(100(\.0{1,10})?|[0-9]{1,2}(\.[0-9]{1,10})?)"
_STATISTIC = (  # CloudWatch's "Statistics definitions"
    "Average|Sum|Minimum|Maximum|SampleCount|IQM"
    rf"|(p|tm|tc|ts|wm){_PERCENT}"
    rf"|(TM|TC|TS|WM)\(({_PERCENT}%:({_PERCENT}%)?|:{_PERCENT}%)\)"
    rf"|(PR|TM|TC|TS|WM)\(({_NUMBER}:({_NUMBER})?|:{_NUMBER})\)"
)
_BOTH_BOUNDS = re.compile(r".*\(([0-9.]+)%?:([0-9.]+)%?\)")
_REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
_ACCOUNT = r"[0-9]{12}"
_NAME = r"[A-Za-z0-9][A-Za-z0-9_-]*"


class Entry(BaseModel):
    """A part of a file; an unknown key in it is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _span(value: Any) -> timedelta:
    if isinstance(value, timedelta) and value > timedelta():
        return value
    if not re.fullmatch(_SPAN, str(value)):
        raise ValueError(f"{value!r} is no span of time: write a number and s, m, h or d, as in 5m")
    return timedelta(**{_UNITS[value[-1]]: int(value[:-1])})


def _statistic(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(_STATISTIC, value):
        raise ValueError(
            f"{value!r} is no CloudWatch statistic: write Average, Sum, Minimum, Maximum, "
            "SampleCount, IQM, a percentile such as p99, a trimmed mean such as tm90 or "
            "TM(10%:90%), or wm, tc, ts likewise, or a percentile rank such as PR(:300)"
        )
    bounds = _BOTH_BOUNDS.fullmatch(value)
    if bounds and float(bounds[1]) >= float(bounds[2]):
        raise ValueError(f"{value!r} holds nothing: write the lower bound first")
    return value


def _period(value: Any) -> Any:
    if value == "auto" or (type(value) is int and value > 0 and value % 60 == 0):
        return value
    raise ValueError(f"{value!r} is no period: write auto or a multiple of 60 seconds, such as 300")


def _region(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(_REGION, value):
        raise ValueError(f"{value!r} is no AWS region: write its code, such as eu-west-1")
    return value


def _account(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(_ACCOUNT, value):
        raise ValueError(
            f"{value!r} is no account id: write its 12 digits in quotes, such as '123456789012'"
        )
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(_NAME, value):
        raise ValueError(f"{value!r} is no name: write letters, digits, _ and -, such as web-fleet")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError(f"{value!r} is no text: write it in quotes, such as '{value or 'name'}'")
    return value


def _listed(values: Any) -> Any:
    if not isinstance(values, (list, tuple)) or not values:
        raise ValueError(f"{values!r} is no list: write one or more, in [ ]")
    return _distinct(values)


def _distinct(values: Any) -> Any:
    if not isinstance(values, (list, tuple)):
        # pydantic takes a TypeError for a fault of ours
        raise ValueError(f"{values!r} is no list: write it in [ ]")  # ruff: ignore[type-check-without-type-error]
    for number, value in enumerate(values):
        if value in values[:number]:
            raise ValueError(f"{value!r} stands twice: leave one out")
    return values


def _one_or_more(values: Any) -> Any:
    return _listed(values if isinstance(values, (list, tuple)) else [values])


def _matching(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^({pattern})$"}


def _array(items: dict[str, Any], *, least: int = 1) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least, "uniqueItems": True}


def _any_of(*schemas: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(schemas)})


def _word(word: str) -> Discriminator:
    """Tell a word from a list; what is neither is judged, and told, as a list.

    A list's tag is empty, so that it does not show where an error is told.
    """
    return Discriminator(lambda value: word if value == word else "")


NONEMPTY = BeforeValidator(_listed)
"""Refuses what is no list, and an empty one."""

_TEXT = {"type": "string", "minLength": 1}

Span = Annotated[timedelta, BeforeValidator(_span), WithJsonSchema(_matching(_SPAN))]
Name = Annotated[str, BeforeValidator(_name), WithJsonSchema(_matching(_NAME))]
Text = Annotated[str, BeforeValidator(_text), WithJsonSchema(_TEXT)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more), _any_of(_TEXT, _array(_TEXT))]
TextList = Annotated[tuple[Text, ...], BeforeValidator(_listed), WithJsonSchema(_array(_TEXT))]
Period = Annotated[
    Literal["auto"] | int,
    BeforeValidator(_period),
    _any_of({"const": "auto"}, {"type": "integer", "multipleOf": 60, "minimum": 60}),
]
Statistics = Annotated[
    tuple[Annotated[str, BeforeValidator(_statistic)], ...],
    BeforeValidator(_listed),
    WithJsonSchema(_array(_matching(_STATISTIC))),
]
Regions = Annotated[
    Annotated[Literal["all"], Tag("all")]
    | Annotated[
        tuple[Annotated[str, BeforeValidator(_region)], ...], BeforeValidator(_listed), Tag("")
    ],
    _word("all"),
    _any_of({"const": "all"}, _array(_matching(_REGION))),
]
Linked = Annotated[
    Annotated[Literal["all"], Tag("all")]
    | Annotated[
        tuple[Annotated[str, BeforeValidator(_account)], ...], BeforeValidator(_distinct), Tag("")
    ],
    _word("all"),
    _any_of({"const": "all"}, _array(_matching(_ACCOUNT), least=0)),
]
DimensionSet = Annotated[
    Annotated[Literal["any"], Tag("any")]
    | Annotated[tuple[Text, ...], BeforeValidator(_distinct), Tag("")],
    _word("any"),
    _any_of({"const": "any"}, _array(_TEXT, least=0)),
]
