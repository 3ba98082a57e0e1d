"""`nephoscope coverage --against archive`: what is stored beside what the archive holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nephoscope.cli.output import say_json
from nephoscope.cli.progress import counted
from nephoscope.errors import ConfigError
from nephoscope.model import Window

if TYPE_CHECKING:
    from nephoscope.chain.comparison import Compared
    from nephoscope.chain.differences import Difference

MOST = 1_000
"""Series that differ and are told of: of a day that is gone there are some for each resource."""


@dataclass(slots=True)
class Against:
    """What comparisons came to.

    Attributes:
        rows: a day, source and period each, with counts of points.
        told: the first series that differ, of each row's number.
        not_told: how many more there are.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    told: list[tuple[int, Difference]] = field(default_factory=list)
    not_told: int = 0

    @property
    def total(self) -> dict[str, int]:
        """All rows in one."""
        return summed(self.rows)

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.told


def compared(window: Window, namespaces: Collection[str] | None, as_json: bool) -> int:
    """Compare days, tell what differs, and return the status to end with.

    Raises:
        ConfigError: neither side has a point of the days.
    """
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.chain.comparison import compare

    root, client = run.archive(), elasticsearch_client()
    with counted("points compared") as watch:
        found = gathered(compare(root, client, window, watch, namespaces))
    if not found.rows:
        raise ConfigError(f"neither Elasticsearch nor the archive {root} has a point of {window}")
    if as_json:
        from nephoscope.cli.against_shown import as_json as written

        say_json(written(found))
    else:
        from nephoscope.cli.against_shown import show

        show(found)
    return 0 if found.equal else 1


def gathered(comparisons: Iterable[Compared]) -> Against:
    """Gather comparisons; of what differs no more than `MOST` is kept."""
    found = Against()
    for one in comparisons:
        room = MOST - len(found.told)
        found.told += [(len(found.rows), each) for each in one.differences[:room]]
        found.not_told += len(one.differences[room:])
        found.rows.append(_row(one))
    return found


def _row(one: Compared) -> dict[str, Any]:
    from nephoscope.chain.differences import Kind

    points: Counter[str] = Counter()
    for each in one.differences:
        points[each.kind] += each.points
    return {
        "day": f"{one.day.start:%Y-%m-%d}",
        "account": one.source.account,
        "region": one.source.region,
        "namespace": one.source.namespace,
        "period": one.period,
        "archived": one.archived,
        "stored": one.stored,
        **{kind.column: points[kind] for kind in Kind},
    }


def summed(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Add up the counts of points, by the kinds' names and what is archived and stored."""
    from nephoscope.chain.differences import Kind

    columns = "archived", "stored", *(kind.column for kind in Kind)
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({name: row[name] for name in columns})
    return dict(counts)
