"""The audit of a run: what is stored against what there should be, and who was seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from nephoscope.archive import landing, runs
from nephoscope.archive.inventory import newest_inventory
from nephoscope.chain.expectation import Answered, expectations, running_of
from nephoscope.model import Seen
from nephoscope.place import Place
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Shard
from nephoscope.store import audit as store_audit
from nephoscope.store import inventory, queries
from nephoscope.store.coverage import State, write_coverage


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found: points expected and stored, and resources that are not whole."""

    resources: int
    expected: int
    stored: int
    incomplete: int
    expired: int


def audit(root: Place, run: str, client: Any, *, final: bool) -> Audited:
    """Compare what is stored with what a run should have collected, and note the fleet.

    Args:
        root: the archive's.
        run: the run's folder.
        client: the official client.
        final: whether its windows are whole days that have settled; their coverage is written.
    """
    plan = runs.read_plan(root, run)
    running = running_of(plan, _noted(root, plan, client))
    answered = [
        _answered(shard, landing.newest_answers(root, run, number))
        for number, shard in enumerate(plan.shards, start=1)
    ]
    queries.refresh(client)
    found = [
        one
        for window, expected in expectations(plan, running, answered).items()
        for one in store_audit.audit(client, expected, window, final=final)
    ]
    if final:
        write_coverage(client, found)
    return Audited(
        resources=len({one.resource for one in found}),
        expected=sum(one.expected for one in found),
        stored=sum(one.stored for one in found),
        incomplete=len({one.resource for one in found if one.state is State.MISSING}),
        expired=len({one.resource for one in found if one.state is State.EXPIRED}),
    )


def _noted(root: Place, plan: Plan, client: Any) -> list[Seen]:
    """Return the fleet that a run saw, and note in the inventory what it was the first to see."""
    fleet: list[Seen] = []
    for looked in plan.looks:
        key = (looked.connection, looked.region, looked.question)
        known = newest_inventory(root, *key, since=looked.seen_at)
        seen = known[1] if known else []
        if looked.seen_at == plan.asked_at:
            observations = [inventory.observation(one) for one in seen]
            inventory.record(client, observations, plan.asked_at)
        fleet += seen
    return fleet


def _answered(shard: Shard, answers: pa.Table | None) -> Answered | None:
    """Return what the audit needs of a shard's answers."""
    if answers is None:
        return None
    statuses = answers["status"].cast("string")
    failed = answers.filter(pc.not_equal(statuses, "Complete"))
    keys = (failed[name].to_pylist() for name in ("dimensions", "metric", "statistic"))
    reasons = dict(zip(zip(*keys, strict=True), failed["status"].to_pylist(), strict=True))
    other = answers.filter(pc.not_equal(answers["period"], shard.period))
    periods = dict(zip(other["dimensions"].to_pylist(), other["period"].to_pylist(), strict=True))
    return Answered(periods, reasons)
