"""How durations, sizes and prices are written for people: two or three figures and a unit."""

from __future__ import annotations

import math

_SIZES = ("kB", "MB", "GB", "TB", "PB")
_CENTS = 0.1  # US dollars from which on a hundredth says enough


def duration(seconds: float) -> str:
    """Write a span of time, rounded up: ``3 s``, ``4 min``, ``2.5 h``, ``3 days``."""
    if seconds <= 120:
        return f"{math.ceil(seconds)} s"
    if seconds <= 120 * 60:
        return f"{math.ceil(seconds / 60)} min"
    hours = math.ceil(seconds / 360) / 10
    return f"{hours:g} h" if hours <= 48 else f"{math.ceil(hours / 24):,} days"


def size(of: float) -> str:
    """Write a number of bytes, a kB being 1000 of them: ``950 B``, ``4.6 MB``, ``120 GB``."""
    if of < 1000:
        return f"{of:.0f} B"
    for unit in _SIZES:
        of /= 1000
        if of < 999.5 or unit == _SIZES[-1]:
            break
    return f"{of:.1f} {unit}" if of < 99.95 else f"{of:,.0f} {unit}"


def dollars(amount: float) -> str:
    """Write a price in US dollars; what is less than ten cents to a hundredth of a cent."""
    return f"${amount:,.4f}" if 0 < amount < _CENTS else f"${amount:,.2f}"


def priced(value: float) -> str:
    """Write US dollars, to the price of one metric where they are no whole cents."""
    whole, _, parts = f"{value:,.5f}".partition(".")
    return f"${whole}.{parts.rstrip('0').ljust(2, '0')}"
