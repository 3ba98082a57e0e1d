"""The ledger on a real node: runs that reserve at once never exceed the budget together."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from nephoscope.config.budget import Budget
from nephoscope.errors import OverBudget
from nephoscope.spending import Charge, Spending
from nephoscope.store import names, spending
from nephoscope.store.load.standing import Hit
from unit.archive.landed import NIGHT, run_at

COST = Charge(metrics=10_000, points=1, dollars=0.1, dollars_if_grouped=0.05)
DAY = NIGHT.date()
RUNS, FIT = 20, 7


def planned(number=0, at=NIGHT):
    """Return what the run that was planned so many microseconds after a moment is to cost."""
    asked_at = at + timedelta(microseconds=number)
    return Spending(run_at(asked_at), f"manual__{number}", asked_at, COST)


def granted(client, one, budget):
    try:
        spending.reserve(client, one, budget)
    except OverBudget:
        return False
    return True


def held(client, day=DAY):
    return {run: one.dollars for run, one in spending.reservations(client, day).items()}


@pytest.fixture
def at_once(store, monkeypatch):
    """Reserve for many runs, each of which has read the ledger before any has written it."""
    spending.reserve(store, planned(), Budget())
    read, barrier = spending._ledger, Barrier(RUNS)
    seen = set()

    def together(client, day):
        found = read(client, day)
        if len(seen) < RUNS:
            seen.add(object())
            barrier.wait()
        return found

    def run(budget):
        monkeypatch.setattr(spending, "_ledger", together)
        with ThreadPoolExecutor(RUNS) as pool:
            runs = [planned(number) for number in range(1, RUNS + 1)]
            answers = list(pool.map(lambda one: granted(store, one, budget), runs))
        monkeypatch.setattr(spending, "_ledger", read)
        return [one.run for one, answer in zip(runs, answers, strict=True) if answer]

    return run


def test_of_many_runs_at_once_exactly_so_many_reserve_as_fit(at_once, store):
    runs = at_once(Budget(per_day=0.1 * (1 + FIT)))
    assert len(runs) == FIT
    assert held(store) == dict.fromkeys([planned().run, *runs], 0.1)


def test_without_the_condition_they_would_overdraw(at_once, store, monkeypatch):
    """The negative arm: the writes of the test before, unconditional."""
    monkeypatch.setattr(Hit, "unchanged", {})
    assert len(at_once(Budget(per_day=0.1 * (1 + FIT)))) == RUNS


def test_a_run_above_the_budget_reserves_nothing_and_leaves_no_document(store):
    assert granted(store, planned(1), Budget(per_day=0.15))
    assert not granted(store, planned(2), Budget(per_day=0.15))
    assert not granted(store, planned(3), Budget(per_run=0.05))
    assert held(store) == {planned(1).run: 0.1}
    store.indices.refresh(index=names.COSTS)
    assert store.count(index=names.COSTS)["count"] == 2  # the ledger and one run


def test_what_was_spent_without_a_budget_counts_when_there_is_one(store):
    assert granted(store, planned(1), Budget())
    assert not granted(store, planned(2), Budget(per_day=0.15))


def test_a_reservation_whose_answer_was_lost_is_made_once(store):
    for _ in range(2):
        assert granted(store, planned(), Budget(per_day=0.1))
    assert held(store) == {planned().run: 0.1}


def test_each_utc_day_has_a_budget_of_its_own(store):
    tomorrow = planned(at=NIGHT + timedelta(days=1))
    assert granted(store, planned(), Budget(per_day=0.1))
    assert granted(store, tomorrow, Budget(per_day=0.1))
    assert held(store, tomorrow.asked_at.date()) == {tomorrow.run: 0.1}


def test_what_a_run_did_not_ask_is_free_again(store):
    budget, half = Budget(per_day=0.15), replace(planned(1), asked=Charge(5_000, 1, 0.05, 0.02))
    assert granted(store, planned(1), budget)
    for _ in range(2):
        spending.settle(store, half)
    assert spending.reservations(store, DAY)[half.run].counted
    assert granted(store, planned(2), budget)
    assert sum(held(store).values()) == pytest.approx(0.15)


def test_estimated_and_asked_can_be_summed_by_dag(store):
    for number in range(3):
        spending.reserve(store, planned(number), Budget())
    asked = replace(planned(0), asked=Charge(9_000, 5, 0.09, 0.04), stored={"created": 7})
    spending.settle(store, asked)
    store.indices.refresh(index=names.COSTS)
    sums = {
        name: {"sum": {"field": f"nephoscope.{name}.dollars"}} for name in ("estimated", "asked")
    }
    by_dag = {"dags": {"terms": {"field": "nephoscope.dag"}, "aggs": sums}}
    answer = store.search(index=names.COSTS, size=0, aggs=by_dag)
    [bucket] = answer["aggregations"]["dags"]["buckets"]
    assert (bucket["key"], bucket["doc_count"]) == ("collect_metrics_daily", 3)
    assert bucket["estimated"]["value"] == pytest.approx(0.3)
    assert bucket["asked"]["value"] == pytest.approx(0.09)
