"""How the page writes values: one way for each kind, and a dash for what is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from math import floor, isnan
from typing import Any, Final

import pandas as pd

from nephoscope.model import Window
from nephoscope.quantities import size
from nephoscope.report.part import Format

DASH: Final = "\N{EN DASH}"


def shown(value: Any, how: Format) -> str:
    """Write a value of a table."""
    return DASH if pd.isna(value) else _WAYS[how](value)


def number(value: float) -> str:
    """Write a count whole, another number to two decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def percent(value: float) -> str:
    """Write per cent with one decimal."""
    return DASH if isnan(value) else f"{value:.1f}"


def coverage(value: float) -> str:
    """Write a coverage rounded down: 100 is said of what is whole alone."""
    return DASH if isnan(value) else f"{floor(value * 10) / 10:g}"


def lasting(seconds: float) -> str:
    """Write a length of time in its units: ``3 h 15 min``; above an hour to the minute."""
    minutes, rest = divmod(round(seconds), 60)
    rest = 0 if minutes > 60 else rest
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    units = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{count} {unit}" for count, unit in units if count) or "0 s"


def moment(at: datetime) -> str:
    """Write a moment to the minute."""
    return f"{at:%-d %b %Y %H:%M}"


def day(at: datetime) -> str:
    """Write a date."""
    return f"{at:%-d %B %Y}"


def span(window: Window) -> str:
    """Write a window of whole days, or what lies in one: ``20 November 2026``."""
    last = window.end - timedelta(seconds=1)
    if window.start.date() == last.date():
        return day(window.start)
    if (window.start.year, window.start.month) == (last.year, last.month):
        return f"{window.start.day} to {day(last)}"
    return f"{day(window.start)} to {day(last)}"


def plural(count: int, one: str) -> str:
    """Write how many there are: ``1 point``, ``2,000 points``."""
    return f"{count:,} {one}{'s' * (count != 1)}"


_WAYS: Final[Mapping[Format, Callable[[Any], str]]] = {
    "text": str,
    "number": number,
    "percent": percent,
    "bytes": size,
    "moment": moment,
    "lasting": lasting,
    "range": percent,
}
