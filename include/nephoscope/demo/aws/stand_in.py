"""The stand-in AWS: CloudWatch, EC2, tagging, STS and lists of S3 over planted fleets, else moto.

    python -m nephoscope.demo.aws --port 5000 --instances 50 --seed 7 --anchor 2026-11-22

Any AWS SDK that speaks JSON to CloudWatch talks to it at http://127.0.0.1:5000; the region that a
call is signed for decides which half of the fleet answers, the access key which account: an added
account's id is a key of it, AssumeRole's are of the role's account, all others of 123456789012.
An added account has a fleet of the same size and anchor and the next seed. Besides:

    GET    /_standin/counters         what was asked and answered, as `control.Counters` counts, in
                                      all accounts; with ?account=ID in one
    POST   /_standin/counters/reset   begin again at nought
    GET    /_standin/fleet            the default account's instances, with what was planted in
                                      each; with ?account=ID another's
    GET    /_standin/faults           the fault rules in force
    POST   /_standin/faults           add rules: a JSON list of what `control.Rule` has
    DELETE /_standin/faults           forget all rules
    GET    /_standin/clock            {"now": seconds since 1970}
    POST   /_standin/clock            set it by the same; it runs on; null is back to the wall clock
    GET    /_standin/quotas           the quotas in force
    POST   /_standin/quotas           put others in force, with full buckets: {"calls": 50, ...} of
                                      what `quotas.Quotas` has; what is left out has no limit
    DELETE /_standin/quotas           limit nothing
    GET    /_standin/terminate        the ids of the instances that are gone
    POST   /_standin/terminate        let more be gone, with all their series: ["i-0...", ...]
    DELETE /_standin/terminate        bring all back

It ends with status 0 on SIGTERM and SIGINT, and when the process that started it is gone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from nephoscope.demo import process
from nephoscope.demo.aws.quotas import Quotas

SEED = 7
INSTANCES = 50


class StandIn:
    """The stand-in AWS as a process of its own; `with StandIn(...) as aws` starts and stops it.

    Args:
        instances: size of each account's fleet.
        seed: what the default account's fleet follows from; the others' are the next ones.
        anchor: the UTC day that launches and stops are counted back from; None is today.
        port: 0 takes a free one at each start.
        log: file that what it says is added to; None drops it when it ends.
        publish_lag: seconds from the end of a period until its point appears.
        names: other Name tags in the default account, by the instance's number.
        objects: how many the default account's first bucket had when it was made, from 4096 on.
        accounts: the ids of the accounts that there are besides the default one.
        linked: which of them share their metrics with the default one.
        external_ids: the ExternalId that AssumeRole demands for an account's roles, by its id.
        quotas: what each account may ask a second in each region.
        late: whether points and listings come as late as CloudWatch's, and some are revised.
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
        *,
        objects: int = 0,
        accounts: Iterable[str] = (),
        linked: Iterable[str] = (),
        external_ids: Mapping[str, str] | None = None,
        quotas: Quotas | None = None,
        late: bool = False,
    ) -> None:
        self._options = [f"--instances={instances}", f"--seed={seed}", f"--port={port}"]
        self._options.append(f"--publish-lag={publish_lag}")
        self._options += [f"--anchor={anchor.isoformat()}"] if anchor else []
        self._options += [f"--name={number}={name}" for number, name in (names or {}).items()]
        self._options.append(f"--objects={objects}")
        self._options += [f"--account={account}" for account in accounts]
        self._options += [f"--linked={account}" for account in linked]
        self._options += [f"--external-id={of}={it}" for of, it in (external_ids or {}).items()]
        self._options += [f"--quota={quotas}"] if quotas else []
        self._options += ["--late"] if late else []
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
