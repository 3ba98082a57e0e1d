"""What is stored of a resource on a day, compared with what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from nephoscope.coverage import EXPIRED, Coverage, Measure, State, outside
from nephoscope.model import Window
from nephoscope.store.coverage.expected import Expected
from nephoscope.store.coverage.gaps import gaps_of, grouped, points


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
        before: what was found of it earlier; its readings count, and what was final stays so,
            whichever run is audited last.
    """
    part = _until(day, day.end if before and before.final else settled)
    gaps = {} if stored is None or part is None else gaps_of(expected, part, stored, before)
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
        stored=grid - points(expected.period, gaps),
        confirmed=points(expected.period, gaps, closed=True),
        stopped=outside((*expected.running, *unknown), part) if part else (),
        unknown=unknown,
        unsettled=unsettled,
        lacks=grouped(gaps),
        measures=tuple(one for one in expected.measures if one in gaps or _told(expected, one)),
        sparse=expected.sparse,
    )
    return replace(found, state=_state(expected, found))


def _told(expected: Expected, measure: Measure) -> bool:
    """Tell whether CloudWatch answered a measure whole; where nothing was expected, no gap says."""
    return measure not in expected.reasons


def _state(expected: Expected, found: Coverage) -> State:
    dense = bool(expected.measures)
    expired = any(gap.reason == EXPIRED for lack in found.lacks for gap in lack.gaps)
    chosen = {
        State.MISSING: found.lacking > 0,
        State.EXPIRED: expected.expired or expired,
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
