"""The fleet at a glance: the heat map with what stands out of it."""

from __future__ import annotations

import numpy as np

from nephoscope.report import tables
from nephoscope.report.fleet import Fleet
from nephoscope.report.formats import lasting, moment, percent, plural, span
from nephoscope.report.heat import Heat
from nephoscope.report.maps import heat_map
from nephoscope.report.part import Part, Picture, Table


def part(fleet: Fleet, shown: Heat) -> Part:
    """Draw a fleet of at least one instance."""
    return Part(
        anchor="fleet",
        title="The fleet",
        lead="CPU of every instance over time, from 0 to 100 %, the highest p95 on top.",
        pictures=(Picture("heatmap", heat_map(fleet, shown), _alt(fleet), _caption(fleet, shown)),),
        tables=(
            Table("heatmap", tables.heat_map(shown), {}),
            Table("cpu", tables.cpu(fleet), {}),
        ),
    )


def _alt(fleet: Fleet) -> str:
    count = plural(len(fleet.instances), "instance")
    return f"Heat map of the CPU utilization of {count}, {span(fleet.window)}"


def _caption(fleet: Fleet, shown: Heat) -> str:
    row = "an instance" if shown.stack == 1 else f"{shown.stack} instances"
    text = (
        f"Every row is {row}, every column {lasting(shown.step)}; the colour is the highest "
        "average CPU in it. Grey: the instance ran, but no point is stored. Hatched: it was "
        "stopped, or had not started. White: not known yet."
    )
    if not fleet.measured:
        return f"{text} No point is stored for any instance."
    top = max(fleet.measured, key=lambda one: one.numbers.highest)
    values = top.points["highest"].to_numpy()
    at = moment(top.times[int(np.nanargmax(values))])
    return f"{text} Highest: {percent(top.numbers.highest)} % on {top.title}, {at}."
