"""The fleet report: of a run's days or of any range, drawn from what is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from nephoscope.archive import rejected, runs
from nephoscope.archive.spending import kept_spending
from nephoscope.chain.beside import beside, evidence, failing, key
from nephoscope.chain.covered import calendar, confirmed
from nephoscope.chain.measured import last_week, measured
from nephoscope.chain.parts.order import PARTS
from nephoscope.instances import NAMESPACE
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.plan.planning import Plan
from nephoscope.plan.windows import DAY_SETTLES
from nephoscope.report import bands, busiest, gaps, overview, singles, utilisation
from nephoscope.report.fleet import Fleet, Instance
from nephoscope.report.formats import span
from nephoscope.report.header import Facts, header
from nephoscope.report.heat import heat
from nephoscope.report.maps import miniature
from nephoscope.report.page import Report
from nephoscope.report.part import Finding, Part
from nephoscope.report.write import update_latest, write_report
from nephoscope.spending import Spending
from nephoscope.store.read import queries
from nephoscope.store.read.totals import totals

DAILY: Final = 8
"""Instances that a run draws alone: the flagged and the busiest. `nephoscope report` draws all."""

INSTANCES: Final = 50
"""Instances that are drawn alone on demand, unless another number is asked for."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is a function of, beside what is stored.

    Attributes:
        window: whole UTC days.
        asked_at: now, in UTC.
        instances: how many are drawn alone; None: all.
        rejected: documents that wait in the archive.
        spending: of the run; None where it is not one's.
        zone: of the reader; None is the machine's.
    """

    window: Window
    asked_at: datetime
    instances: int | None = INSTANCES
    rejected: int = 0
    spending: Spending | None = None
    zone: tzinfo | None = UTC


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report that was written: its page, its files, and what it found, each with its part."""

    page: str
    files: tuple[str, ...]
    findings: tuple[tuple[Part, Finding], ...]

    def told(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        found = [
            {"part": part.anchor, "figure": one.figure, "subject": one.subject, "text": one.text}
            for part, one in self.findings
        ]
        return {"page": self.page, "files": len(self.files), "findings": found}


def report(
    archive: Place, run: str, client: Any, root: Place, asked_at: datetime, *, final: bool
) -> list[str]:
    """Draw the days of a run, and return the pages.

    Args:
        archive: its root.
        run: the run's folder.
        client: the official client.
        root: where the reports are.
        asked_at: now, in UTC.
        final: whether the days have settled. Else a day that has is left to the daily run, and
            the fleet alone is drawn.
    """
    plan, spending = runs.read_plan(archive, run), kept_spending(archive, run)
    waiting = rejected.waiting(archive).documents
    pages = []
    for day in _days(plan):
        if not final and day.end + DAY_SETTLES <= asked_at:
            continue
        alone = DAILY if final else 0
        pages.append(draw(client, root, Asked(day, asked_at, alone, waiting, spending)).page)
    if pages:
        update_latest(root)
    return sorted(pages)


def _days(plan: Plan) -> set[Window]:
    """Return the days that the run collected of EC2."""
    return {Window.day(one.window.start) for one in plan.shards if one.namespace == NAMESPACE}


def draw(
    client: Any, root: Place, asked: Asked, watch: Callable[[str], None] = lambda _: None
) -> Drawn:
    """Draw and write the report of a window; `write.update_latest` then lists it.

    Args:
        client: the official client.
        root: the folder of all reports.
        asked: what to draw.
        watch: is told what is being done.
    """
    window = asked.window
    watch(f"reading {span(window)}")
    queries.refresh(client)
    stored = totals(client, namespace=NAMESPACE, window=window)
    fleet = measured(client, window, asked.asked_at, stored)
    days = calendar(client, window)
    facts = Facts(
        asked.asked_at,
        stored.newest,
        stored.ingested,
        stored.documents,
        asked.rejected,
        asked.spending,
        asked.zone,
    )
    known = evidence(client, busiest.candidates(fleet), window)
    failed = failing(client, window)
    flagged = {one.file for one in fleet.instances if key(one) in failed}
    alone = singles.chosen(fleet, known, flagged, asked.instances)
    page = Report(
        header(fleet, days, facts),
        (
            *(_of_cpu(client, fleet, known) if fleet.instances else ()),
            *_others(client, window, asked.asked_at),
            *((gaps.part(fleet, days, confirmed(client, window)),) if fleet.instances else ()),
            *((singles.part(fleet, len(alone)),) if fleet.instances else ()),
        ),
    )
    small = miniature(heat(fleet) if fleet.instances else None)
    watch(f"drawing {len(fleet.instances):,} instances, {len(alone):,} of them alone")
    written = write_report(root, window, page, small, _singles(client, alone, window))
    return Drawn(written.page, written.files, tuple(page.findings))


def _of_cpu(client: Any, fleet: Fleet, known: list[busiest.Evidence]) -> Iterator[Part]:
    """Yield the parts of the fleet's CPU."""
    yield overview.part(fleet, heat(fleet))
    averages = bands.averages(fleet)
    if len(fleet.instances) > utilisation.MANY:
        yield utilisation.part(averages, fleet.window)
    yield bands.part(averages, last_week(client, fleet.window), fleet.window)
    yield busiest.part(fleet, known)


def _others(client: Any, window: Window, asked_at: datetime) -> Iterator[Part]:
    """Yield what other parts have to tell."""
    for build in PARTS:
        if part := build(client, window, asked_at):
            yield part


def _singles(client: Any, alone: list[Instance], window: Window) -> Iterator[Part]:
    for one, more in beside(client, alone, window):
        yield singles.single(one, window, more)
