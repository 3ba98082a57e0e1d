"""What CloudWatch should hold of a resource on a day, and how it compares with what is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from nephoscope.coverage import (
    Coverage,
    Gap,
    Lack,
    Measure,
    Spans,
    State,
    joined,
    outside,
)
from nephoscope.model import Resource, Window

NOT_STORED = "not stored"
"""Why something is missing that CloudWatch has given."""

ALWAYS = (Window(datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)),)


@dataclass(frozen=True, slots=True)
class Reading:
    """When CloudWatch answered a series whole, in UTC, and the spans of which it gave points."""

    asked_at: datetime
    given: Spans


@dataclass(frozen=True, slots=True)
class Expected:
    """What CloudWatch should hold of a resource on a day.

    Attributes:
        resource: whose.
        period: seconds.
        measures: dense metrics and their statistics, and sparse ones that were not answered; an
            answered sparse one expects nothing: its emptiness is its truth.
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


def cover(
    expected: Expected,
    day: Window,
    stored: Mapping[Measure, Iterable[datetime]] | None,
    *,
    settled: datetime,
    before: Coverage | None = None,
) -> Coverage:
    """Compare what is stored of a resource and period with what was expected.

    Args:
        expected: what CloudWatch should hold.
        day: from midnight to midnight, UTC.
        stored: when points start, others than expected may be among them; None where all that is
            expected is known to be there.
        settled: until when points are old enough to be missed, in UTC.
        before: what was found of it earlier; its readings count.
    """
    part = _until(day, settled)
    gaps = {} if stored is None or part is None else _gaps(expected, part, stored, before)
    grid = expected.count(part) * len(expected.measures) if part else 0
    unknown = outside(expected.known, part) if part else ()
    unsettled = outside((part,), day) if part else (day,)
    found = Coverage(
        resource=expected.resource,
        period=expected.period,
        day=day,
        state=State.STORED,
        final=not unsettled,
        expected=grid,
        stored=grid - _points(expected.period, gaps),
        confirmed=_points(expected.period, gaps, confirmed=True),
        stopped=outside((*expected.running, *unknown), part) if part else (),
        unknown=unknown,
        unsettled=unsettled,
        lacks=_grouped(gaps),
    )
    return replace(found, state=_state(expected, found))


def _state(expected: Expected, found: Coverage) -> State:
    dense = bool(expected.measures)
    chosen = {
        State.EXPIRED: expected.expired,
        State.MISSING: found.lacking > 0,
        State.NOT_SETTLED: bool(found.unsettled),
        State.CONFIRMED: found.confirmed > 0,
        State.STORED: found.expected > 0 or (not dense and found.stopped != (found.day,)),
        State.UNKNOWN: bool(found.unknown),
    }
    return next((state for state, applies in chosen.items() if applies), State.STOPPED)


def _until(day: Window, settled: datetime) -> Window | None:
    """Return the part of a day that has settled, if any."""
    end = min(day.end, settled)
    return Window(day.start, end) if day.start < end else None


def _gaps(
    expected: Expected,
    part: Window,
    stored: Mapping[Measure, Iterable[datetime]],
    before: Coverage | None,
) -> dict[Measure, tuple[Gap, ...]]:
    """Return what measures lack, of those that lack something."""
    found = {}
    for measure in expected.measures:
        there = set(stored.get(measure, ()))
        missing = (time for time in expected.times(part) if time not in there)
        spans = _spans(missing, expected.period) if there else expected.spans(part)
        known = before.gaps(measure) if before else ()
        if gaps := _explained(spans, known, expected, measure):
            found[measure] = gaps
    return found


def _spans(times: Iterable[datetime], period: int) -> Iterator[Window]:
    """Join neighbouring periods."""
    step, start, end = timedelta(seconds=period), None, None
    for time in times:
        if start is not None and end is not None and time != end:
            yield Window(start, end)
            start = None
        start, end = start or time, time + step
    if start is not None and end is not None:
        yield Window(start, end)


def _explained(
    spans: Iterable[Window], known: Iterable[Gap], expected: Expected, measure: Measure
) -> tuple[Gap, ...]:
    """Return the gaps that spans are, cut where one cause ends and another begins."""
    reading, known = expected.readings.get(measure), tuple(known)
    given = reading.given if reading else ()
    edges = {
        edge for one in (*given, *(gap.span for gap in known)) for edge in (one.start, one.end)
    }
    gaps: list[Gap] = []
    for span in spans:
        for piece in _cut(span, edges):
            earlier = next((gap for gap in known if _begins_in(piece, gap.span)), Gap(piece))
            gap = replace(earlier, span=piece, reason=expected.reasons.get(measure, ""))
            if reading and any(_begins_in(piece, one) for one in given):
                gap = Gap(piece, NOT_STORED)
            elif reading:
                gap = _read_empty(gap, reading.asked_at)
            gaps.append(gap)
    return _merged(gaps)


def _cut(span: Window, edges: Iterable[datetime]) -> Iterator[Window]:
    inside = (edge for edge in edges if span.start < edge < span.end)
    for start, end in pairwise(sorted({span.start, span.end, *inside})):
        yield Window(start, end)


def _begins_in(piece: Window, span: Window) -> bool:
    return span.start <= piece.start < span.end


def _read_empty(gap: Gap, asked_at: datetime) -> Gap:
    """Note a reading; the same one again changes nothing."""
    return replace(
        gap,
        first_read=min(gap.first_read or asked_at, asked_at),
        last_read=max(gap.last_read or asked_at, asked_at),
    )


def _merged(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Join gaps that touch and have the same cause."""
    found: list[Gap] = []
    for gap in gaps:
        last = found[-1] if found else None
        if last and last.span.end == gap.span.start and last == replace(gap, span=last.span):
            found[-1] = replace(gap, span=Window(last.span.start, gap.span.end))
        else:
            found.append(gap)
    return tuple(found)


def _points(
    period: int, gaps: Mapping[Measure, tuple[Gap, ...]], *, confirmed: bool = False
) -> int:
    """Count the points of gaps, of all measures; or of the confirmed ones alone."""
    return sum(
        gap.span.points(period)
        for some in gaps.values()
        for gap in some
        if gap.confirmed or not confirmed
    )


def _grouped(gaps: Mapping[Measure, tuple[Gap, ...]]) -> tuple[Lack, ...]:
    """Tell once what several measures lack."""
    same: dict[tuple[Gap, ...], list[Measure]] = {}
    for measure, some in gaps.items():
        same.setdefault(some, []).append(measure)
    return tuple(Lack(tuple(sorted(measures)), some) for some, measures in same.items())
