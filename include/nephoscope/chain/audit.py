"""The audit of a run: what is stored against what there should be, and who was seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nephoscope.archive import runs
from nephoscope.archive.coverage import keep_coverage, kept_coverage
from nephoscope.archive.inventory import newest_inventory
from nephoscope.archive.layout import Source
from nephoscope.chain.expectation import expectations
from nephoscope.chain.lives import Life, lives
from nephoscope.chain.readings import answered
from nephoscope.coverage import Coverage, Key, State
from nephoscope.model import Resource, Seen, Window
from nephoscope.place import Place
from nephoscope.plan.planning import Plan
from nephoscope.plan.windows import DAY_SETTLES
from nephoscope.store import inventory
from nephoscope.store.coverage import audit as store_audit
from nephoscope.store.coverage.days import write_coverage
from nephoscope.store.coverage.expected import Expected
from nephoscope.store.read import queries


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found: points, and how many resources are in which state."""

    resources: int
    expected: int
    stored: int
    incomplete: int
    confirmed: int
    expired: int
    unknown: int

    @classmethod
    def of(cls, found: Iterable[Coverage]) -> Audited:
        """Add up days."""
        found = list(found)
        by_state = {state: {one.resource for one in found if one.state is state} for state in State}
        return cls(
            resources=len({one.resource for one in found}),
            expected=sum(one.expected for one in found),
            stored=sum(one.stored for one in found),
            incomplete=len(by_state[State.MISSING]),
            confirmed=len(by_state[State.CONFIRMED]),
            expired=len(by_state[State.EXPIRED]),
            unknown=len(by_state[State.UNKNOWN]),
        )


def audit(root: Place, run: str, client: Any, *, final: bool) -> Audited:
    """Compare what is stored with what a run should have collected, and note the fleet.

    Args:
        root: the archive's.
        run: the run's folder.
        client: the official client.
        final: whether its windows are whole days; their coverage is written, into the archive
            and into the store. Run again, that changes nothing: what counts are CloudWatch's
            answers, not audits.
    """
    plan = runs.read_plan(root, run)
    known = _lives(plan, _noted(root, plan, client), client, final=final)
    said = [
        answered(root, run, number, shard, read=final)
        for number, shard in enumerate(plan.shards, start=1)
    ]
    queries.refresh(client)
    found: list[Coverage] = []
    for window, expected in expectations(plan, known, said, final=final).items():
        settled = plan.asked_at - DAY_SETTLES if final else window.end
        before = _before(root, expected, window) if final else {}
        found += store_audit.audit(client, expected, window, settled=settled, before=before)
    if final:
        keep_coverage(root, found)
        write_coverage(client, found)
    return Audited.of(found)


def _lives(plan: Plan, seen: list[Seen], client: Any, *, final: bool) -> Mapping[Resource, Life]:
    """Return when instances ran; of whole days with what the inventory saw of them then."""
    if not final or not plan.windows:
        return lives(plan, seen)
    since = min(window.start for window in plan.windows.values())
    return lives(plan, seen, inventory.versions(client, since))


def _before(root: Place, expected: Iterable[Expected], day: Window) -> dict[Key, Coverage]:
    """Return what earlier audits found of the day."""
    whose = {one.resource for one in expected}
    sources = {Source(one.account, one.region, one.namespace) for one in whose}
    return kept_coverage(root, sources, day)


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
