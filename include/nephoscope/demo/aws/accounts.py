"""The accounts of the stand-in AWS, and what they share: clock, keys, faults, quotas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from nephoscope.demo.aws.clock import Clock
from nephoscope.demo.aws.cloudwatch import CloudWatch
from nephoscope.demo.aws.control import Counters, Faults
from nephoscope.demo.aws.ec2 import Ec2
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.keys import Keys
from nephoscope.demo.aws.logs import Logs
from nephoscope.demo.aws.quotas import Limits, Quotas
from nephoscope.demo.aws.s3 import S3
from nephoscope.demo.aws.sts import Sts
from nephoscope.demo.aws.tagging import Tagging
from nephoscope.demo.aws.timing import PUNCTUAL, Timing
from nephoscope.demo.aws.wire import Call, Reply


class Service(Protocol):
    """A service of our own, which leaves to moto what it does not know."""

    def knows(self, operation: str) -> bool:
        """Tell whether it answers the operation."""

    def answer(self, call: Call) -> Reply:
        """Answer a call, or raise `Refusal`, or `Elsewhere` of what is moto's after all."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its fleet, what was asked of it, its services by their signing names."""

    fleet: Fleet
    counters: Counters
    services: Mapping[str, Service]


class Accounts:
    """All accounts by id, with what they share.

    Args:
        fleets: of each account, the default one's first.
        linked: the ids of the accounts whose metrics the default one sees too.
        timing: when points appear.
        quotas: what may be asked a second; None limits nothing.
        external_ids: the ExternalId that an account's roles demand, by its id.

    Attributes:
        removed: the ids of the instances that are gone.

    A ValueError names an id that is no account's, or two accounts'.
    """

    def __init__(
        self,
        fleets: Sequence[Fleet],
        linked: Sequence[str] = (),
        timing: Timing = PUNCTUAL,
        quotas: Quotas | None = None,
        external_ids: Mapping[str, str] | None = None,
    ) -> None:
        self._fleets = {fleet.account: fleet for fleet in fleets}
        if len(self._fleets) < len(fleets):
            raise ValueError(f"an account is named twice: {[one.account for one in fleets]}")
        self._known([*linked, *(external_ids or {})])
        self.clock, self.faults, self.limits = Clock(), Faults(), Limits(quotas)
        self.removed: set[str] = set()
        self.keys = Keys(self._fleets, self.clock)
        sts = Sts(self.keys, self._fleets, external_ids or {})
        first, *others = fleets
        shared = [self._fleets[one] for one in linked]
        self.by_id = {first.account: self._account(first, shared, timing, sts)}
        self.by_id |= {one.account: self._account(one, (), timing, sts) for one in others}

    def one(self, account: str | None) -> Account:
        """Return an account, the default one for None; a ValueError names an unknown one."""
        self._known([account] if account else [])
        return self.by_id[account or next(iter(self.by_id))]

    def remove(self, instances: Iterable[str]) -> None:
        """Let instances be gone; a ValueError names one that never was."""
        gone = set(instances)
        if unknown := gone.difference(*(fleet.by_id for fleet in self._fleets.values())):
            raise ValueError(f"no instance {', '.join(sorted(unknown))} in any account")
        self.removed |= gone

    def _known(self, accounts: Iterable[str]) -> None:
        if unknown := sorted(set(accounts) - set(self._fleets)):
            there = ", ".join(self._fleets)
            raise ValueError(f"no account {', '.join(unknown)}: there are {there}")

    def _account(
        self, fleet: Fleet, linked: Sequence[Fleet], timing: Timing, sts: Service
    ) -> Account:
        counters = Counters()
        cloudwatch = CloudWatch(
            fleet,
            counters,
            self.faults,
            self.clock,
            linked=linked,
            timing=timing,
            spend=self.limits.spend(fleet.account),
            removed=self.removed,
        )
        services: dict[str, Service] = {
            "monitoring": cloudwatch,
            "ec2": Ec2(fleet, self.clock, self.removed),
            "tagging": Tagging(fleet, self.removed),
            "logs": Logs(fleet, self.clock),
            "sts": sts,
            "s3": S3(fleet, self.clock),
        }
        return Account(fleet, counters, services)
