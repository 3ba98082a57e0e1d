"""Coverage: what is stored of what was expected of a resource, at one period, on one UTC day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from nephoscope.model import Resource, Window, instant

APART = timedelta(hours=6)
"""How long lies at the least between two empty readings that confirm a gap.

CloudWatch brings late points for less long than that (it documents no limit; `DAY_SETTLES` is the
same margin), so that the second reading is not the first one's twin.
"""

NOT_STORED = "not stored"
"""Why something is missing that CloudWatch has given."""

EXPIRED = "Expired"
"""Why something is missing that was not asked: CloudWatch may no longer hold it."""

Spans = tuple[Window, ...]

Key = tuple[Resource, int]
"""A resource and a period, in seconds: what a day has one coverage of."""

Measure = tuple[str, str]
"""A metric and a statistic of it, as fields are named: ``("CPUUtilization", "avg")``."""


class State(StrEnum):
    """What a day of a resource is, as a whole."""

    STORED = "stored"  # all that was expected
    MISSING = "missing"  # something is not, and may still be had
    CONFIRMED = "confirmed"  # only what CloudWatch has not: it was asked twice
    NOT_SETTLED = "not settled"  # all that has settled is stored, the rest is yet to come
    STOPPED = "stopped"  # nothing was expected: it did not run
    EXPIRED = "expired"  # CloudWatch may no longer hold it: no evidence of a gap
    UNKNOWN = "unknown"  # nothing was expected: nobody saw whether it ran


@dataclass(frozen=True, slots=True)
class Gap:
    """A span without points, and what is known of the cause.

    Attributes:
        span: in UTC.
        reason: the StatusCode by which CloudWatch failed to answer, that it was not read, or that
            it was read and is not stored; empty where nothing but its emptiness is known.
        first_read: when CloudWatch was first asked for it, answered whole and had nothing.
        last_read: when it last was.
    """

    span: Window
    reason: str = ""
    first_read: datetime | None = None
    last_read: datetime | None = None

    @property
    def confirmed(self) -> bool:
        """Whether two readings have shown that CloudWatch has nothing."""
        if self.first_read is None or self.last_read is None:
            return False
        return self.last_read - self.first_read >= APART

    @property
    def closed(self) -> bool:
        """Whether nobody can have it of CloudWatch any more, or ever could."""
        return self.confirmed or self.reason == EXPIRED

    @property
    def unanswered(self) -> bool:
        """Whether it is missing because CloudWatch did not answer whole, or was not asked."""
        return self.reason not in {"", NOT_STORED, EXPIRED}

    def due(self, asked_at: datetime) -> bool:
        """Tell whether to ask for it: so soon after an empty reading, another shows nothing."""
        return self.first_read is None or asked_at - self.first_read >= APART


@dataclass(frozen=True, slots=True)
class Lack:
    """Measures that lack the same, and what they lack."""

    measures: tuple[Measure, ...]
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """A day of a resource.

    Attributes:
        resource: whose.
        period: seconds.
        day: from midnight to midnight, UTC.
        state: of the day as a whole.
        final: whether the whole day had settled when CloudWatch was asked.
        expected: points, of all measures.
        stored: those of them that are.
        confirmed: those of them that CloudWatch does not have, or no longer has.
        stopped: when it did not run.
        unknown: when nobody saw whether it ran.
        unsettled: what is too young.
        lacks: what is missing; a measure is in one of them at the most.
        measures: of which points are expected; the store is not told of them.
        sparse: which were answered, and of which none are; the store is not told either.
    """

    resource: Resource
    period: int
    day: Window
    state: State
    final: bool
    expected: int
    stored: int
    confirmed: int = 0
    stopped: Spans = ()
    unknown: Spans = ()
    unsettled: Spans = ()
    lacks: tuple[Lack, ...] = ()
    measures: tuple[Measure, ...] = ()
    sparse: tuple[Measure, ...] = ()

    @property
    def key(self) -> Key:
        """What tells it from the others of its day."""
        return self.resource, self.period

    @property
    def lacking(self) -> int:
        """Points that are expected, not stored, and not confirmed to be nowhere."""
        return self.expected - self.stored - self.confirmed

    @property
    def reasons(self) -> list[str]:
        """The reasons of its gaps, each once."""
        return sorted({gap.reason for lack in self.lacks for gap in lack.gaps if gap.reason})

    def gaps(self, measure: Measure) -> tuple[Gap, ...]:
        """Return what a measure lacks."""
        return next((lack.gaps for lack in self.lacks if measure in lack.measures), ())

    def details(self) -> dict[str, Any]:
        """Return all spans as JSON; what is empty is left out, as most of it is on most days."""
        spans = {name: getattr(self, name) for name in ("stopped", "unknown", "unsettled")}
        found: dict[str, Any] = {
            name: [_bounds(span) for span in some] for name, some in spans.items() if some
        }
        if self.lacks:
            found["gaps"] = [
                {
                    "series": [".".join(measure) for measure in lack.measures],
                    "spans": [_written(gap) for gap in lack.gaps],
                }
                for lack in self.lacks
            ]
        return found


def details_read(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of `Coverage` that its `details` were made of."""
    spans = {
        name: tuple(_window(one) for one in details.get(name, ()))
        for name in ("stopped", "unknown", "unsettled")
    }
    lacks = tuple(
        Lack(tuple(map(measure_read, one["series"])), tuple(map(_gap, one["spans"])))
        for one in details.get("gaps", ())
    )
    return {**spans, "lacks": lacks}


def joined(spans: Iterable[Window]) -> Spans:
    """Return what lies in any of the spans: sorted, and none touches another."""
    found: list[Window] = []
    for span in sorted(spans):
        if found and span.start <= found[-1].end:
            found[-1] = Window(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def periods(times: Iterable[datetime], period: int) -> Spans:
    """Return what periods of so many seconds, which start at these times, make up."""
    step = timedelta(seconds=period)
    return joined(Window(time, time + step) for time in times)


def outside(spans: Iterable[Window], window: Window) -> Spans:
    """Return the parts of a window that lie in none of the spans."""
    found, at = list[Window](), window.start
    for span in joined(spans):
        if at < min(span.start, window.end):
            found.append(Window(at, min(span.start, window.end)))
        at = max(at, span.end)
    return (*found, Window(at, window.end)) if at < window.end else tuple(found)


def _bounds(span: Window) -> dict[str, Any]:
    return {"start": instant(span.start), "end": instant(span.end)}


def _written(gap: Gap) -> dict[str, Any]:
    known = {
        "reason": gap.reason,
        "first_read": gap.first_read and instant(gap.first_read),
        "last_read": gap.last_read and instant(gap.last_read),
        "confirmed": gap.confirmed,  # for who reads it; it follows from the readings
    }
    return _bounds(gap.span) | {name: value for name, value in known.items() if value}


def _window(written: Mapping[str, Any]) -> Window:
    return Window(*(datetime.fromisoformat(written[bound]) for bound in ("start", "end")))


def _gap(written: Mapping[str, Any]) -> Gap:
    read = (written.get(name) for name in ("first_read", "last_read"))
    first, last = (text and datetime.fromisoformat(text) for text in read)
    return Gap(_window(written), written.get("reason", ""), first, last)


def measure_read(written: str) -> Measure:
    """Read a measure as `Coverage.details` and the archive write it: ``CPUUtilization.avg``."""
    metric, statistic = written.split(".")  # a field's name has no dot
    return metric, statistic
