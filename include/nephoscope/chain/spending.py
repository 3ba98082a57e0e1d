"""A run's spending: reserved before anything is asked, and settled when all was.

A run counts on the UTC day on which it is planned, whatever days it collects and however long it
takes. What it reserves is what its plan asks, each shard once. Tasks that are retried or cleared
ask again without asking the budget: the audit that follows them counts all that was asked, and
that is what later runs find spent. A run that is planned again, as its plan was retried or
cleared, reserves anew; of the plan before it only what it had asked by then still counts. One
that was planned and never audited keeps its reservation until midnight UTC, when another day's
budget begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from nephoscope.archive import runs
from nephoscope.archive.layout import moment
from nephoscope.archive.spending import asked, estimated, keep_spending, kept_spending
from nephoscope.config.budget import Budget
from nephoscope.place import Place
from nephoscope.plan.cost import Cost
from nephoscope.plan.cost import cost as cost_of
from nephoscope.spending import Spending
from nephoscope.store import spending as ledger


def reserve(
    root: Place, client: Any, run: str, cost: Cost, budget: Budget, dag_run: str
) -> Spending:
    """Reserve what a plan asks; without a budget that is noted all the same.

    Args:
        root: the archive's.
        client: the official client of Elasticsearch.
        run: the run's folder.
        cost: of its plan.
        budget: what is allowed.
        dag_run: the scheduler's id of the run, which none of the same DAG shares.

    Raises:
        OverBudget: the budget does not allow it; nothing may be asked.
    """
    reserved = Spending(run, dag_run, _asked_at(run), estimated(cost))
    keep_spending(root, reserved)
    for earlier in _open(client, reserved):
        _settle(root, client, earlier, {}, over=False)
    ledger.reserve(client, reserved, budget)
    return reserved


def settle(root: Place, client: Any, run: str, stored: Mapping[str, int]) -> Spending:
    """Put what a run asked in the place of what it reserved, and return both.

    Args:
        root: the archive's.
        client: the official client of Elasticsearch.
        run: the run's folder.
        stored: its documents, by what became of them.
    """
    return _settle(root, client, run, stored, over=True)


def _open(client: Any, spending: Spending) -> list[str]:
    """Return the folders of earlier plans of the same run that still hold a reservation."""
    dag = spending.run.rpartition("/")[0]
    held = ledger.reservations(client, spending.asked_at.date())
    return [
        run
        for run, one in held.items()
        if run.rpartition("/")[0] == dag and one.dag_run == spending.dag_run and not one.counted
    ]


def _settle(
    root: Place, client: Any, run: str, stored: Mapping[str, int], *, over: bool
) -> Spending:
    shards = runs.read_plan(root, run).shards
    reserved = kept_spending(root, run)
    if reserved is None:  # a version that kept none planned it
        reserved = Spending(run, "", _asked_at(run), estimated(cost_of(shards)))
    settled = replace(reserved, asked=asked(root, run, shards, over=over), stored=stored)
    ledger.settle(client, settled)
    keep_spending(root, settled)
    return settled


def _asked_at(run: str) -> datetime:
    return moment(run.rpartition("/")[2])
