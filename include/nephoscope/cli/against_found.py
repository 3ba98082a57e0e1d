"""What `nephoscope coverage --against archive` found, added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from nephoscope.chain.comparison import Compared
from nephoscope.chain.differences import Difference, Kind
from nephoscope.model import instant

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

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {
            "rows": self.rows,
            "total": self.total,
            "differences": [_one(self.rows[row], each) for row, each in self.told],
            "not_told": self.not_told,
            "equal": self.equal,
        }


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


def _one(row: dict[str, Any], each: Difference) -> dict[str, Any]:
    dimensions, metric, statistic = each.series
    return {
        **{name: row[name] for name in ("day", "account", "region", "namespace", "period")},
        "dimensions": dimensions,
        "metric": metric,
        "statistic": statistic,
        "kind": str(each.kind),
        "points": each.points,
        "first": instant(each.first),
        "last": instant(each.last),
    }


def summed(rows: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Add up the counts of points, by the kinds' names and what is archived and stored."""
    columns = "archived", "stored", *(kind.column for kind in Kind)
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({name: row[name] for name in columns})
    return dict(counts)
