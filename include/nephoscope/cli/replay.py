"""`nephoscope replay`: Elasticsearch from the archive, whole days or what it rejected before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, say_json
from nephoscope.cli.progress import counted
from nephoscope.errors import ConfigError
from nephoscope.model import Window

if TYPE_CHECKING:
    from nephoscope.chain.log_replay import LogsReplayed
    from nephoscope.chain.rejected import Restored
    from nephoscope.chain.replay import Replayed

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_COUNTS = ("points", "documents", "created", "merged", "unchanged", "covered")
_SETTLED = ("documents", "created", "merged", "unchanged", "rejected")


@click.command()
@click.option("--from", "first", type=_DAY, help="The first UTC day.")
@click.option("--to", "last", type=_DAY, help="The last UTC day.")
@click.option("--rejected", is_flag=True, help="Only documents that Elasticsearch rejected before.")
@json_option
@click.pass_context
def replay(
    ctx: click.Context,
    first: datetime | None,
    last: datetime | None,
    rejected: bool,
    as_json: bool,
) -> None:
    """Load days into Elasticsearch from the archive, with no call of AWS.

    With --rejected those documents that Elasticsearch rejected when they were loaded, of all days
    unless some are given: what is stored then is kept apart no longer. The status is 1 where some
    are rejected again.

    What is stored already stays where it is newer: run again, it changes nothing.
    """
    window = _window(first, last)
    if window is None and not rejected:
        raise ConfigError("give the first and the last UTC day by --from and --to, or --rejected")
    use_connections()
    if rejected or window is None:
        ctx.exit(_replay_rejected(window, as_json))
    logs = _replayed_logs(window)
    done = _replayed(window, needed=not logs)
    if as_json:
        days = {"days": [asdict(one) for one in done], "total": total(done)}
        say_json({**days, "logs": [asdict(one) for one in logs]})
        return
    if done:
        click.echo(sentence(done))
    if logs:
        click.echo(logs_sentence(logs))


def _window(first: datetime | None, last: datetime | None) -> Window | None:
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise ConfigError("give both --from and --to: the first and the last UTC day")
    if first > last:
        raise ConfigError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    return Window(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))


def _replay_rejected(window: Window | None, as_json: bool) -> int:
    """Store what was rejected, and return the status to end with."""
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.chain.rejected import replay as load

    done = list(load(run.archive(), elasticsearch_client(), window))
    if as_json:
        say_json({"files": [asdict(one) for one in done], "total": settled(done)})
    else:
        click.echo(account(done, window))
    return int(any(one.rejected for one in done))


def _replayed_logs(window: Window) -> list[LogsReplayed]:
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.chain.log_replay import replay_logs

    return list(replay_logs(run.archive(), elasticsearch_client(), window))


def _replayed(window: Window, *, needed: bool) -> list[Replayed]:
    """Replay metrics; where they are not needed, an archive that has none is no error."""
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.archive.reading import days
    from nephoscope.chain.replay import replay as load

    if not needed and not set(days(run.archive())).intersection(window.days()):
        return []
    with counted("points stored") as watch:
        return list(load(run.archive(), elasticsearch_client(), window, watch))


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


def logs_sentence(done: Sequence[LogsReplayed]) -> str:
    """Say what was loaded of logs."""
    events, created = sum(one.events for one in done), sum(one.created for one in done)
    days = f"{len(done)} day{'s' * (len(done) != 1)}"
    return f"{days} of logs: {events:,} events, of which {created:,} were created"


def settled(done: Sequence[Restored]) -> dict[str, int]:
    """Add up what became of the documents of files."""
    return {name: sum(getattr(one, name) for one in done) for name in _SETTLED}


def account(done: Sequence[Restored], window: Window | None) -> str:
    """Say what became of documents that were rejected before; a line for each file that stays."""
    if not done:
        return f"no rejected documents are kept{f' of {window}' if window else ''}"
    lines = [
        "{documents:,} documents in {files}: {created:,} were created, {merged:,} merged, "
        "{unchanged:,} stored already and {rejected:,} rejected again".format(
            files=f"{len(done)} file{'s' * (len(done) != 1)}", **settled(done)
        )
    ]
    lines += [f"{one.attempt}: {one.reasons}" for one in done if one.rejected]
    return "\n".join(lines)
