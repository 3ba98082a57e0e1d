"""What Airflow connects to in the demo: the stand-in AWS and an Elasticsearch node."""

from __future__ import annotations

import fcntl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from nephoscope.config.settings import ROOT
from nephoscope.demo.aws.stand_in import INSTANCES, SEED, StandIn
from nephoscope.demo.elastic.node import Node
from nephoscope.demo.stack import ports
from nephoscope.demo.stack.kept import Kept
from nephoscope.errors import ConfigError

DATA = ROOT / "var" / "demo"
JARS = ROOT / "var" / "cache" / "jars"

_PORTS = ("airflow", "elasticsearch", "aws")


@dataclass(frozen=True)
class Options:
    """What may be chosen; what is None or 0 is as last time, or as it comes.

    Attributes:
        today: the UTC day, from which a new fleet counts back.
        folder: of all that the demo keeps.
        ports: by the name of the service: airflow, elasticsearch, aws.
    """

    today: date
    folder: Path = DATA
    instances: int | None = None
    seed: int | None = None
    ports: Mapping[str, int] = field(default_factory=dict)


@contextmanager
def hold(options: Options) -> Generator[Kept]:
    """Hold the folder against a second demo, and return the fleet and the ports.

    Raises:
        ConfigError: the folder is in use, or has another fleet's data, or a port is taken.
    """
    folder = options.folder.resolve()
    (folder / "log").mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(f"a demo runs on {folder} already: stop it first") from error
        yield _recall(options, folder)


def _recall(options: Options, folder: Path) -> Kept:
    kept = Kept.read(folder) or Kept(
        folder,
        options.instances or INSTANCES,
        SEED if options.seed is None else options.seed,
        options.today,
    )
    kept.expect(options.instances, options.seed)
    wanted = {name: options.ports.get(name, 0) for name in _PORTS}
    kept = replace(kept, ports=ports.choose(wanted, kept.ports))
    kept.write()
    return kept


def stand_in(kept: Kept) -> StandIn:
    """Return the stand-in AWS of a fleet, not yet started."""
    return StandIn(
        instances=kept.instances,
        seed=kept.seed,
        anchor=kept.anchor,
        port=kept.ports["aws"],
        log=kept.folder / "log" / "aws.log",
    )


def node(kept: Kept) -> Node:
    """Return the Elasticsearch node, not yet started."""
    return Node(
        kept.folder / "elasticsearch",
        JARS,
        log=kept.folder / "log" / "elasticsearch.log",
        http_port=kept.ports["elasticsearch"],
    )
