"""The options that the commands around the made-up fleet share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from nephoscope.demo.stack.backing import Options

_SAME = " The same as last time, or a free one."
_OPTIONS = (
    click.option("--instances", type=click.IntRange(1), help="Size of the fleet."),
    click.option("--seed", type=click.IntRange(0), help="What the fleet follows from."),
    click.option("--folder", type=click.Path(path_type=Path), help="Keeps all data: var/demo."),
    click.option("--aws-port", type=int, default=0, help="Port of the stand-in AWS." + _SAME),
    click.option("--es-port", type=int, default=0, help="Port of Elasticsearch." + _SAME),
)


def fleet_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of the fleet, the folder and the ports."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def options_of(chosen: Mapping[str, Any], today: date) -> Options:
    """Return the options as the demo takes them.

    Args:
        chosen: by the names of the parameters; `port` is Airflow's, where a command has it.
        today: the UTC day.
    """
    from nephoscope.demo.stack.backing import DATA, Options

    return Options(
        today=today,
        folder=chosen["folder"] or DATA,
        instances=chosen["instances"],
        seed=chosen["seed"],
        ports={
            "airflow": chosen.get("port", 0),
            "elasticsearch": chosen["es_port"],
            "aws": chosen["aws_port"],
        },
    )
