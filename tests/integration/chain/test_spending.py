"""A run that is planned again reserves anew, and of its earlier plan only what was asked counts."""

from datetime import timedelta

import pytest

from nephoscope.archive import runs
from nephoscope.chain.spending import reserve, settle
from nephoscope.config.budget import Budget
from nephoscope.errors import OverBudget
from nephoscope.plan.cost import cost
from nephoscope.plan.planning import Plan
from nephoscope.store.spending import reservations
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, steady

SHARDS = (shard(), shard(2))
COST = 0.00009
ONE_RUN = Budget(per_day=COST)


@pytest.fixture
def plan(tmp_path, store):
    """Plan a run and reserve what it asks; later by so many seconds."""

    def run(dag_run, after=0, dag="a_dag"):
        asked_at = NIGHT + timedelta(seconds=after)
        folder = runs.write_plan(tmp_path, dag, Plan(asked_at, {"ec2": DAY}, SHARDS))
        reserve(tmp_path, store, folder, cost(SHARDS), ONE_RUN, dag_run)
        return folder

    return run


@pytest.fixture
def held(store):
    """Read what each run holds of the day's budget."""
    return lambda: {
        run: pytest.approx(one.dollars) for run, one in reservations(store, NIGHT.date()).items()
    }


def test_a_plan_that_is_made_again_takes_the_place_of_the_one_before(plan, held):
    first, second = (plan("scheduled__x", after) for after in (0, 1))
    assert held() == {first: 0, second: COST}


def test_what_the_plan_before_had_asked_still_counts(plan, held, tmp_path):
    first = plan("scheduled__x")
    land(tmp_path, steady(1), run=first, one=SHARDS[0])
    with pytest.raises(OverBudget, match=r"1 run has spent or reserved \$0\.00003"):
        plan("scheduled__x", 1)
    assert held() == {first: 0.00003}


@pytest.mark.parametrize(("dag_run", "dag"), [("scheduled__y", "a_dag"), ("scheduled__x", "b_dag")])
def test_another_runs_reservation_stays(plan, held, dag_run, dag):
    first = plan("scheduled__x")
    with pytest.raises(OverBudget):
        plan(dag_run, 1, dag)
    assert held() == {first: COST}


def test_a_run_that_ended_frees_what_it_did_not_ask_and_keeps_what_it_did(
    plan, held, tmp_path, store
):
    first = plan("scheduled__x")
    for number, one in enumerate(SHARDS, start=1):
        land(tmp_path, steady(1), run=first, number=number, one=one)
    land(tmp_path, steady(1), run=first, number=1, attempt=2, one=SHARDS[0])
    settled = settle(tmp_path, store, first, {"created": 1})
    assert (settled.estimated.metrics, settled.asked.metrics) == (9, 12)
    assert held() == {first: 0.00012}
    with pytest.raises(OverBudget):
        plan("scheduled__x", 1)
    assert held() == {first: 0.00012}


def test_a_run_that_a_version_without_budgets_planned_is_settled(tmp_path, store, held):
    run = runs.write_plan(tmp_path, "a_dag", Plan(NIGHT, {"ec2": DAY}, SHARDS))
    assert settle(tmp_path, store, run, {}).estimated.metrics == 9
    assert held() == {run: COST}
