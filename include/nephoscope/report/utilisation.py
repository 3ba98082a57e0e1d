"""How a large fleet uses what it has: how many instances had which CPU when.

After Brendan Gregg's utilization heat map: time by utilization, the shade counts instances, so
that a thousand of them still show their modes and their outliers.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from nephoscope.model import Window
from nephoscope.report import canvas, style
from nephoscope.report.bands import Averages
from nephoscope.report.formats import lasting, moment, plural, span
from nephoscope.report.part import Part, Picture, Table

MANY: Final = 300  # instances from which on rows of a heat map are too many to look at
BAND: Final = 2  # per cent

_WIDTH, _HEIGHT = 1080, 360


def part(averages: Averages, window: Window) -> Part:
    """Draw the averages of a fleet."""
    counted = counts(averages)
    most = np.unravel_index(int(counts_of(counted).argmax()), counts_of(counted).shape)
    caption = (
        f"Every column is {lasting(averages.step)}, every row {BAND} % of CPU; the darker, the "
        "more instances had such an average then. White: none. Most at once: "
        f"{plural(int(counts_of(counted)[most]), 'instance')} at "
        f"{most[0] * BAND} to {most[0] * BAND + BAND} %, {moment(averages.starts[int(most[1])])}."
    )
    alt = f"How many instances had which CPU utilization, {span(window)}"
    return Part(
        anchor="utilization",
        title="Utilization",
        lead="How many instances had which CPU when.",
        pictures=(Picture("utilization", figure(averages, counted, window), alt, caption),),
        tables=(Table("utilization", counted, {}),),
    )


def counts(averages: Averages) -> pd.DataFrame:
    """Count instances: a row for each band of utilization from 0 %, a column for each time."""
    bands = 100 // BAND
    found = np.zeros((bands, len(averages.starts)), np.int64)
    there = np.isfinite(averages.means)
    row = np.minimum(averages.means[there] // BAND, bands - 1).astype(np.int64)
    np.add.at(found, (row, np.nonzero(there)[1]), 1)
    times = [f"{start:%Y-%m-%dT%H:%M:%SZ}" for start in averages.starts]
    columns = pd.DataFrame(found, columns=times)
    columns.insert(0, "from_percent", np.arange(bands) * BAND)
    return columns


def counts_of(counted: pd.DataFrame) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Return the counts alone, band by time."""
    found: np.ndarray[tuple[int, int], np.dtype[np.int64]] = counted.iloc[:, 1:].to_numpy()
    return found


@style.styled
def figure(averages: Averages, counted: pd.DataFrame, window: Window) -> Figure:
    """Draw the counts."""
    sheet = canvas.sheet(_WIDTH, _HEIGHT)
    axes = canvas.place(sheet, canvas.Margins(left=76, right=54, top=78, bottom=50))
    canvas.head(axes, "Fleet CPU, how many instances", span(window))
    edges = canvas.positions(averages.edges)
    shades = np.ma.masked_equal(counts_of(counted), 0)
    image = axes.imshow(
        shades,
        cmap=colormaps[style.MAGNITUDE].reversed().with_extremes(bad=style.PAPER),
        norm=LogNorm(1, max(int(shades.max()), 2)),
        aspect="auto",
        interpolation="nearest",
        origin="lower",
        extent=(edges[0], edges[-1], 0, 100),
    )
    canvas.time_axis(axes, window)
    axes.set_ylabel(canvas.CPU)
    ticks = [10**power for power in range(len(str(int(shades.max()))))]
    canvas.colour_bar(sheet, image, "instances", ticks=ticks, format="{x:,.0f}")
    return sheet
