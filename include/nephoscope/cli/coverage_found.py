"""What `nephoscope coverage` found, added up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nephoscope.coverage import Coverage
    from nephoscope.store.coverage.sums import Covered

_KEYS = ("account", "region", "namespace", "period")
_POINTS = ("resource_days", "expected", "stored", "confirmed", "lacking")


@dataclass(slots=True)
class Found:
    """What the audits of some days say.

    Attributes:
        rows: sums by account, region, namespace and period.
        not_audited: the days that nothing is said of, as text.
        not_covered: the chosen collections that nothing is said of.
        worst: the days of resources that lack most.
    """

    rows: list[dict[str, Any]]
    not_audited: list[str] = field(default_factory=list)
    not_covered: list[str] = field(default_factory=list)
    worst: Sequence[Coverage] = ()

    @property
    def total(self) -> dict[str, Any]:
        """All rows in one."""
        return summed({}, self.rows)

    def reaches(self, percent: float) -> bool:
        """Tell whether so much is stored, or confirmed to be nowhere, and every day is judged."""
        summed_ = self.total
        there = 100 * (summed_["expected"] - summed_["lacking"]) >= percent * summed_["expected"]
        unjudged = self.not_audited or self.not_covered or summed_["states"].get("not settled")
        return there and not unjudged


def rows(days: Iterable[Iterable[Covered]], collections: Mapping[str, str]) -> list[dict[str, Any]]:
    """Add up days by account, region, namespace and period.

    Args:
        days: sums of each.
        collections: namespaces by the names of collections.
    """
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for day in days:
        for one in day:
            counts = {name: getattr(one, name) for name in _POINTS[1:]}
            counts |= {"days": 1, "resource_days": one.resources, "states": one.states}
            groups.setdefault(tuple(getattr(one, key) for key in _KEYS), []).append(counts)
    return [
        summed(
            {
                "collections": [n for n, space in collections.items() if space == group[2]],
                **dict(zip(_KEYS, group, strict=True)),
                "days": len(some),
            },
            some,
        )
        for group, some in sorted(groups.items())
    ]


def summed(whose: Mapping[str, Any], some: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up counts; ``percent`` is of the expected points, None where there are none."""
    counts, states = Counter[str](), Counter[str]()
    for one in some:
        counts.update({name: one[name] for name in _POINTS})
        states.update(one["states"])
    expected = counts["expected"]
    return {
        **whose,
        **{name: counts[name] for name in _POINTS},
        "percent": 100 * (expected - counts["lacking"]) / expected if expected else None,
        "states": dict(sorted(states.items())),
    }
