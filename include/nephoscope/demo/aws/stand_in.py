"""The stand-in AWS: CloudWatch and EC2 of our own over a planted fleet, moto for all the rest.

    python -m nephoscope.demo.aws --port 5000 --instances 50 --seed 7 --anchor 2026-11-22

Any AWS SDK that speaks JSON to CloudWatch talks to it at http://127.0.0.1:5000 with any
credentials; the region that a call is signed for decides which half of the fleet answers. Besides:

    GET    /_standin/counters         what was asked and answered, as `control.Counters` counts
    POST   /_standin/counters/reset   begin again at nought
    GET    /_standin/fleet            the instances, with what was planted in each
    GET    /_standin/faults           the fault rules in force
    POST   /_standin/faults           add rules: a JSON list of what `control.Rule` has
    DELETE /_standin/faults           forget all rules

It ends with status 0 on SIGTERM and SIGINT, and when the process that started it is gone.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import orjson

from nephoscope.demo import process
from nephoscope.demo.aws.cloudwatch import CloudWatch
from nephoscope.demo.aws.control import Counters, Faults
from nephoscope.demo.aws.ec2 import Ec2, state, tags
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.moto_app import Moto
from nephoscope.demo.aws.server import Server
from nephoscope.demo.aws.wire import Call, Refusal, Reply

PREFIX = "/_standin/"
SEED = 7
INSTANCES = 50


class Aws:
    """Answers every call: its own ones, those about itself, and moto's.

    Args:
        fleet: whose metrics and instances are shown.
        publish_lag: seconds from the end of a period until its point appears.
    """

    def __init__(self, fleet: Fleet, publish_lag: int = 0) -> None:
        self.fleet = fleet
        self.counters = Counters()
        self.faults = Faults()
        self._own: dict[str, CloudWatch | Ec2] = {
            "monitoring": CloudWatch(fleet, self.counters, self.faults, publish_lag=publish_lag),
            "ec2": Ec2(fleet),
        }
        self._moto = Moto()

    def answer(self, call: Call) -> Reply:
        """Answer a call, count it, and fail it where a fault rule says so."""
        if call.target.startswith(PREFIX):
            return self._control(f"{call.method} {call.target.removeprefix(PREFIX)}", call.body)
        self.counters.operation("calls", call.operation, call.region)
        try:
            self.faults.check(call)
            return self._route(call)
        except Refusal as refusal:
            self.counters.operation("refused", call.operation, call.region)
            return refusal.reply(call)

    def _route(self, call: Call) -> Reply:
        if call.service == "monitoring" and "x-amz-target" not in call.headers:
            raise Refusal("UnsupportedProtocol", "The stand-in speaks AWS JSON 1.0 to CloudWatch.")
        own = self._own.get(call.service)
        if own is not None and own.knows(call.operation):
            return own.answer(call)
        return self._moto.answer(call)

    def _control(self, asked: str, body: bytes) -> Reply:
        commands: dict[str, Callable[[], Any]] = {
            "GET counters": self.counters.snapshot,
            "POST counters/reset": self.counters.reset,
            "GET fleet": lambda: facts(self.fleet),
            "GET faults": self.faults.listed,
            "POST faults": lambda: self.faults.plan(orjson.loads(body)),
            "DELETE faults": self.faults.clear,
        }
        if asked not in commands:
            return _json({"error": f"{asked} is none of {', '.join(commands)}"}, 404)
        try:
            return _json(commands[asked](), 200)
        except (TypeError, ValueError) as error:
            return _json({"error": str(error)}, 400)


def facts(fleet: Fleet) -> dict[str, Any]:
    """Return what a person wants to know of a fleet, as JSON has it."""
    instances = [
        {name: value for name, value in asdict(one).items() if name != "key"}
        | {"state": state(one), "tags": tags(one), "metrics": one.metrics}
        for one in fleet.instances
    ]
    anchor = fleet.anchor.isoformat()
    return {"seed": str(fleet.seed), "anchor": anchor, "instances": instances}


def _json(content: Any, status: int) -> Reply:
    return Reply(orjson.dumps(content), "application/json", status)


class StandIn:
    """The stand-in AWS as a process of its own; `with StandIn(...) as aws` starts and stops it.

    Args:
        instances: size of the fleet.
        seed: what the fleet follows from.
        anchor: the UTC day that launches and stops are counted back from; None is today.
        port: 0 takes a free one at each start.
        log: file that what it says is added to; None drops it when it ends.
        publish_lag: seconds from the end of a period until its point appears.
        names: other Name tags, by the instance's number.
    """

    def __init__(
        self,
        instances: int = INSTANCES,
        seed: int = SEED,
        anchor: date | None = None,
        port: int = 0,
        log: Path | None = None,
        publish_lag: int = 0,
        names: Mapping[int, str] | None = None,
    ) -> None:
        self._options = [f"--instances={instances}", f"--seed={seed}", f"--port={port}"]
        self._options.append(f"--publish-lag={publish_lag}")
        self._options += [f"--anchor={anchor.isoformat()}"] if anchor else []
        self._options += [f"--name={number}={name}" for number, name in (names or {}).items()]
        self._log = log
        self._folder = ExitStack()
        self._service: process.Service | None = None

    def start(self) -> str:
        """Start the process, wait until it answers, and return its URL."""
        with ExitStack() as started:
            folder = Path(started.enter_context(TemporaryDirectory(prefix="nephoscope-aws-")))
            ready, log = folder / "url", self._log or folder / "log"
            command = [sys.executable, "-m", "nephoscope.demo.aws", f"--ready-file={ready}"]
            self._service = process.Service.start([*command, *self._options], ready, log)
            self._folder = started.pop_all()
        return self._service.url

    def stop(self) -> int:
        """End it cleanly; returns the exit status, 0 if all went well."""
        with self._folder:
            return self._running.stop()

    def check(self) -> None:
        """Return if it runs; a ServiceError says that it has ended."""
        if not self._running.running:
            raise process.ServiceError(f"the stand-in AWS has ended; its log is {self._log}")

    @property
    def url(self) -> str:
        """Where it answers."""
        return self._running.url

    @property
    def _running(self) -> process.Service:
        if self._service is None:
            raise process.ServiceError("the stand-in AWS was not started: call start() first")
        return self._service

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def main() -> int:
    """Serve until it is told to end."""
    options = _parse()
    stop = threading.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: stop.set())
    process.die_with_parent()
    fleet = Fleet(options.seed, options.instances, options.anchor, dict(options.name))
    with Server(options.port, Aws(fleet, options.publish_lag).answer, options.host) as server:
        threading.Thread(target=server.serve_forever, name="serve", daemon=True).start()
        if options.ready_file is None:
            print(server.url)
        else:
            process.announce(options.ready_file, server.url)
        stop.wait()
        server.shutdown()
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m nephoscope.demo.aws")
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address that it listens on; in a container 0.0.0.0")
    add("--port", type=int, default=0, help="0 takes a free one")
    add("--instances", type=int, default=INSTANCES, help="size of the fleet")
    add("--seed", type=int, default=SEED, help="what the fleet follows from")
    add("--anchor", type=date.fromisoformat, default=datetime.now(UTC).date(), help="UTC day")
    add("--publish-lag", type=int, default=0, help="seconds until a point appears")
    add("--name", type=_name, action="append", default=[], help="NUMBER=NAME, another Name tag")
    add("--ready-file", type=Path, help="where to write the URL; else it is printed")
    return parser.parse_args()


def _name(text: str) -> tuple[int, str]:
    number, _, name = text.partition("=")
    return int(number), name
