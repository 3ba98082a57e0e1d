"""Single instances: those that are flagged and the busiest, each with a picture and a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pandas as pd

from nephoscope.model import Window
from nephoscope.report import tables
from nephoscope.report.busiest import Evidence, Verdict, hot
from nephoscope.report.fleet import Cell, Fleet, Instance
from nephoscope.report.formats import lasting, moment, percent, plural, span
from nephoscope.report.part import Column, Finding, Part, Picture, Table
from nephoscope.report.plots import TITLE, cpu_plot

_SHOWN = 60  # rows of the table of all
_STOPS = 2  # findings


def chosen(
    fleet: Fleet, evidence: list[Evidence], failing: set[str], most: int | None
) -> list[Instance]:
    """Choose the instances that are drawn alone, in the order of the heat map.

    The flagged go first: failing, without room, lacking points, stopped in the window or idle.

    Args:
        fleet: of the window.
        evidence: of those that may be idle.
        failing: the files of those of which a status check failed.
        most: how many at the most; None: all.
    """
    told = {one.instance.file for one in evidence if one.verdict is Verdict.IDLE} | failing
    flagged = [one for one in fleet.instances if _flagged(one, fleet.window) or one.file in told]
    files = {one.file for one in flagged[:most]}
    others = [one for one in fleet.measured if one.file not in files]
    room = None if most is None else most - len(files)
    files |= {one.file for one in others[:room]}
    return [one for one in fleet.instances if one.file in files]


def _flagged(one: Instance, window: Window) -> bool:
    lacking = one.numbers.stored < one.numbers.expected
    return hot(one) or lacking or stopped_in(one, window)


def stopped_in(one: Instance, window: Window) -> bool:
    """Tell whether an instance stopped, or was still stopped, in a window."""
    return one.state == "stopped" and one.stopped_at is not None and one.stopped_at < window.end


def part(fleet: Fleet, drawn: int) -> Part:
    """List all instances; those that are drawn are linked to their pages.

    Args:
        fleet: of the window.
        drawn: how many are.
    """
    count = len(fleet.instances)
    some = f"{drawn:,} of {plural(count, 'instance')}" if drawn < count else "all instances"
    return Part(
        anchor="instances",
        title="Instances",
        lead=(
            f"Pictures of {some}. Line: the average of each period, drawn at its start. Band: up "
            "to the maximum. Where nothing is stored, nothing is drawn. The scale ends at 10, 25, "
            "50 or 100 %, whichever holds the maximum. Coverage is stored of expected CPU points."
        ),
        tables=(Table("all", tables.instances(fleet), _ALL, _SHOWN),),
        findings=tuple(_stopped(fleet)),
    )


_ALL: Final = {
    "title": Column("Instance", link="file"),
    "instance_id": Column("Id"),
    "account": Column("Account"),
    "type": Column("Type"),
    "state": Column("State"),
    "mean": Column("Mean %", "percent"),
    "p95": Column("p95 %", "percent"),
    "max": Column("Max %", "percent"),
    "stored": Column("Points", "number"),
    "coverage": Column("Coverage %", "percent"),
}


def _stopped(fleet: Fleet) -> Iterator[Finding]:
    found = [one for one in fleet.instances if stopped_in(one, fleet.window)]
    for one in found[:_STOPS] if len(found) > _STOPS + 1 else found:
        assert one.stopped_at is not None
        lasted = (fleet.window.end - max(one.stopped_at, fleet.window.start)).total_seconds()
        since = f"stopped since {moment(one.stopped_at)}"
        yield Finding(30, lasting(lasted), one.title, since)
    if len(found) > _STOPS + 1:
        yield Finding(30, f"{len(found) - _STOPS:,} more", "instances", "are stopped")


def single(one: Instance, window: Window, more: Mapping[str, pd.Series[float]]) -> Part:
    """Draw one instance.

    Args:
        one: whose.
        window: what is drawn.
        more: what is stored of it beside its CPU, by the columns of `plots.PANELS` and by
            timestamp (UTC).
    """
    numbers = _rows(one, more)
    figure = cpu_plot(one, window, numbers)
    picture = Picture(one.file, figure, _alt(one, window), _caption(one), colours=64)
    rows = numbers.reset_index()
    columns = {name: column for name, column in _NUMBERS.items() if name in rows}
    return Part(
        anchor="cpu",
        title=one.title,
        lead=f"{one.instance_id}, {one.account}, {one.region}: {one.state}.",
        pictures=(picture,),
        tables=(Table(one.file, rows, columns, most=300),),
    )


_NUMBERS: Final = {
    "timestamp": Column("Time (UTC)", "moment"),
    "avg": Column("Average %", "percent"),
    "max": Column("Max %", "percent"),
    "network_in": Column("Network in", "bytes"),
    "network_out": Column("Network out", "bytes"),
    "disk_read": Column("Read", "bytes"),
    "disk_write": Column("Written", "bytes"),
    "credits": Column("Credits", "number"),
    "failed": Column("Check failed", "number"),
    "state": Column("State"),
}


def _rows(one: Instance, more: Mapping[str, pd.Series[float]]) -> pd.DataFrame:
    """Put what is stored of an instance beside its CPU, on the same steps."""
    found = one.points[["avg", "max"]].copy()
    for name, values in more.items():
        found[name] = values.reindex(found.index)
    return found.assign(state=[Cell(cell).name.lower() for cell in one.points["cell"]])


def _alt(one: Instance, window: Window) -> str:
    numbers = one.numbers
    return (
        f"{TITLE} of {one.title}, {span(window)}: median {percent(numbers.median)}, p95 "
        f"{percent(numbers.p95)}, maximum {percent(numbers.max)} per cent"
    )


def _caption(one: Instance) -> str:
    """Say who it is, and its extremes."""
    where = f"{one.type or 'type unknown'} in {one.zone or one.region}"
    text = f"{one.title}, {where}, a point every {lasting(one.step)}."
    if not one.numbers.stored:
        return f"{text} No point is stored."
    top = one.points["max"].fillna(one.points["avg"])
    at = moment(one.times[int(np.nanargmax(top.to_numpy()))])
    text += f" Highest {percent(float(top.max()))} %, {at}, median {percent(one.numbers.median)} %."
    lacking = one.numbers.expected - one.numbers.stored
    return f"{text} {plural(lacking, 'point')} missing." if lacking else text
