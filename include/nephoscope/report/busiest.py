"""The busiest instances, those that never rest and those that do nothing, with the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import pandas as pd

from nephoscope.quantities import size
from nephoscope.report import tables
from nephoscope.report.fleet import HOT, Fleet, Instance
from nephoscope.report.formats import lasting, percent
from nephoscope.report.part import Column, Finding, Part, Table

DAYS: Final = 14
QUIET: Final = 5  # per cent of CPU, which no average of an idle instance reaches
LITTLE: Final = 5_000_000  # bytes of network, in and out, on one day
QUIET_DAYS: Final = 10
KNOWN: Final = 90  # per cent of the points, below which nothing is said
LONG: Final = 3600  # seconds

_SHOWN = 10
_EACH = 3  # findings of a kind, the last of which counts the rest


class Verdict(StrEnum):
    """What fourteen days say of an instance that did nothing in the window."""

    IDLE = "idle"
    BUSY = "not idle"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is stored of an instance, of the fourteen days up to the end of the window.

    Attributes:
        instance: whose.
        coverage: stored of expected CPU points, in per cent.
        highest: of the CPU's averages, in per cent; NaN where none is stored.
        quiet_days: days with less than `LITTLE` of network.
        network: bytes of the day that had the most; NaN where none is stored.
    """

    instance: Instance
    coverage: float
    highest: float
    quiet_days: int
    network: float

    @property
    def verdict(self) -> Verdict:
        """Whether it is idle by the rule, is not, or whether that can't be told."""
        if self.highest >= QUIET:
            return Verdict.BUSY
        if self.coverage < KNOWN:
            return Verdict.UNKNOWN
        return Verdict.IDLE if self.quiet_days >= QUIET_DAYS else Verdict.BUSY


def candidates(fleet: Fleet) -> list[Instance]:
    """Return the instances of which no average of the window reaches `QUIET`."""
    return [one for one in fleet.measured if one.numbers.highest < QUIET]


def part(fleet: Fleet, evidence: Sequence[Evidence]) -> Part:
    """Tell who is busiest and who is idle.

    Args:
        fleet: of the window.
        evidence: of its `candidates`.
    """
    return Part(
        anchor="busiest",
        title="Busiest and idle",
        lead=(
            f"CPU in per cent over {_averages(fleet)}, max over the maxima. Bar: from the median "
            f"to p95, tick: the maximum, track: 0 to 100 %. Idle is what in {DAYS} days had no "
            f"average of {QUIET} % CPU and, on {QUIET_DAYS} days or more, less than "
            f"{size(LITTLE)} of network a day; where less than {KNOWN} % of the points are "
            "stored, it is unknown."
        ),
        tables=(
            Table("instances", tables.instances(fleet), _BUSIEST, _SHOWN),
            Table("idle", idle(evidence), _IDLE),
        ),
        findings=(*_few(_hot(fleet), "hot"), *_few(_idle(evidence), "idle")),
    )


def _averages(fleet: Fleet) -> str:
    """Say of what the numbers are: of a long window, of the means of bins."""
    binned = {one.step for one in fleet.measured if one.step > one.period}
    return f"means of {lasting(max(binned))}" if binned else "the averages"


_BUSIEST: Final = {
    "title": Column("Instance", link="file"),
    "type": Column("Type"),
    "zone": Column("Zone"),
    "mean": Column("CPU", "range"),
    "median": Column("Median %", "percent"),
    "p95": Column("p95 %", "percent"),
    "max": Column("Max %", "percent"),
    "hot": Column(f"Above {HOT} %", "lasting"),
}

_IDLE: Final = {
    "title": Column("Does nothing", link="file"),
    "type": Column("Type"),
    "verdict": Column(f"In {DAYS} days"),
    "highest": Column("Highest average %", "percent"),
    "network": Column("Network, at most a day", "bytes"),
    "quiet_days": Column("Quiet days", "number"),
    "coverage": Column("Coverage %", "percent"),
}


def idle(evidence: Iterable[Evidence]) -> pd.DataFrame:
    """Return one row a candidate, the idle ones first."""
    rows = [
        {
            "account": one.instance.account,
            "region": one.instance.region,
            "instance_id": one.instance.instance_id,
            "title": one.instance.title,
            "file": one.instance.file,
            "type": one.instance.type,
            "verdict": str(one.verdict),
            "highest": one.highest,
            "network": one.network,
            "quiet_days": one.quiet_days,
            "coverage": one.coverage,
        }
        for one in sorted(evidence, key=lambda one: (one.verdict, one.instance.title))
    ]
    columns = ("account", "region", "instance_id", "title", "file", *list(_IDLE)[1:])
    return pd.DataFrame(rows, columns=list(columns))


def hot(one: Instance) -> bool:
    """Tell whether an instance has no room left."""
    return one.numbers.p95 > HOT and one.numbers.hot > LONG


def _hot(fleet: Fleet) -> list[Finding]:
    return [
        Finding(
            10,
            f"{percent(one.numbers.p95)} %",
            one.title,
            f"p95 of CPU; above {HOT} % for {lasting(one.numbers.hot)}",
        )
        for one in fleet.measured
        if hot(one)
    ]


def _idle(evidence: Iterable[Evidence]) -> list[Finding]:
    return [
        Finding(
            20,
            f"{percent(one.highest)} %",
            one.instance.title,
            f"idle: the highest average of CPU in {DAYS} days, network at "
            f"most {size(one.network)} a day",
        )
        for one in evidence
        if one.verdict is Verdict.IDLE
    ]


def _few(findings: Sequence[Finding], kind: str) -> list[Finding]:
    """Keep some of a kind, and count the rest in a line of their own."""
    if len(findings) <= _EACH:
        return list(findings)
    rest = len(findings) - _EACH + 1
    more = Finding(findings[0].rank, f"{rest:,} more", "instances", f"{kind}; the table has all")
    return [*findings[: _EACH - 1], more]
