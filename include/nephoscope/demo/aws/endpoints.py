"""What the stand-in AWS answers about itself, under /_standin/; `stand_in` is its manual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson

from nephoscope.demo.aws.accounts import Accounts
from nephoscope.demo.aws.control import Counts, total
from nephoscope.demo.aws.ec2_described import state, tags
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.quotas import Quotas
from nephoscope.demo.aws.wire import Call, Reply

PREFIX = "/_standin/"


class Endpoints:
    """Answers tests and people: what was asked, what is there, what shall happen."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        faults, limits = accounts.faults, accounts.limits
        self._commands: dict[str, Callable[[str | None, Any], Any]] = {
            "GET counters": lambda account, _: self._counters(account),
            "POST counters/reset": lambda *_: self._reset(),
            "GET fleet": lambda account, _: facts(accounts.one(account).fleet, accounts.clock()),
            "GET faults": lambda *_: faults.listed(),
            "POST faults": lambda _, rules: faults.plan(rules),
            "DELETE faults": lambda *_: faults.clear(),
            "GET clock": lambda *_: {"now": accounts.clock()},
            "POST clock": lambda _, wanted: self._set_clock(**wanted),
            "GET quotas": lambda *_: asdict(limits.quotas),
            "POST quotas": lambda _, rates: limits.put(Quotas.of(rates)),
            "DELETE quotas": lambda *_: limits.put(Quotas()),
            "GET terminate": lambda *_: sorted(accounts.removed),
            "POST terminate": lambda _, ids: accounts.remove(ids),
            "DELETE terminate": lambda *_: accounts.removed.clear(),
        }

    def answer(self, call: Call) -> Reply:
        """Answer a call in JSON; 404 for what there is not, 400 for what is wrong in it."""
        target = urlsplit(call.target)
        asked = f"{call.method} {target.path.removeprefix(PREFIX)}"
        if asked not in self._commands:
            return _json({"error": f"{asked} is none of {', '.join(self._commands)}"}, 404)
        try:
            body = orjson.loads(call.body) if call.body else None
            (account,) = parse_qs(target.query).get("account", [None])
            return _json(self._commands[asked](account, body), 200)
        except (TypeError, ValueError) as error:
            return _json({"error": str(error)}, 400)

    def _counters(self, account: str | None) -> Counts:
        if account is not None:
            return self._accounts.one(account).counters.snapshot()
        return total(one.counters for one in self._accounts.by_id.values())

    def _reset(self) -> None:
        for one in self._accounts.by_id.values():
            one.counters.reset()

    def _set_clock(self, now: float | None) -> None:
        self._accounts.clock.put(now)


def facts(fleet: Fleet, now: float) -> dict[str, Any]:
    """Return what a person wants to know of a fleet, as JSON has it."""
    instances = [
        {name: value for name, value in asdict(one).items() if name != "key"}
        | {"state": state(one, now), "tags": tags(one), "metrics": one.metrics}
        for one in fleet.instances
    ]
    return {
        "account": fleet.account,
        "seed": str(fleet.seed),
        "anchor": fleet.anchor.isoformat(),
        "instances": instances,
    }


def _json(content: Any, status: int) -> Reply:
    return Reply(orjson.dumps(content), "application/json", status)
