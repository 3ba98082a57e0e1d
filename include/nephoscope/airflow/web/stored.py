"""What the overview tells of the store: how fresh, how whole and how dear what is collected is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from elastic_transport import ApiError, TransportError

from nephoscope.airflow.run import CADENCES
from nephoscope.config.budget import Budget
from nephoscope.config.collections import Collection, Collections
from nephoscope.model import Window
from nephoscope.plan.windows import last_settled
from nephoscope.spending import Charge
from nephoscope.store.answers import meaning
from nephoscope.store.coverage import sums
from nephoscope.store.coverage.calendar import CoveredDay, calendar
from nephoscope.store.read.newest import Newest, newest
from nephoscope.store.read.queries import refresh
from nephoscope.store.spent import Spent, spent

DAYS = 28
"""Of coverage and costs."""

_PATIENCE = timedelta(minutes=15)  # for a run to collect what has settled
_SECONDS = 5.0  # for the first answer: someone waits for the page


@dataclass(frozen=True, slots=True)
class Freshness:
    """The newest point of a collection's namespace, and from when on one should be there.

    ``newest`` is None where nothing is stored. Times are UTC.
    """

    name: str
    namespace: str
    newest: Newest | None
    due: datetime

    @property
    def late(self) -> bool:
        """Whether what should be stored by now is not, or CloudWatch had none of it."""
        return self.newest is None or self.newest.point < self.due


@dataclass(frozen=True, slots=True)
class Stored:
    """What the store tells.

    Attributes:
        fresh: of each collection.
        days: the last `DAYS` that are over, in UTC, the first one first.
        coverage: of each namespace, by day; a day that was not audited is absent.
        costs: of days on which runs were planned, the last one first.
        budget: what they may be.
    """

    fresh: Sequence[Freshness]
    days: Sequence[date]
    coverage: Mapping[str, Mapping[date, CoveredDay]]
    costs: Sequence[Spent]
    budget: Budget

    @property
    def late(self) -> int:
        """How many collections are."""
        return sum(one.late for one in self.fresh)

    @property
    def today(self) -> Spent:
        """What was asked on the day that is not over."""
        today = self.days[-1] + timedelta(days=1)
        nothing = Spent(today, 0, 0, Charge(), Charge())
        return next((one for one in self.costs if one.day == today), nothing)

    @property
    def last_audited(self) -> CoveredDay | None:
        """The last day of which points were expected, of all namespaces; None where none is."""
        for day in reversed(self.days):
            found = [of[day] for of in self.coverage.values() if day in of]
            if sum(one.expected for one in found):
                return CoveredDay(day, "", *map(sum, zip(*map(_points, found), strict=True)))
        return None


def stored(client: Any, collections: Collections, asked_at: datetime) -> Stored:
    """Ask the store.

    Raises:
        StoreError: it does not answer; that is known after a few seconds.
    """
    _reach(client)
    refresh(client)
    sums.refresh(client)
    today = Window.day(asked_at)
    over = Window(today.start - timedelta(days=DAYS), today.start)
    coverage: dict[str, dict[date, CoveredDay]] = {}
    for one in calendar(client, over):
        coverage.setdefault(one.namespace, {})[one.day] = one
    return Stored(
        fresh=[
            _freshness(client, name, one, asked_at) for name, one in collections.collections.items()
        ],
        days=[day.start.date() for day in over.days()],
        coverage=dict(sorted(coverage.items())),
        costs=spent(client, Window(over.start, today.end))[::-1],
        budget=collections.budget,
    )


def _points(one: CoveredDay) -> tuple[int, int, int]:
    return one.expected, one.stored, one.confirmed


def _reach(client: Any) -> None:
    try:
        client.options(request_timeout=_SECONDS, max_retries=2, retry_backoff_cap=0.1).info()
    except (ApiError, TransportError) as error:
        raise meaning(client, error) from error


def _freshness(client: Any, name: str, one: Collection, asked_at: datetime) -> Freshness:
    cadence = CADENCES["storage" if one.of_storage else "live"]
    due = last_settled(asked_at - _PATIENCE, *cadence.of(one)).start
    if one.period != "auto":
        due -= timedelta(seconds=one.period)  # its points may be rarer than it is asked
    return Freshness(name, one.namespace, newest(client, one.namespace), due)
