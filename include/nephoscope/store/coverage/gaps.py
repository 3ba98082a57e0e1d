"""The gaps of a resource's day: the spans that are missing, cut by what is known of the cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from nephoscope.coverage import NOT_STORED, Coverage, Gap, Lack, Measure, periods
from nephoscope.model import Window
from nephoscope.store.coverage.expected import Expected, Reading


def gaps_of(
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
        spans = periods(missing, expected.period) if there else expected.spans(part)
        known = before.gaps(measure) if before else ()
        if gaps := _explained(spans, known, expected, measure):
            found[measure] = gaps
    return found


def _explained(
    spans: Iterable[Window], known: Iterable[Gap], expected: Expected, measure: Measure
) -> tuple[Gap, ...]:
    """Return the gaps that spans are, cut where one cause ends and another begins."""
    reading, known = expected.readings.get(measure), tuple(known)
    read = (reading.asked, *reading.given) if reading else ()
    edges = {edge for one in (*read, *(gap.span for gap in known)) for edge in (one.start, one.end)}
    gaps: list[Gap] = []
    for span in spans:
        for piece in _cut(span, edges):
            earlier = next((gap for gap in known if _begins_in(piece, gap.span)), Gap(piece))
            reason = expected.reasons.get(measure, earlier.reason)
            gaps.append(_read(replace(earlier, span=piece, reason=reason), reading))
    return _merged(gaps)


def _read(gap: Gap, reading: Reading | None) -> Gap:
    """Note what a reading shows of a gap; the same one again changes nothing."""
    if reading is None or not _begins_in(gap.span, reading.asked):
        return gap
    if any(_begins_in(gap.span, one) for one in reading.given):
        return Gap(gap.span, NOT_STORED)
    return replace(
        gap,
        reason="",
        first_read=min(gap.first_read or reading.asked_at, reading.asked_at),
        last_read=max(gap.last_read or reading.asked_at, reading.asked_at),
    )


def _cut(span: Window, edges: Iterable[datetime]) -> Iterator[Window]:
    inside = (edge for edge in edges if span.start < edge < span.end)
    for start, end in pairwise(sorted({span.start, span.end, *inside})):
        yield Window(start, end)


def _begins_in(piece: Window, span: Window) -> bool:
    return span.start <= piece.start < span.end


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


def points(period: int, gaps: Mapping[Measure, tuple[Gap, ...]], *, closed: bool = False) -> int:
    """Count the points of gaps, of all measures; or of the closed ones alone."""
    return sum(
        gap.span.points(period)
        for some in gaps.values()
        for gap in some
        if gap.closed or not closed
    )


def grouped(gaps: Mapping[Measure, tuple[Gap, ...]]) -> tuple[Lack, ...]:
    """Tell once what several measures lack."""
    same: dict[tuple[Gap, ...], list[Measure]] = {}
    for measure, some in gaps.items():
        same.setdefault(some, []).append(measure)
    return tuple(Lack(tuple(sorted(measures)), some) for some, measures in same.items())
