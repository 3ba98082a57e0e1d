"""`nephoscope replay`: Elasticsearch from the archive."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, say_json
from nephoscope.errors import ConfigError
from nephoscope.model import Window

if TYPE_CHECKING:
    from nephoscope.chain.replay import Replayed

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_COUNTS = ("points", "documents", "created", "merged", "unchanged", "covered")


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="The first UTC day.")
@click.option("--to", "last", type=_DAY, required=True, help="The last UTC day.")
@json_option
def replay(first: datetime, last: datetime, as_json: bool) -> None:
    """Load these days into Elasticsearch from the archive, with no call of AWS.

    What is stored already stays where it is newer: run again, it changes nothing.
    """
    if first > last:
        raise ConfigError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    use_connections()
    start, end = first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1)
    done = _replayed(Window(start, end))
    if as_json:
        say_json({"days": [asdict(one) for one in done], "total": total(done)})
    else:
        click.echo(sentence(done))


def _replayed(window: Window) -> list[Replayed]:
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.chain.replay import replay as load

    with _progress() as watch:
        return list(load(run.archive(), elasticsearch_client(), window, watch))


@contextmanager
def _progress() -> Generator[Callable[[int], None]]:
    """Show on stderr how many points are stored, while it is looked at."""
    from rich.console import Console
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    columns = TextColumn("{task.completed:,.0f} points stored"), TimeElapsedColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("")
        yield lambda more: shown.advance(task, more)


def total(done: list[Replayed]) -> dict[str, int]:
    """Add up the counts of days."""
    return {name: sum(getattr(one, name) for one in done) for name in _COUNTS}


def sentence(done: list[Replayed]) -> str:
    """Say what was loaded."""
    days = f"{len(done)} day{'s' * (len(done) != 1)} ({done[0].day} to {done[-1].day})"
    return (
        "{days}: {points:,} points in {documents:,} documents, of which {created:,} were created, "
        "{merged:,} merged and {unchanged:,} stored already"
    ).format(days=days, **total(done))
