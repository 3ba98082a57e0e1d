"""`nephoscope report`: the fleet report of any days, drawn from what is stored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, say_json
from nephoscope.cli.progress import doing
from nephoscope.errors import ConfigError
from nephoscope.model import Window

if TYPE_CHECKING:
    from nephoscope.chain.report import Drawn

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_ALL = "all"


class _Count(click.ParamType[int | str]):
    """A number, or all."""

    name = "N|all"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        if str(value) != _ALL and not str(value).isdecimal():
            self.fail(f"{value!r} is neither a number nor {_ALL!r}", param, ctx)
        return _ALL if str(value) == _ALL else int(value)


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="The first UTC day.")
@click.option("--to", "last", type=_DAY, required=True, help="The last UTC day.")
@click.option(
    "--instances",
    type=_Count(),
    default=50,
    show_default=True,
    help="How many get a page of their own: the flagged first, then the busiest.",
)
@json_option
def report(first: datetime, last: datetime, instances: int | str, as_json: bool) -> None:
    """Draw the report of a range of days from what is stored, with no call of AWS.

    It goes to NEPHOSCOPE_REPORTS_URL, beside those of the DAGs, in place of an earlier one of the
    same days. A day is drawn point by point, a longer range in bins.

    JSON: `page`, `files` (how many were written), and `findings`, each with `part`, `figure`,
    `subject` and `text`.
    """
    if first > last:
        raise ConfigError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    use_connections()
    window = Window(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    drawn = _drawn(window, None if instances == _ALL else int(instances))
    if as_json:
        say_json(drawn.told())
    else:
        for line in sentences(drawn):
            click.echo(line)


def _drawn(window: Window, instances: int | None) -> Drawn:
    """Draw a window.

    Raises:
        ConfigError: it has not begun, or nothing is stored of it.
    """
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.archive.rejected import waiting
    from nephoscope.chain.report import Asked, draw
    from nephoscope.report.write import update_latest

    asked_at = run.now()
    if window.start >= asked_at:
        raise ConfigError(f"{window} has not begun: there is nothing to draw")
    rejected = waiting(run.archive()).documents
    asked = Asked(window, asked_at, instances, rejected, zone=None)
    root = run.reports()
    with doing() as watch:
        drawn = draw(elasticsearch_client(), root, asked, watch)
        update_latest(root)
    return drawn


def sentences(drawn: Drawn) -> list[str]:
    """Say what was found and where it lies."""
    rows = [(one.figure, one.subject, one.text) for _, one in drawn.findings]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    found = ["  ".join(map(str.ljust, row, wide)).rstrip() for row in rows]
    return [*(found or ["Nothing stands out."]), f"{len(drawn.files):,} files: {drawn.page}"]
