"""Airflow on one machine: its four components, its command line and its API."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

from nephoscope.config.settings import ROOT
from nephoscope.demo.process import ServiceError
from nephoscope.demo.stack.airflow_api import AirflowApi, AirflowRefused
from nephoscope.demo.stack.guarded import Guarded

USER = "admin"
POOLS = ROOT / "include" / "pools.json"

_AIRFLOW = (sys.executable, "-m", "airflow")
# The logs are read as files; their servers would listen on all of the machine's addresses.
_COMPONENTS = {
    "api-server": [*_AIRFLOW, "api-server"],
    "scheduler": [*_AIRFLOW, "scheduler", "--skip-serve-logs"],
    "dag-processor": [*_AIRFLOW, "dag-processor"],
    "triggerer": [*_AIRFLOW, "triggerer", "--skip-serve-logs"],
}
_MIGRATE_SECONDS = 300
_READY_SECONDS = 300  # 26 s on an idle machine, 92 s on a busy one


class Airflow:
    """Airflow with all that the DAGs need but what they connect to.

    `migrate` and then `start`, which can be done while other things start; `stop` leaves no
    process of it. The components are started by ourselves, since `airflow standalone` leaves them
    behind when it is told to end, and does not notice when one has died (tried with 3.3.2).

    Attributes:
        url: of the UI and API.
        environment: what its commands run in.
    """

    def __init__(self, home: Path, logs: Path, environment: Mapping[str, str]) -> None:
        """Name the folders; nothing is started yet.

        Args:
            home: Airflow's folder; it holds secrets and is closed to other users.
            logs: folder in which each component adds to a log of its own.
            environment: all variables, as `airflow_settings` makes Airflow's.
        """
        self.environment = environment
        self.url = environment["AIRFLOW__API__BASE_URL"]
        self._home = home
        self._logs = logs
        self._migrated = home / f"migrated-{version('apache-airflow')}"
        self._running: Guarded | None = None

    def migrate(self) -> None:
        """Begin to make or migrate the database, which `start` waits for.

        Nothing is done where this version of Airflow has done it before.
        """
        self._home.mkdir(parents=True, exist_ok=True)
        self._home.chmod(0o700)
        self._logs.mkdir(parents=True, exist_ok=True)
        if not self._migrated.exists():
            command = [*_AIRFLOW, "db", "migrate"]
            self._running = Guarded({"migrate": command}, self._logs, self.environment, once=True)

    def start(self) -> None:
        """Start the components, wait until they are healthy, and make the pools."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self) -> None:
        if self._running is not None:
            self._running.wait(_MIGRATE_SECONDS)
            self._migrated.touch()
        self._running = Guarded(_COMPONENTS, self._logs, self.environment)
        self.until(self._healthy, "Airflow to be healthy", _READY_SECONDS)
        for name, pool in json.loads(POOLS.read_text(encoding="utf-8")).items():
            self._make_pool(name, pool)

    def stop(self) -> None:
        """End all of its processes."""
        if self._running is not None:
            self._running.stop()

    def check(self) -> None:
        """Return if all components run.

        Raises:
            ServiceError: one has ended; the message has the last lines of its log.
        """
        if self._running is None:
            raise ServiceError("Airflow was not started: call start() first")
        self._running.check()

    def until(self, holds: Callable[[], bool], what: str, timeout: float) -> None:
        """Ask twice a second until something holds.

        Args:
            holds: asks.
            what: is waited for, as the error says it.
            timeout: seconds.

        Raises:
            ServiceError: a component has ended, or the time is over.
        """
        deadline = time.monotonic() + timeout
        while not holds():
            self.check()
            if time.monotonic() > deadline:
                raise ServiceError(f"waited {timeout:g} s for {what}; the logs are {self._logs}")
            time.sleep(0.5)

    def run(self, *arguments: str) -> str:
        """Run Airflow's command line and return what it wrote to stdout.

        Raises:
            ServiceError: it failed; the message has what it wrote last.
        """
        command = [*_AIRFLOW, *arguments]
        done = subprocess.run(
            command, env=dict(self.environment), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            last = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
            raise ServiceError(f"airflow {' '.join(arguments)}: status {done.returncode}: {last}")
        return done.stdout

    @property
    def password(self) -> str:
        """The password of `USER`, which Airflow chose when it first started."""
        path = self._home / "simple_auth_manager_passwords.json.generated"
        return str(json.loads(path.read_text(encoding="utf-8"))[USER])

    @cached_property
    def api(self) -> AirflowApi:
        """Its REST API."""
        return AirflowApi(self.url, USER, self.password)

    def _healthy(self) -> bool:
        try:
            health: dict[str, Any] = self.api("GET", "monitor/health")
        except OSError:  # neither the password nor the port is there yet
            return False
        return all(part["status"] == "healthy" for part in health.values())

    def _make_pool(self, name: str, pool: Mapping[str, Any]) -> None:
        try:
            self.api("POST", "pools", {"name": name, "include_deferred": False, **pool})
        except AirflowRefused as error:
            if error.status != 409:  # it is there, with the slots that someone chose
                raise

    def __enter__(self) -> Self:
        self.migrate()
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()
