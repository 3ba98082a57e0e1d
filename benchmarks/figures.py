"""Figures: what a benchmark found, against what, and what it should be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One number.

    Attributes:
        name: what was measured.
        value: what was found.
        unit: of the value.
        against: what it is compared with, or counted in.
        target: such as ">= 20" or "<= 1.15"; empty where there is none.
        met: whether the value is within it; None where there is none.
    """

    name: str
    value: float
    unit: str
    against: str
    target: str = ""
    met: bool | None = None


def at_least(name: str, value: float, unit: str, against: str, target: float) -> Figure:
    """Return a figure that should not be below its target."""
    return Figure(name, value, unit, against, f">= {target:g}", value >= target)


def at_most(name: str, value: float, unit: str, against: str, target: float) -> Figure:
    """Return a figure that should not be above its target."""
    return Figure(name, value, unit, against, f"<= {target:g}", value <= target)


def exactly(name: str, value: float, unit: str, against: str, target: float) -> Figure:
    """Return a figure that should be its target."""
    return Figure(name, value, unit, against, f"= {target:g}", value == target)
