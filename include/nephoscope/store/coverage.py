"""Coverage: what is stored of what was expected, for each resource, period and day.

`cover` computes it and touches nothing; `write_coverage` writes it, whole, under an id made of
resource, period and day, so that an audit that runs again replaces what it said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from elasticsearch import Elasticsearch

from nephoscope.errors import Rejected
from nephoscope.model import Resource, Window, instant
from nephoscope.store import names
from nephoscope.store.bulk import MOST_ITEMS, Patience, send
from nephoscope.store.items import Item, batches
from nephoscope.store.queries import Measure
from nephoscope.store.schema import ensure_coverage

Spans = tuple[Window, ...]


class State(StrEnum):
    """What a day of a resource is, as a whole."""

    STORED = "stored"  # all that was expected
    MISSING = "missing"  # something is not
    STOPPED = "stopped"  # nothing was expected: it did not run
    EXPIRED = "expired"  # CloudWatch may no longer hold it: no evidence of a gap


@dataclass(frozen=True, slots=True)
class Expected:
    """What CloudWatch should hold of a resource on a day.

    Attributes:
        resource: whose.
        period: seconds.
        measures: dense metrics and their statistics, as fields are named; a sparse one expects
            nothing.
        running: when it ran; a point is expected of each period that lies in one of the spans.
        expired: whether CloudWatch may no longer hold it; then nothing is expected.
        reasons: why a measure may lack something, where CloudWatch did not answer whole.
    """

    resource: Resource
    period: int
    measures: tuple[Measure, ...]
    running: Spans
    expired: bool = False
    reasons: Mapping[Measure, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """A measure that lacks something else than the others of its resource, or for a reason.

    ``reason`` is the StatusCode by which CloudWatch failed to answer, or that it was not read;
    empty where CloudWatch answered whole and had nothing.
    """

    measure: Measure
    missing: Spans
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A day of a resource.

    Attributes:
        resource: whose.
        period: seconds.
        day: from midnight to midnight, UTC.
        state: of the day as a whole.
        final: whether CloudWatch was asked for the day after it had settled.
        expected: points, of all measures.
        stored: those of them that are.
        stopped: when nothing was expected.
        missing: what every measure lacks.
        gaps: the measures that lack more, or for a known reason, and all that each lacks.
    """

    resource: Resource
    period: int
    day: Window
    state: State
    final: bool
    expected: int
    stored: int
    stopped: Spans
    missing: Spans
    gaps: tuple[Gap, ...]


def cover(
    expected: Expected,
    day: Window,
    stored: Mapping[Measure, Iterable[datetime]],
    *,
    final: bool,
) -> Coverage:
    """Compare what is stored of a resource and period with what was expected.

    Args:
        expected: what CloudWatch should hold.
        day: from midnight to midnight, UTC.
        stored: when points start; others than expected may be among them.
        final: whether the day had settled when CloudWatch was asked.
    """
    grid = set() if expected.expired else expected_times(expected, day)
    missing = {measure: grid - set(stored.get(measure, ())) for measure in expected.measures}
    common = set.intersection(*missing.values()) if missing else set()
    lacking = sum(map(len, missing.values()))
    return Coverage(
        resource=expected.resource,
        period=expected.period,
        day=day,
        state=State.EXPIRED if expected.expired else _state(len(grid), lacking),
        final=final,
        expected=len(grid) * len(expected.measures),
        stored=len(grid) * len(expected.measures) - lacking,
        stopped=_between(expected.running, day),
        missing=_spans(common, expected.period),
        gaps=tuple(
            Gap(measure, _spans(times, expected.period), expected.reasons.get(measure, ""))
            for measure, times in missing.items()
            if times and (times != common or measure in expected.reasons)
        ),
    )


def expected_times(expected: Expected, day: Window) -> set[datetime]:
    """Return the start of each period of the day that lies in a span of running."""
    step = timedelta(seconds=expected.period)
    return {
        day.start + number * step
        for span in expected.running
        for number in range(
            max(0, -((day.start - span.start) // step)),
            (min(span.end, day.end) - day.start) // step,
        )
    }


def _state(expected: int, lacking: int) -> State:
    if not expected:
        return State.STOPPED
    return State.MISSING if lacking else State.STORED


def _between(running: Spans, day: Window) -> Spans:
    """Return the parts of the day that are in none of the spans."""
    stops, at = [], day.start
    for span in sorted(running):
        if at < min(span.start, day.end):
            stops.append(Window(at, min(span.start, day.end)))
        at = max(at, span.end)
    return (*stops, Window(at, day.end)) if at < day.end else tuple(stops)


def _spans(times: Iterable[datetime], period: int) -> Spans:
    """Join neighbouring periods."""
    step, spans = timedelta(seconds=period), list[Window]()
    for time in sorted(times):
        if spans and spans[-1].end == time:
            spans[-1] = Window(spans[-1].start, time + step)
        else:
            spans.append(Window(time, time + step))
    return tuple(spans)


def write_coverage(
    client: Elasticsearch, documents: Iterable[Coverage], patience: Patience | None = None
) -> int:
    """Write days over what was said of them before, and return how many.

    Raises:
        Rejected: Elasticsearch refuses one for what it is.
    """
    written = 0
    items = map(_item, _with_index(client, documents))
    for settled in send(client, batches(items, MOST_ITEMS), patience):
        for outcome in settled.others:
            raise Rejected(f"Elasticsearch rejected a day of coverage: {outcome.reason}")
        written += settled.items
    return written


def _with_index(client: Elasticsearch, documents: Iterable[Coverage]) -> Iterator[Coverage]:
    """Yield days; the index of a year is made before the first of it."""
    made: set[int] = set()
    for one in documents:
        year = one.day.start.year
        if year not in made:
            ensure_coverage(client, [year])
            made.add(year)
        yield one


def _item(one: Coverage) -> Item:
    whose = one.resource
    key = names.resource_id(whose)
    source = {
        "@timestamp": instant(one.day.start),
        "cloud": {"provider": "aws", "account": {"id": whose.account}, "region": whose.region},
        "aws": {
            "cloudwatch": {"namespace": whose.namespace, "period": one.period},
            "dimensions": dict(whose.dimensions),
        },
        "nephoscope": {
            "resource": key,
            "state": one.state,
            "final": one.final,
            "expected": one.expected,
            "stored": one.stored,
            "stopped": _written(one.stopped),
            "missing": _written(one.missing),
            "gaps": [
                {
                    "metric": gap.measure[0],
                    "statistic": gap.measure[1],
                    "missing": _written(gap.missing),
                    "reason": gap.reason,
                }
                for gap in one.gaps
            ],
        },
    }
    id_ = names.document_id(key, one.period, instant(one.day.start))
    alias = names.write_alias(names.coverage_index_of(one.day.start.year))
    return Item.of("index", alias, id_, source)


def _written(spans: Spans) -> list[dict[str, str]]:
    return [{"start": instant(span.start), "end": instant(span.end)} for span in spans]
