"""Timeline strips of the instances that were not up all the time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from nephoscope.availability import Slot, Slots
from nephoscope.report import canvas, style
from nephoscope.report.fleet import runs
from nephoscope.report.formats import DASH, lasting
from nephoscope.report.names import shorten

TITLE: Final = "Availability"

MOST: Final = 60
"""Strips of a picture."""

_WIDTH = 1080  # CSS pixels, as all below
_LEFT, _RIGHT = 190, 216
_ROW = 22
_BAR = 0.62  # of a row
_NARROWEST = 2.5  # so that a slot of a month is seen
_LABEL = 26  # characters

_VERMILION, _ORANGE = "#D55E00", "#E69F00"  # Okabe and Ito's

_FAILED = (Slot.IMPAIRED, Slot.SYSTEM, Slot.INSTANCE, Slot.BOTH)

WORDS: Final = {
    Slot.UP: "up",
    Slot.IMPAIRED: "check failed",
    Slot.SYSTEM: "system check failed",
    Slot.INSTANCE: "instance check failed",
    Slot.BOTH: "both checks failed",
    Slot.NO_DATA: "no data",
    Slot.STOPPED: "stopped",
    Slot.TERMINATED: "terminated",
}

_LOOKS: Final[dict[Slot, dict[str, Any]]] = {
    Slot.UP: {"facecolor": "#B8D8EE", "edgecolor": "none", "linewidth": 0},
    Slot.NO_DATA: {"facecolor": style.MISSING, "edgecolor": "none", "linewidth": 0},
    Slot.STOPPED: {
        "facecolor": style.PAPER,
        "edgecolor": style.HATCH,
        "hatch": style.STRIPES,
        "linewidth": 0,
    },
    Slot.TERMINATED: {
        "facecolor": style.PAPER,
        "edgecolor": style.HATCH,
        "hatch": "....",
        "linewidth": 0,
    },
    Slot.IMPAIRED: {"facecolor": _VERMILION, "edgecolor": "none", "linewidth": 0},
    Slot.SYSTEM: {"facecolor": _VERMILION, "edgecolor": "none", "linewidth": 0},
    Slot.INSTANCE: {"facecolor": _ORANGE, "edgecolor": "none", "linewidth": 0},
    Slot.BOTH: {
        "facecolor": _VERMILION,
        "edgecolor": _ORANGE,
        "hatch": "|||",
        "linewidth": 0,
    },
}


@style.styled
def strips(shown: pd.DataFrame, found: Slots, subtitle: str) -> Figure:
    """Draw a strip for each instance, in order; at least one and at most `MOST`.

    Args:
        shown: rows of `availability_groups.instances`; the index is the row of the slots.
        found: the slots of all.
        subtitle: below the title.
    """
    margins = canvas.Margins(left=_LEFT, right=_RIGHT, top=74, bottom=72)
    height = len(shown) * _ROW + margins.top + margins.bottom
    figure = canvas.sheet(_WIDTH, height)
    axes = canvas.place(figure, margins)
    canvas.head(axes, TITLE, subtitle)
    canvas.time_axis(axes, found.window)
    axes.set_ylim(len(shown), 0)
    cells = found.cells[shown.index.to_numpy()]
    there = [slot for slot in WORDS if (cells == slot).any()]
    for slot in there:
        axes.add_collection(_boxes(axes, cells, slot), autolim=False)
    _name(axes, shown)
    figure.legend(
        handles=[Patch(**_LOOKS[slot], label=WORDS[slot]) for slot in there],
        loc="lower left",
        bbox_to_anchor=(_LEFT / _WIDTH, 6 / height),
        ncols=len(there),
        borderaxespad=0,
        borderpad=0,
        handlelength=1.8,
        columnspacing=1.6,
        fontsize=8,
    )
    return figure


def _boxes(axes: Axes, cells: np.ndarray[Any, Any], slot: Slot) -> PolyCollection:
    """Return the boxes of a state; those of a failed check are wide enough to be seen."""
    left, right = axes.get_xlim()
    column = (right - left) / cells.shape[1]
    least = (right - left) * _NARROWEST / (_WIDTH - _LEFT - _RIGHT) if slot in _FAILED else 0
    boxes = []
    for row, states in enumerate(cells):
        top, bottom = row + 0.5 - _BAR / 2, row + 0.5 + _BAR / 2
        for first, last in runs(states == slot):
            start = left + first * column
            end = max(left + (last + 1) * column, start + least)
            boxes.append([(start, top), (end, top), (end, bottom), (start, bottom)])
    zorder = 2.5 if slot in _FAILED else 2
    return PolyCollection(boxes, label=WORDS[slot], zorder=zorder, **_LOOKS[slot])


def _name(axes: Axes, shown: pd.DataFrame) -> None:
    """Label every strip with its name on the left, with its availability and why on the right."""
    middles = np.arange(len(shown)) + 0.5
    axes.set_yticks(middles, [style.drawable(_label(row), style.MONO) for row in _rows(shown)])
    for label in axes.get_yticklabels():
        label.set(fontfamily=style.MONO, fontsize=8, color=style.INK)
    axes.tick_params(axis="y", length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    for middle, row in zip(middles, _rows(shown), strict=True):
        for text, offset, align, colour in (
            (_percent(row["availability"]), 40, "right", style.INK),
            (_why(row), 50, "left", style.MUTED),
        ):
            axes.annotate(
                text,
                (1, middle),
                (offset, 0),
                ("axes fraction", "data"),
                "offset points",
                ha=align,
                va="center",
                fontsize=8,
                color=colour,
                annotation_clip=False,
            )
    canvas.beside(axes, (1, 1), (40, 4), "up %", ha="right", fontsize=8, color=style.MUTED)


def _rows(shown: pd.DataFrame) -> list[dict[Any, Any]]:
    return shown.to_dict("records")


def _label(row: dict[Any, Any]) -> str:
    return shorten(row["name"] or row["instance_id"], _LABEL)


def _percent(value: float) -> str:
    if np.isnan(value):
        return DASH
    return "100" if value == 100 else f"{np.floor(value * 100) / 100:.2f}"


def _why(row: dict[Any, Any]) -> str:
    """Say shortly what befell an instance, the worst first."""
    words = {"impaired": "failed", "no_data": "no data", "stopped": "stopped"}
    told = [f"{word} {lasting(row[name])}" for name, word in words.items() if row[name]]
    if row["terminated"]:
        known = row["type"] and not pd.isna(row["ended"])
        told.insert(0, "replaced" if row["replaced_by"] else "not replaced" if known else "gone")
    return shorten(", ".join(told), _LABEL + 6)
