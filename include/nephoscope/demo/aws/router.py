"""Where a call to the stand-in AWS goes: who calls, may they, and which service answers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from nephoscope.demo.aws.accounts import Account, Accounts
from nephoscope.demo.aws.endpoints import PREFIX, Endpoints
from nephoscope.demo.aws.moto_app import Moto
from nephoscope.demo.aws.wire import Call, Drop, Elsewhere, Refusal, Reply


class Router:
    """Answers every call: its own services', those about itself, and moto's."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._endpoints = Endpoints(accounts)
        self._moto = Moto()

    def answer(self, call: Call) -> Reply:
        """Answer a call, count it, and fail it where a fault rule or a quota says so."""
        if call.target.startswith(PREFIX):
            return self._endpoints.answer(call)
        call = replace(call, account=self._accounts.keys.identity(call.access_key).account)
        account = self._accounts.by_id[call.account]
        account.counters.operation("calls", call.operation, call.region)
        drop: Drop | None = None
        try:
            self._accounts.keys.check(call)
            drop = self._accounts.faults.check(call)
            if drop == "before":
                return Reply(b"", drop=drop)
            self._accounts.limits.check(call)
            reply = self._route(call, account)
        except Refusal as refusal:
            account.counters.operation("refused", call.operation, call.region)
            reply = refusal.reply(call)
        return replace(reply, drop=drop)

    def _route(self, call: Call, account: Account) -> Reply:
        if call.service == "monitoring" and "x-amz-target" not in call.headers:
            raise Refusal("UnsupportedProtocol", "The stand-in speaks AWS JSON 1.0 to CloudWatch.")
        own = account.services.get(call.service)
        if own is not None and own.knows(call.operation):
            with suppress(Elsewhere):
                return own.answer(call)
        return self._moto.answer(call)
