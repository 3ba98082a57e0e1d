"""What CloudWatch should hold of a resource on a day, and what it gave when it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nephoscope.coverage import Measure, Spans, joined
from nephoscope.model import Resource, Window

ALWAYS = (Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)),)


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole answer of CloudWatch to a series.

    Attributes:
        asked_at: when, in UTC.
        asked: the window that it was asked for.
        given: the spans of it that it gave points of.
    """

    asked_at: datetime
    asked: Window
    given: Spans


@dataclass(frozen=True, slots=True)
class Expected:
    """What CloudWatch should hold of a resource on a day.

    Attributes:
        resource: whose.
        period: seconds.
        measures: dense metrics and their statistics, and sparse ones that were not answered; an
            answered sparse one expects nothing: its emptiness is its truth.
        sparse: what was answered besides, and of which nothing is expected.
        running: when it ran; a point is expected of each period that lies in one of the spans.
        known: when it is known whether it ran.
        expired: whether CloudWatch may no longer hold it; then nothing is expected.
        reasons: why a measure may lack something, where CloudWatch did not answer whole.
        readings: of measures that it answered whole.
    """

    resource: Resource
    period: int
    measures: tuple[Measure, ...]
    running: Spans
    known: Spans = ALWAYS
    sparse: tuple[Measure, ...] = ()
    expired: bool = False
    reasons: Mapping[Measure, str] = field(default_factory=dict)
    readings: Mapping[Measure, Reading] = field(default_factory=dict)

    def times(self, window: Window) -> Iterator[datetime]:
        """Yield the start of each expected period that lies in a window."""
        step = timedelta(seconds=self.period)
        for numbers in self._numbers(window):
            yield from (window.start + number * step for number in numbers)

    def spans(self, window: Window) -> Iterator[Window]:
        """Yield what they make up together."""
        step = timedelta(seconds=self.period)
        for numbers in self._numbers(window):
            if numbers:
                yield Window(
                    window.start + numbers.start * step, window.start + numbers.stop * step
                )

    def count(self, window: Window) -> int:
        """Count them."""
        return sum(map(len, self._numbers(window)))

    def _numbers(self, window: Window) -> Iterator[range]:
        step = timedelta(seconds=self.period)
        for span in () if self.expired else joined(self.running):
            first = max(0, -((window.start - span.start) // step))
            yield range(first, max(first, (min(span.end, window.end) - window.start) // step))
