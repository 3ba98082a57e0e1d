"""What a run asks of AWS and what that costs: estimated before, counted after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from nephoscope.config.budget import Budget
from nephoscope.quantities import priced

_DECIMALS = 6  # of a dollar; a metric asked costs 0.00001


@dataclass(frozen=True, slots=True)
class Charge:
    """Metrics and points, and their price in US dollars by both readings of AWS's price list."""

    metrics: int = 0
    points: int = 0
    dollars: float = 0.0
    dollars_if_grouped: float = 0.0

    def __add__(self, other: Charge) -> Charge:
        return Charge(
            self.metrics + other.metrics,
            self.points + other.points,
            exact(self.dollars + other.dollars),
            exact(self.dollars_if_grouped + other.dollars_if_grouped),
        )

    def __str__(self) -> str:
        return f"{self.metrics:,} metrics and {priced(self.dollars)}"


@dataclass(frozen=True, slots=True)
class Spending:
    """What one run spends.

    Attributes:
        run: its folder in the archive.
        dag_run: the scheduler's id of it, which it keeps when it is planned once more.
        asked_at: when it was planned, in UTC; it counts on that UTC day.
        estimated: what its plan asks.
        asked: what it asked; None before that is counted.
        stored: its documents, by what became of them.
    """

    run: str
    dag_run: str
    asked_at: datetime
    estimated: Charge
    asked: Charge | None = None
    stored: Mapping[str, int] = field(default_factory=dict)

    @property
    def dollars(self) -> float:
        """What counts: what was asked; before that is known, what is estimated."""
        return (self.asked or self.estimated).dollars

    def charges(self) -> dict[str, Any]:
        """Return what was estimated and what was asked, side by side, as JSON."""
        return {"estimated": asdict(self.estimated), "asked": self.asked and asdict(self.asked)}

    def __str__(self) -> str:
        return f"estimated {self.estimated}, asked {self.asked or 'not counted yet'}"


def refusal(budget: Budget, cost: Charge, spent: float, runs: int, day: date) -> str | None:
    """Say why a run may not ask and how to allow it; None if it may.

    Args:
        budget: what is allowed.
        cost: what the run is estimated to ask.
        spent: US dollars that the day's other runs have asked for or reserved.
        runs: how many they are.
        day: the UTC day.
    """
    over = []
    if budget.per_run is not None and _exceeds(cost.dollars, budget.per_run):
        over.append(("per_run", f"the {priced(budget.per_run)} of budget.per_run"))
    if (
        budget.per_day is not None
        and cost.dollars
        and _exceeds(spent + cost.dollars, budget.per_day)
    ):
        left = max(0.0, budget.per_day - spent)
        over.append(
            ("per_day", f"the {priced(left)} left of budget.per_day {priced(budget.per_day)}")
        )
    if not over:
        return None
    names, limits = zip(*over, strict=True)
    wait = ", or wait until 00:00 UTC" if names == ("per_day",) else ""
    return (
        f"this run would ask AWS for {cost}, more than {' and '.join(limits)}, so nothing is "
        f"asked. On {day} (UTC) {runs} {'run has' if runs == 1 else 'runs have'} spent or reserved "
        f"{priced(spent)}. To allow it, raise {' and '.join(f'budget.{one}' for one in names)} in "
        f"collections.yaml, or collect fewer collections or a shorter range{wait}"
    )


def exact(dollars: float) -> float:
    """Take off what sums of floating-point dollars add: tenths add up to the dollar."""
    return round(dollars, _DECIMALS)


def _exceeds(dollars: float, budget: float) -> bool:
    return exact(dollars - budget) > 0
