"""What is there already of a day that was read for good, and what of it is still to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from nephoscope.coverage import Coverage, Measure
from nephoscope.model import Resource, Window
from nephoscope.plan.periods import finest_period
from nephoscope.plan.unasked import Reason


@dataclass(frozen=True, slots=True)
class Held:
    """The coverage of days that were read for good, as the store is now.

    Attributes:
        days: of each day the coverage of each resource, that of its finest period first.
    """

    days: Mapping[Window, Mapping[Resource, Sequence[Coverage]]] = field(default_factory=dict)

    def of(self, resource: Resource, window: Window) -> Sequence[Coverage]:
        """Return what is known of a resource in a window; nothing if that is no whole day."""
        return self.days.get(window, {}).get(resource, ())


@dataclass(frozen=True, slots=True)
class Standing:
    """How a series of a day stands.

    Attributes:
        period: in seconds, at which it is stored.
        reason: why it is not asked; None where it is.
        hull: what is asked: from the first of its gaps to the last.
    """

    period: int
    reason: Reason | None = None
    hull: Window | None = None


def standing(
    known: Sequence[Coverage], measure: Measure, period: int | None, asked_at: datetime
) -> Standing | None:
    """Tell what is to be asked of a series; None is all of it.

    What is stored at a finer period is never asked at a coarser one.

    Args:
        known: what is known of its resource on a day, the finest period first.
        measure: its metric and statistic.
        period: in seconds, at which it would be asked; None where CloudWatch holds none.
        asked_at: now, in UTC.
    """
    for one in known:
        asked = measure in one.measures or measure in one.sparse
        if asked and (period is None or one.period <= period):
            return _standing(one, measure, asked_at)
    return None


def _standing(one: Coverage, measure: Measure, asked_at: datetime) -> Standing | None:
    gaps = [gap for gap in one.gaps(measure) if not gap.closed]
    if not gaps:
        return Standing(one.period, "whole")
    if any(gap.unanswered for gap in gaps):
        return None  # what was expected is missing, and more may be
    if finest_period(one.period, one.day.start, asked_at) != one.period:
        return Standing(one.period, "lost")
    due = [gap.span for gap in gaps if gap.due(asked_at)]
    if not due:
        return Standing(one.period, "read lately")
    return Standing(one.period, hull=Window(due[0].start, due[-1].end))
