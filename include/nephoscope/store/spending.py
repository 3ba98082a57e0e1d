"""What runs spend, as documents: one of each run, and a ledger of each UTC day.

A ledger holds what each run planned on its day has reserved, or has asked when that was counted.
It is written on the condition that nobody has written it since it was read, and else read again:
of runs that reserve at the same time each sees what those before it took, and together they never
exceed the budget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date

from elasticsearch import Elasticsearch

from nephoscope.config.budget import Budget
from nephoscope.errors import OverBudget, Rejected, StoreError
from nephoscope.model import instant
from nephoscope.spending import Spending, refusal
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.load.bulk import Patience, send
from nephoscope.store.load.items import Batch, Item
from nephoscope.store.load.standing import Hit
from nephoscope.store.schema.making import ensure_costs

ROUNDS = 30
"""Of writing what another run changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a ledger says of a run.

    Attributes:
        dag_run: the scheduler's id of it.
        dollars: US dollars reserved, or asked where that was counted.
        counted: whether it was.
    """

    dag_run: str
    dollars: float
    counted: bool

    @classmethod
    def of(cls, spending: Spending) -> Reservation:
        """Return what a run reserves, or what it asked."""
        return cls(spending.dag_run, spending.dollars, spending.asked is not None)


Reservations = Mapping[str, Reservation]
"""Those of a UTC day, by the runs' folders."""


def reservations(client: Elasticsearch, day: date) -> dict[str, Reservation]:
    """Return what the runs that were planned on a UTC day reserved or asked."""
    standing = _ledger(client, day)
    return _reservations(standing) if standing else {}


def reserve(
    client: Elasticsearch, spending: Spending, budget: Budget, patience: Patience | None = None
) -> None:
    """Reserve what a run is estimated to ask, and note the run.

    Raises:
        OverBudget: the budget does not allow it; nothing is reserved.
        StoreError: Elasticsearch does not answer, or others were faster `ROUNDS` times.
    """
    day = _day(spending)

    def taken(held: Reservations) -> Reservations:
        others = [one.dollars for run, one in held.items() if run != spending.run]
        why = refusal(budget, spending.estimated, sum(others), len(others), day)
        if why:
            raise OverBudget(why)
        return {**held, spending.run: Reservation.of(spending)}

    _change(client, day, taken, patience or Patience())
    _note(client, spending, patience)


def settle(client: Elasticsearch, spending: Spending, patience: Patience | None = None) -> None:
    """Put what a run asked in the place of what it reserved; again changes nothing."""

    def settled(held: Reservations) -> Reservations:
        return {**held, spending.run: Reservation.of(spending)}

    _change(client, _day(spending), settled, patience or Patience())
    _note(client, spending, patience)


def _day(spending: Spending) -> date:
    return spending.asked_at.astimezone(UTC).date()


def _change(
    client: Elasticsearch,
    day: date,
    change: Callable[[Reservations], Reservations],
    patience: Patience,
) -> None:
    """Write a day's ledger anew, from what it says when it is written."""
    ensure_costs(client)
    for attempt in range(ROUNDS):
        if attempt:
            patience.pause(attempt - 1)
        standing = _ledger(client, day)
        before = _reservations(standing) if standing else {}
        after = change(before)
        if after == before or _put(client, _item(day, after, standing), patience):
            return
    raise StoreError(f"other runs wrote the costs of {day} {ROUNDS} times meanwhile; run again")


def _item(day: date, held: Reservations, standing: Hit | None) -> Item:
    document = {
        "@timestamp": f"{day}T00:00:00Z",
        "nephoscope": {"reservations": {run: asdict(one) for run, one in held.items()}},
    }
    alias, id_ = names.write_alias(names.COSTS), _ledger_id(day)
    if standing is None:
        return Item.of("create", alias, id_, document)
    return Item.of("index", alias, id_, document, **standing.unchanged)


def _note(client: Elasticsearch, spending: Spending, patience: Patience | None) -> None:
    """Write the document of a run, for sums in Kibana."""
    document = {
        "@timestamp": instant(spending.asked_at),
        "nephoscope": {
            "dag": spending.run.split("/")[1],
            "dag_run": spending.dag_run,
            "run": spending.run,
            "estimated": asdict(spending.estimated),
            **({"asked": asdict(spending.asked)} if spending.asked else {}),
            **({"stored": dict(spending.stored)} if spending.stored else {}),
        },
    }
    alias, id_ = names.write_alias(names.COSTS), names.document_id("run", spending.run)
    _put(client, Item.of("index", alias, id_, document), patience or Patience())


def _put(client: Elasticsearch, item: Item, patience: Patience) -> bool:
    """Write a document; tell whether its condition held.

    Raises:
        Rejected: Elasticsearch refuses it for what it is.
    """
    lost = False
    for settled in send(client, [Batch.of([item])], patience):
        for outcome in settled.others:
            if not outcome.conflict:
                raise Rejected(f"Elasticsearch rejected the costs of a run: {outcome.reason}")
            lost = True
    return not lost


def _ledger(client: Elasticsearch, day: date) -> Hit | None:
    """Read the ledger of a day as it stands after every write that was acknowledged."""
    with answered(client) as asked:
        found = asked.options(ignore_status=404).get(index=names.COSTS, id=_ledger_id(day))
    return Hit.of(found.body) if found.get("found") else None


def _reservations(standing: Hit) -> dict[str, Reservation]:
    held = standing.source["nephoscope"]["reservations"]
    return {run: Reservation(**one) for run, one in held.items()}


def _ledger_id(day: date) -> str:
    return names.document_id("day", str(day))
