"""A run above its budget is told what it would cost, what was spent, and how to allow it."""

from datetime import date

import pytest

from nephoscope.config.budget import Budget
from nephoscope.quantities import priced
from nephoscope.spending import Charge, refusal

DAY = date(2026, 11, 20)
COST = Charge(metrics=2_310, points=86_400, dollars=0.0231, dollars_if_grouped=0.02)


@pytest.mark.parametrize(
    ("budget", "spent", "runs", "says"),
    [
        pytest.param(
            Budget(per_run=0.02),
            0.5,
            3,
            "this run would ask AWS for 2,310 metrics and $0.0231, more than the $0.02 of "
            "budget.per_run, so nothing is asked. On 2026-11-20 (UTC) 3 runs have spent or "
            "reserved $0.50. To allow it, raise budget.per_run in collections.yaml, or collect "
            "fewer collections or a shorter range",
            id="run",
        ),
        pytest.param(
            Budget(per_run=1, per_day=0.51),
            0.5,
            1,
            "this run would ask AWS for 2,310 metrics and $0.0231, more than the $0.01 left of "
            "budget.per_day $0.51, so nothing is asked. On 2026-11-20 (UTC) 1 run has spent or "
            "reserved $0.50. To allow it, raise budget.per_day in collections.yaml, or collect "
            "fewer collections or a shorter range, or wait until 00:00 UTC",
            id="day",
        ),
        pytest.param(
            Budget(per_run=0.01, per_day=0.02),
            0,
            0,
            "this run would ask AWS for 2,310 metrics and $0.0231, more than the $0.01 of "
            "budget.per_run and the $0.02 left of budget.per_day $0.02, so nothing is asked. On "
            "2026-11-20 (UTC) 0 runs have spent or reserved $0.00. To allow it, raise "
            "budget.per_run and budget.per_day in collections.yaml, or collect fewer collections "
            "or a shorter range",
            id="both",
        ),
    ],
)
def test_the_sentence_says_cost_budget_spent_and_the_mend(budget, spent, runs, says):
    assert refusal(budget, COST, spent, runs, DAY) == says


@pytest.mark.parametrize(
    "budget", [Budget(), Budget(per_run=0.0231), Budget(per_day=0.0231), Budget(per_day=9)]
)
def test_what_fits_is_allowed(budget):
    assert refusal(budget, COST, 0, 0, DAY) is None


def test_tenths_add_up():
    """Three tenths of a dollar are more than 0.3 in floating point, and fit into it."""
    tenth, spent = Charge(10_000, 0, 0.1, 0.1), 0.1 + 0.1
    assert spent + tenth.dollars > 0.3
    assert refusal(Budget(per_day=0.3), tenth, spent, 2, DAY) is None
    assert refusal(Budget(per_day=0.29999), tenth, spent, 2, DAY)


def test_a_run_that_asks_nothing_is_allowed_whatever_was_spent():
    assert refusal(Budget(per_day=1), Charge(), 5, 1, DAY) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "$0.00"), (0.00001, "$0.00001"), (0.25, "$0.25"), (1234.5, "$1,234.50"), (7, "$7.00")],
)
def test_dollars_are_never_rounded_to_nothing(value, text):
    assert priced(value) == text
