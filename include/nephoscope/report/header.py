"""The top of the page: which time, whose, how whole and how fresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import pandas as pd

from nephoscope.model import Window
from nephoscope.quantities import priced
from nephoscope.report.fleet import Fleet, Instance
from nephoscope.report.formats import DASH, coverage, lasting, moment, plural, span
from nephoscope.report.gaps import within
from nephoscope.spending import Charge, Spending


@dataclass(frozen=True, slots=True)
class Facts:
    """What the run and the store know beyond the points. Moments are UTC."""

    asked_at: datetime  # when the store was read for this report
    newest: datetime | None  # the newest stored point of the window
    ingested: datetime | None  # when AWS was last asked, of all documents read
    documents: int
    rejected: int = 0  # documents that Elasticsearch refused and that wait
    spending: Spending | None = None  # of the run that drew it; None where none was noted
    zone: tzinfo | None = UTC  # of the reader; None is the machine's


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of the header."""

    name: str
    value: str
    more: str
    unit: str = ""
    low: bool = False  # whether it is not as it should be


@dataclass(frozen=True, slots=True)
class Header:
    """The top of the page."""

    title: str
    lead: str
    facts: tuple[Fact, ...]
    notices: tuple[str, ...]
    notes: tuple[str, ...]
    drawn: str  # when


def header(fleet: Fleet, calendar: pd.DataFrame, facts: Facts) -> Header:
    """Return the header of a report.

    Args:
        fleet: of its window.
        calendar: of coverage, as `gaps.part` takes it.
        facts: what else is known.
    """
    return Header(
        title=span(fleet.window),
        lead=_lead(fleet, facts.zone),
        facts=(
            _instances(fleet),
            _coverage(fleet, within(calendar, fleet.window)),
            Fact("Points of CPU", f"{fleet.stored:,}", f"of {plural(facts.documents, 'document')}"),
            _newest(facts, fleet.window),
            Fact(
                "Rejected",
                f"{facts.rejected:,}",
                "documents wait" if facts.rejected else "no document waits",
                low=facts.rejected > 0,
            ),
        ),
        notices=tuple(_notices(fleet, facts)),
        notes=tuple(_notes(facts.spending)),
        drawn=f"{moment(facts.asked_at)} UTC",
    )


def _lead(fleet: Fleet, zone: tzinfo | None) -> str:
    window = fleet.window
    parts = [f"{moment(window.start)} to {moment(window.end)} UTC"]
    start, end = (bound.astimezone(zone) for bound in (window.start, window.end))
    if start.utcoffset() or end.utcoffset():
        parts.append(f"{moment(start)} to {moment(end)} {end.tzname()}")
    if accounts := sorted({one.account for one in fleet.instances}):
        regions = sorted({one.region for one in fleet.instances})
        parts += [f"account{'s' * (len(accounts) > 1)} {', '.join(accounts)}", ", ".join(regions)]
    return " · ".join(parts)


def _instances(fleet: Fleet) -> Fact:
    states = Counter(one.state for one in fleet.instances).most_common()
    told = [f"{count:,} {state}" for state, count in states]
    new = sum(1 for one in fleet.instances if _new(one, fleet.window))
    seen = [one.seen_at for one in fleet.instances if one.seen_at]
    latest = min(max(seen, default=fleet.window.end), fleet.window.end)
    gone = sum(1 for at in seen if at < latest)  # AWS listed others after it
    told += [f"{count:,} {word}" for count, word in ((new, "new"), (gone, "gone")) if count]
    return Fact("Instances", f"{len(fleet.instances):,}", ", ".join(told) or "none seen")


def _new(one: Instance, window: Window) -> bool:
    """Tell whether its last start was in the window: AWS does not tell the birth."""
    return one.launched_at is not None and window.start <= one.launched_at < window.end


def _coverage(fleet: Fleet, audited: pd.DataFrame) -> Fact:
    """Tell what the audits found of all metrics, or, where there were none yet, of CPU."""
    expected, lacking = int(audited["expected"].sum()), int(audited["lacking"].sum())
    confirmed, of = int(audited["confirmed"].sum()), "of all metrics"
    if not expected:
        expected, lacking, of = fleet.stored + fleet.missing, fleet.missing, "of CPU, not audited"
    more = f"{of}; {plural(lacking, 'point')} missing"
    if confirmed:
        more += f", {confirmed:,} confirmed gaps"
    value = coverage(100 * (1 - lacking / expected)) if expected else DASH
    return Fact("Coverage", value, more, "%", low=lacking > 0)


def _newest(facts: Facts, window: Window) -> Fact:
    if facts.newest is None:
        return Fact("Newest point", DASH, "nothing is stored", low=True)
    more = f"of {facts.newest:%-d %b}"
    if facts.ingested is not None:
        late = lasting((facts.ingested - facts.newest).total_seconds())
        more += f", read from AWS {moment(facts.ingested)}, {late} later"
    stale = facts.asked_at < window.end and facts.asked_at - facts.newest > _STALE
    return Fact("Newest point", f"{facts.newest:%H:%M}", more, "UTC", low=stale)


_STALE = pd.Timedelta(hours=1)


def _notices(fleet: Fleet, facts: Facts) -> Iterator[str]:
    asked = moment(facts.asked_at)
    if facts.asked_at < fleet.window.end:
        yield f"The day is not over: this is what was stored by {asked} UTC."
        if facts.newest is not None and facts.asked_at - facts.newest > _STALE:
            old = lasting((facts.asked_at - facts.newest).total_seconds())
            yield f"Stale: the newest point is {old} old."
    if not fleet.instances:
        yield "No instance was seen in this window, so there is nothing to draw."
    elif not fleet.measured:
        yield "No point is stored for any instance."


def _notes(spending: Spending | None) -> Iterator[str]:
    if spending and spending.asked:
        yield (
            f"The run asked AWS for {_charge(spending.asked)}; estimated were "
            f"{_charge(spending.estimated)}."
        )


def _charge(one: Charge) -> str:
    return f"{plural(one.metrics, 'metric')}, {priced(one.dollars)}"
