"""The pages as HTML that needs no script, in the style of the reports."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from math import floor
from typing import Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from nephoscope.quantities import dollars
from nephoscope.report.names import printable
from nephoscope.store.coverage.calendar import CoveredDay

_WHOLE, _NEARLY, _PARTLY = 1.0, 0.99, 0.9


def render(template: str, **values: Any) -> str:
    """Write a page; every value is escaped, and one that is missing is an error."""
    return _templates().get_template(f"{template}.html.jinja").render(values)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=ChoiceLoader(
            [PackageLoader("nephoscope.airflow.web"), PackageLoader("nephoscope.report")]
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "age": age,
        "dollars": dollars,
        "json": _json,
        "moment": "{:%-d %b %Y %H:%M}".format,
        "number": "{:,}".format,
        "percent": percent,
        "printable": printable,
        "quoted": lambda text: quote(text, safe=""),
        "shade": shade,
    }
    return templates


def percent(share: float) -> str:
    """Write a share in per cent, rounded down: 100 is said of what is whole alone."""
    return f"{floor(share * 1000) / 10:g}"


def shade(day: CoveredDay | None) -> str:
    """Name the class of a day in the calendar."""
    if day is None:
        return "unseen"
    if day.share is None:
        return "idle"
    limits = {"whole": _WHOLE, "nearly": _NEARLY, "partly": _PARTLY, "poor": 0.0}
    return next(name for name, least in limits.items() if day.share >= least)


def age(span: timedelta) -> str:
    """Write how long ago something was, in its largest unit: ``3 min``, ``5 h``, ``2 days``."""
    minutes = max(0, span // timedelta(minutes=1))
    if minutes < 120:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24:,} days"


def _json(value: Any) -> str:
    return json.dumps(value, indent=1)  # in ASCII, where no character hides or steers
