"""What a run asked, counted from its answers in landing, and the file that says it.

``runs/<dag>/<asked at>/cost.json`` stands beside the run's plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pyarrow.compute as pc
from pydantic import TypeAdapter

from nephoscope.archive import landing
from nephoscope.archive.layout import Attempt
from nephoscope.archive.runs import shard_name
from nephoscope.coverage import EXPIRED
from nephoscope.place import Place, put
from nephoscope.plan.cost import (
    DOLLARS_PER_LISTED,
    DOLLARS_PER_METRIC,
    STATISTICS_AS_ONE,
    Cost,
    cost,
)
from nephoscope.plan.listings import CALLS
from nephoscope.plan.shards import Shard
from nephoscope.spending import Charge, Spending, exact

COST_FILE = "cost.json"

_SPENDING = TypeAdapter(Spending)


def keep_spending(root: Place, spending: Spending) -> None:
    """Write what a run spends beside its plan."""
    put(root / spending.run, COST_FILE, _SPENDING.dump_json(spending))


def kept_spending(root: Place, run: str) -> Spending | None:
    """Read what `keep_spending` wrote of a run; None where nothing was."""
    path = root / run / COST_FILE
    return _SPENDING.validate_json(path.read_bytes()) if path.exists() else None


def estimated(found: Cost) -> Charge:
    """Return what a plan costs if all of it is asked once."""
    dollars = exact(found.dollars), exact(found.dollars_if_grouped)
    return Charge(found.metrics_asked, found.points, *dollars)


def asked(root: Place, run: str, shards: Sequence[Shard], *, over: bool) -> Charge:
    """Count what a run asked, over all attempts at its shards.

    What an attempt that ended asked is what was answered. One that failed or was killed has no
    answers: it counts as its whole shard. (In a bucket one that was killed leaves nothing at all,
    and counts only where it was the last.) Calls that were sent again within an attempt count once.

    Args:
        root: the archive's.
        run: its folder.
        shards: of its plan.
        over: whether the run is over: then a shard of which nothing landed counts as one attempt.
    """
    attempts = _attempts(root, run, shards)
    total = Charge()
    for number, shard in enumerate(shards, start=1):
        for name, ended in attempts.get(shard_name(number), {"": False} if over else {}).items():
            if not ended:
                total += estimated(cost([shard]))
            else:
                total += _listed(root, name) if shard.listing else _answered(root, name)
    return total


def _attempts(root: Place, run: str, shards: Sequence[Shard]) -> Mapping[str, dict[str, bool]]:
    """Return of each shard, by its name in the archive, its attempts and whether they ended."""
    found: dict[str, dict[str, bool]] = defaultdict(dict)
    for name, ended in landing.begun(root, run, shards).items():
        found[Attempt(name).order[1]][name] = ended
    return found


def _listed(root: Place, name: str) -> Charge:
    """Count the calls by which an attempt listed a bucket."""
    calls = 0
    for table in landing.read_points(root, name):
        of_calls = table.filter(pc.equal(table["metric"].cast("string"), CALLS))
        calls += int(pc.sum(of_calls["value"]).as_py() or 0)
    dollars = exact(calls * DOLLARS_PER_LISTED)
    return Charge(dollars=dollars, dollars_if_grouped=dollars)


def _answered(root: Place, name: str) -> Charge:
    """Count the answers of an attempt, but for queries that had expired and were not asked."""
    answers = landing.read_answers(root, name)
    answers = answers.filter(pc.not_equal(answers["status"].cast("string"), EXPIRED))
    each = answers.group_by(["dimensions", "metric"]).aggregate([([], "count_all")])
    grouped = sum(-(-count // STATISTICS_AS_ONE) for count in each["count_all"].to_pylist())
    return Charge(
        answers.num_rows,
        pc.sum(answers["points"]).as_py() or 0,
        answers.num_rows * DOLLARS_PER_METRIC,
        grouped * DOLLARS_PER_METRIC,
    )
