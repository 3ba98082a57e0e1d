"""What the page of a report is made of: parts, each with pictures, tables and findings.

A part is drawn and counted before it comes here; the page renders all of them alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from matplotlib.figure import Figure

Format = Literal["text", "number", "percent", "bytes", "moment", "lasting", "range"]
"""How a column is written.

``moment`` is UTC, ``lasting`` seconds. ``range`` draws a bar of a row's columns median, p95 and
max, which are per cent.
"""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,99}", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture beside the page, drawn without pyplot.

    Attributes:
        name: the stem of its file; made by `names.file_name` where it comes from outside.
        figure: what is drawn.
        alt: what it shows, for who does not see it.
        caption: what it shows, how to read it, its extremes; plain text.
        colours: how many its file keeps; None keeps all, which a heat map needs.
    """

    name: str
    figure: Figure
    alt: str
    caption: str
    colours: int | None = None

    def __post_init__(self) -> None:
        _check(self.name)


@dataclass(frozen=True, slots=True)
class Column:
    """How the page shows a column of a table.

    Attributes:
        heading: above it.
        format: of its values; an absent one is a dash.
        link: the column that has `Instance.file` of what the value names: the page leads to its
            pictures, where there are some.
    """

    heading: str
    format: Format = "text"
    link: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Numbers: all of `frame` as CSV and Parquet under ``data/``, some of it on the page.

    Attributes:
        name: the stem of its files.
        frame: texts, numbers and moments in UTC. Texts are `names.printable`.
        columns: those that the page shows, in order; none where it shows no table.
        most: rows that the page shows.
    """

    name: str
    frame: pd.DataFrame
    columns: Mapping[str, Column]
    most: int = 20

    def __post_init__(self) -> None:
        _check(self.name)
        if unknown := set(self.columns) - set(self.frame):
            raise ValueError(f"the table {self.name} has no column {', '.join(sorted(unknown))}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a reader should know first: a number, whose it is, and what it says.

    Attributes:
        rank: lower first; 0 to 9 is down or lost, 10 to 19 overloaded, 20 to 29
            waste, then the rest.
        figure: ``98.4 %``.
        subject: a name or an id.
        text: ``status check failed for 2 h 10 min``.
    """

    rank: int
    figure: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A section of the page.

    Attributes:
        anchor: what links to it say, such as ``availability``.
        title: its heading.
        lead: what is defined how, and how to read it; plain text.
        pictures: in order.
        tables: in order.
        findings: the most important first.
    """

    anchor: str
    title: str
    lead: str
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __post_init__(self) -> None:
        _check(self.anchor)


def _check(name: str) -> None:
    """Refuse what would be no safe name of a file or an anchor."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} can't be the name of a file: only a-z, 0-9, _ and - can")
