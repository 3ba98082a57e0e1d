"""The whole demo: the stand-in AWS, an Elasticsearch node and Airflow, started and stopped."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from typing import Self

from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.demo.elastic.node import Node
from nephoscope.demo.stack.airflow_service import Airflow
from nephoscope.demo.stack.airflow_settings import airflow_settings, without
from nephoscope.demo.stack.backing import Options, hold, node, stand_in
from nephoscope.demo.stack.connection_variables import connection_variables
from nephoscope.demo.stack.kept import Kept
from nephoscope.demo.stack.opted_in import opted_in


class Stack:
    """All services of the demo, for as long as the context lasts.

    with Stack(options, since) as stack:
        stack.airflow.run("dags", "list")
        stack.airflow.api("GET", "dags")

    Attributes:
        aws, node, airflow: the services.
        kept: the fleet, the folder and the ports.
    """

    aws: StandIn
    node: Node
    airflow: Airflow
    kept: Kept

    def __init__(
        self,
        options: Options,
        since: date,
        say: Callable[[str], None] = lambda _: None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Take the options; nothing is started yet.

        Args:
            options: what was chosen.
            since: the first UTC day that the daily DAG collects without being asked.
            say: is told what is being done.
            settings: variables of Airflow's environment that go before the demo's.
        """
        self._options = options
        self._since = since
        self._say = say
        self._settings = settings or {}
        self._started = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as started:
            self._start(started)
            self._started = started.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        with self._started:
            self._say("stopping")
            self.airflow.stop()

    def check(self) -> None:
        """Return if all services run; otherwise raise, with the last lines of a log."""
        for service in (self.airflow, self.node, self.aws):
            service.check()

    def _start(self, started: ExitStack) -> None:
        self.kept = kept = started.enter_context(hold(self._options))
        environment = {**_environment(kept, self._since), **self._settings}
        self.airflow = Airflow(kept.folder / "airflow", kept.folder / "log", environment)
        started.callback(self.airflow.stop)
        self._say("starting the stand-in AWS and Elasticsearch")
        self.airflow.migrate()
        self.aws = started.enter_context(stand_in(kept))
        self.node = started.enter_context(node(kept))
        self._say("starting Airflow")
        self.airflow.start()


def _environment(kept: Kept, since: date) -> Mapping[str, str]:
    """Return all variables; of the caller's none that could lead to another Airflow or AWS."""
    return {
        **without("AIRFLOW", "NEPHOSCOPE_", "AWS_"),
        **airflow_settings(kept.folder / "airflow", kept.ports["airflow"]),
        **connection_variables(kept.url("aws"), kept.url("elasticsearch")),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NEPHOSCOPE_SINCE": since.isoformat(),
        "NEPHOSCOPE_COLLECTIONS": str(opted_in(kept.folder)),
        "NEPHOSCOPE_ARCHIVE_URL": f"file://{kept.folder}/archive",
        "NEPHOSCOPE_REPORTS_URL": f"file://{kept.folder}/reports",
    }
