"""The page: one static HTML file that needs no script, for a browser, a mail and a sheet of A4."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined

from nephoscope.report import canvas, formats
from nephoscope.report.header import Header
from nephoscope.report.part import Finding, Part, Picture, Table

FINDINGS: Final = 10
"""Lines at the most: more are not read."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What a page tells, in its order."""

    header: Header
    parts: tuple[Part, ...]

    @property
    def findings(self) -> list[tuple[Part, Finding]]:
        """The most important findings of all parts, each with its own."""
        found = [(part, finding) for part in self.parts for finding in part.findings]
        return sorted(found, key=lambda one: one[1].rank)[:FINDINGS]


class Listed(NamedTuple):
    """A report in the list of all: its folder, and what it is called."""

    folder: str
    title: str


def render(report: Report, singles: Sequence[Picture], links: Mapping[str, str]) -> str:
    """Write the page of a report.

    Args:
        report: what it tells.
        singles: pictures of instances that it shows, which lie in ``instances/``.
        links: the pages of instances by `Instance.file`, as paths from the page.
    """
    template = _templates().get_template("report.html.jinja")
    return template.render(report=report, singles=singles, links=links)


def render_single(part: Part, title: str) -> str:
    """Write the page of an instance; the title is that of the report it belongs to."""
    return _templates().get_template("single.html.jinja").render(part=part, title=title)


def render_index(reports: Sequence[Listed]) -> str:
    """Write the list of reports, the newest first."""
    return _templates().get_template("reports.html.jinja").render(reports=reports)


def render_latest(newest: Listed) -> str:
    """Write the page that leads to the newest report."""
    return _templates().get_template("latest.html.jinja").render(newest=newest)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("nephoscope.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "shown": formats.shown,
        "number": "{:,}".format,
        "rows": _rows,
        "size": canvas.size,
    }
    return templates


def _rows(table: Table) -> list[dict[Hashable, Any]]:
    return table.frame.head(table.most).to_dict("records")
