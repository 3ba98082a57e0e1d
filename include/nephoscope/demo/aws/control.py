"""What a test asks of the stand-in AWS besides AWS's own calls: to count, and to fail."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, get_args

from nephoscope.demo.aws.wire import Call, Drop, Refusal

Counts = dict[str, dict[str, dict[str, int]]]
"""Kind, operation or count, region."""


class Counters:
    """Counts what was asked of an account and answered, by region.

    `calls` and `refused` are counted by operation, for whatever service; the others are
    CloudWatch's: `metrics_asked` counts a metric once a call however many statistics are asked of
    it, `queries_asked` counts each statistic (AWS's bill is read in both ways), `points_answered`
    what was sent, and `points_estimated` the points that the window could hold, by which AWS's
    quota is counted.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, dict[str, Counter[str]]] = {}
        self.reset()

    def reset(self) -> None:
        """Begin again at nought."""
        with self._lock:
            self._counts = defaultdict(lambda: defaultdict(Counter))

    def operation(self, kind: str, operation: str, region: str) -> None:
        """Count one call of an operation; the kind is `calls` or `refused`."""
        with self._lock:
            self._counts[kind][operation][region] += 1

    def add(self, region: str, **counts: int) -> None:
        """Add to CloudWatch's counts of a region."""
        with self._lock:
            for kind, count in counts.items():
                self._counts["cloudwatch"][kind][region] += count

    def snapshot(self) -> Counts:
        """Return the counts as JSON has them."""
        with self._lock:
            return {
                kind: {name: dict(by_region) for name, by_region in self._counts[kind].items()}
                for kind in ("calls", "refused", "cloudwatch")
            }


def total(accounts: Iterable[Counters]) -> Counts:
    """Return the counts of several accounts together."""
    summed: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for counters in accounts:
        for kind, names in counters.snapshot().items():
            summed[kind].update(
                {name: summed[kind][name] + Counter(regions) for name, regions in names.items()}
            )
    return {
        kind: {n: dict(regions) for n, regions in names.items()} for kind, names in summed.items()
    }


@dataclass
class Rule:
    """One planned fault; what is None matches all.

    With a `code`, matching calls are refused with it. With a `drop` instead, their connection is
    closed: "before" any work and answer, or in the "middle" of the answer's body, after the work
    (an answer without a body is not sent at all). With a `query_status` instead, that status
    stands in GetMetricData's answer in place of the points of the matching queries.

    Attributes:
        account: the id of the account that calls.
        times: how many calls, or queries, fail before the rule is spent; None is all.
        share: which of the matching calls, or queries, fail: of every 1 / share in turn the last
            one, so that asking again helps.
    """

    operation: str | None = None
    region: str | None = None
    account: str | None = None
    access_key: str | None = None
    code: str | None = None
    status: int = 400
    message: str = "planned by a fault rule"
    times: int | None = None
    drop: Drop | None = None
    query_status: str | None = None
    metric: str | None = None
    share: float = 1.0

    def __post_init__(self) -> None:
        self.left = self.times
        self.matched = 0
        if [self.code, self.drop, self.query_status].count(None) != 2:
            raise ValueError("a fault rule has one of code, drop and query_status")
        if self.drop not in {None, *get_args(Drop)}:
            raise ValueError(f"drop is {self.drop!r}: it is one of {', '.join(get_args(Drop))}")

    def hits(self, call: Call) -> bool:
        """Tell whether the rule is about this call."""
        return all(
            wanted in {None, found}
            for wanted, found in (
                (self.operation, call.operation),
                (self.region, call.region),
                (self.account, call.account),
                (self.access_key, call.access_key),
            )
        )

    def spend(self) -> bool:
        """Count one match, and tell whether it fails."""
        self.matched += 1
        due = int(self.matched * self.share) > int((self.matched - 1) * self.share)
        if not due or self.left == 0:
            return False
        if self.left is not None:
            self.left -= 1
        return True


class Faults:
    """The fault rules in force; the first one that is due decides."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def plan(self, rules: Sequence[dict[str, Any]]) -> None:
        """Add rules, given as JSON has them; a ValueError or TypeError names what is wrong."""
        added = [Rule(**rule) for rule in rules]
        with self._lock:
            self._rules += added

    def clear(self) -> None:
        """Forget all rules."""
        with self._lock:
            self._rules = []

    def listed(self) -> list[dict[str, Any]]:
        """Return the rules as JSON has them."""
        with self._lock:
            return [asdict(rule) for rule in self._rules]

    def check(self, call: Call) -> Drop | None:
        """Refuse the call if a rule says so, or return where its connection is to be closed."""
        with self._lock:
            for rule in self._rules:
                if rule.query_status is None and rule.hits(call) and rule.spend():
                    if rule.code is not None:
                        raise Refusal(rule.code, rule.message, rule.status)
                    return rule.drop
        return None

    def query_status(self, call: Call, metric: str) -> str | None:
        """Return the status that stands in place of a query's points, if a rule says so."""
        with self._lock:
            for rule in self._rules:
                about = rule.query_status is not None and rule.metric in {None, metric}
                if about and rule.hits(call) and rule.spend():
                    return rule.query_status
        return None
