"""The part of the report that tells how available the fleet was."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import starmap
from typing import Any, Final

import pandas as pd

from nephoscope.availability import DEFINITION, Slots
from nephoscope.report import availability_services
from nephoscope.report.availability_groups import groups
from nephoscope.report.formats import DASH, lasting, number, plural, span
from nephoscope.report.names import file_name, printable
from nephoscope.report.part import Column, Finding, Part, Picture, Table
from nephoscope.report.strips import MOST, strips

DOWN: Final = 0
GONE: Final = 5
"""Ranks of findings."""

MOST_FOUND: Final = 3
"""Instances that are named of each kind of finding; the page has room for ten lines."""

_INSTANCES: Final = {
    "name": Column("Instance", link="file"),
    "instance_id": Column("Id"),
    "availability": Column("Availability %", "number"),
    "impaired": Column("Check failed", "lasting"),
    "no_data": Column("No data", "lasting"),
    "stopped": Column("Stopped", "lasting"),
    "ended": Column("Terminated", "moment"),
    "replaced_by": Column("Replaced by"),
}
_GROUPS: Final = {
    "tag": Column("Tag"),
    "value": Column("Value"),
    "instances": Column("Instances", "number"),
    "availability": Column("Availability %", "number"),
    "at_worst": Column("At worst %", "number"),
    "observed": Column("Observed %", "number"),
    "impaired": Column("Check failed", "lasting"),
    "no_data": Column("No data", "lasting"),
}
_SERVICES: Final = {
    "service": Column("Service"),
    "name": Column("Resource"),
    "availability": Column("Availability %", "number"),
    "unhealthy": Column("With an unhealthy target", "lasting"),
    "observed": Column("Observed", "lasting"),
    "invocations": Column("Invocations", "number"),
    "errors": Column("Errors", "number"),
    "throttles": Column("Throttles", "number"),
}


def part(fleet: pd.DataFrame, found: Slots, services: pd.DataFrame) -> Part | None:
    """Say how available instances, groups and services were; None where nothing is known.

    Args:
        fleet: as `availability_groups.instances` returns it.
        found: its slots.
        services: as `availability_services.services` returns them.
    """
    if fleet.empty and services.empty:
        return None
    known = _ranked(fleet)
    marred = known[known[["impaired", "no_data", "stopped", "terminated"]].any(axis="columns")]
    told = min(len(marred), 20)
    tables = (
        Table(
            "availability-groups", groups(fleet).replace({"value": {"": DASH}}), _GROUPS, most=40
        ),
        Table("availability", _written(known), _INSTANCES if told else {}, most=told or 1),
        Table(
            "availability-services",
            services.assign(name=services["name"].map(printable)),
            _SERVICES,
        ),
    )
    return Part(
        anchor="availability",
        title="Availability",
        lead=f"{DEFINITION} {availability_services.DEFINITION}" if len(services) else DEFINITION,
        pictures=(_picture(marred[:MOST], found, len(marred), len(known)),) if len(marred) else (),
        tables=tuple(one for one in tables if len(one.frame)),
        findings=tuple(sorted(_findings(known), key=lambda one: one.rank)),
    )


def _ranked(fleet: pd.DataFrame) -> pd.DataFrame:
    """Return the instances, those whose checks failed first, then those that are gone, then gaps.

    The index stays the row of the slots.
    """
    by = ["impaired", "terminated", "no_data", "stopped"]
    return fleet.sort_values([*by, "name", "instance_id"], ascending=[False] * 4 + [True] * 2)


def _written(known: pd.DataFrame) -> pd.DataFrame:
    """Return the table of instances: without the tags, with the stem of their files."""
    columns = ("account", "region", "instance_id")
    files = list(starmap(file_name, known[list(columns)].itertuples(index=False)))
    named = known["name"].where(known["name"].astype(bool), known["instance_id"])
    table = known.assign(name=named, file=files).drop(columns="tags")
    return table.reset_index(drop=True)


def _picture(shown: pd.DataFrame, found: Slots, marred: int, known: int) -> Picture:
    clean = known - marred
    more = f", the first {len(shown)} of {marred}" if marred > len(shown) else ""
    marks = f"{plural(marred, 'instance')} with a failure, a stop or a gap{more}"
    subtitle = f"{span(found.window)}  ·  {marks}  ·  {clean:,} up all the time"
    worst = shown.iloc[0]
    extreme = (
        f" The longest failure is that of {worst['name'] or worst['instance_id']}: "
        f"{lasting(worst['impaired'])}."
        if worst["impaired"]
        else " No status check failed."
    )
    caption = (
        "Each strip is an instance that was not up all the time, in slots of "
        f"{lasting(found.step)}. A colour is a status check that failed: the system check is "
        "AWS's hardware and network, the instance check is its own software. Grey is time in "
        "which it ran and no check is stored; stripes are stopped, dots are terminated; nothing is "
        f"drawn where nobody knows.{extreme} {plural(clean, 'instance')} had none of it."
    )
    alt = f"Timelines of {plural(len(shown), 'instance')} that failed, stopped or have gaps"
    return Picture("availability-timelines", strips(shown, found, subtitle), alt, caption)


def _findings(known: pd.DataFrame) -> Iterator[Finding]:
    """Yield what needs somebody: checks that failed, and instances that nothing replaced.

    Of one that EC2 never described, nobody knows what would have replaced it.
    """
    failed = known[known["impaired"] > 0]
    gone = known[known["ended"].notna() & (known["replaced_by"] == "") & known["type"].astype(bool)]
    for row in _rows(failed[:MOST_FOUND]):
        yield Finding(DOWN, f"{number(row['availability'])} %", _subject(row), _failure(row))
    for row in _rows(gone[:MOST_FOUND]):
        text = f"terminated {row['ended']:%-d %b %H:%M} UTC, and nothing took its place"
        yield Finding(GONE, "gone", _subject(row), text)
    for rank, some, text in ((DOWN, failed, "whose checks failed"), (GONE, gone, "not replaced")):
        if (more := len(some) - MOST_FOUND) > 0:
            yield Finding(rank, f"{more:,} more", "instances", text)


def _rows(some: pd.DataFrame) -> list[dict[Any, Any]]:
    return some.to_dict("records")


def _subject(row: dict[Any, Any]) -> str:
    return str(row["name"] or row["instance_id"])


def _failure(row: dict[Any, Any]) -> str:
    checks = [
        f"{name} for {lasting(row[name])}" for name in ("system", "instance") if row[name]
    ] or [f"for {lasting(row['impaired'])}"]
    return f"status check failed: {', '.join(checks)}"
