"""`nephoscope plan`: what a backfill would ask of AWS, and what AWS would charge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, say_json
from nephoscope.errors import ConfigError, NephoscopeError
from nephoscope.model import Window

if TYPE_CHECKING:
    from rich.table import Table

    from nephoscope.plan.discovery import Discovery, Place
    from nephoscope.plan.planning import Plan
    from nephoscope.plan.shards import Shard
    from nephoscope.plan.unasked import Reason

_DAY = click.DateTime(formats=["%Y-%m-%d"])
_KEYS = ("account", "region", "collection", "period")
_WIDTH = 110  # of the table: a figure that is cut short is worse than a line that wraps
_COLUMNS = {
    "resources": ("resource days", "{:,}"),
    "metrics_asked": ("asked", "{:,}"),
    "points": ("points", "{:,}"),
    "dollars": ("US$", "{:,.4f}"),
    "dollars_if_grouped": ("grouped", "{:,.4f}"),
}


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="The first UTC day.")
@click.option("--to", "last", type=_DAY, required=True, help="The last UTC day.")
@json_option
@click.pass_context
def plan(ctx: click.Context, first: datetime, last: datetime, as_json: bool) -> None:
    """Show what collecting these days would ask of AWS and cost, day by day as a backfill asks.

    Lists metrics and instances; asks for no point.
    """
    if first > last:
        raise ConfigError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    from nephoscope.plan.unasked import left_out

    use_connections()
    made, note = _made(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    rows, refused = costs(made.shards), [shard.refusal for shard in made.shards if shard.refusal]
    unasked = left_out(made.unasked)
    if as_json:
        summed = total(made.shards)
        said = {"rows": rows, "total": summed, "refused": refused, "unasked": unasked}
        say_json({**said, "note": note})
    else:
        _show(rows, total(made.shards), refused, unasked)
        click.echo(note, nl=bool(note))
    ctx.exit(2 if refused else 0)


def _made(start: datetime, end: datetime) -> tuple[Plan, str]:
    """Plan as a backfill does; without a store, the note says what is left out."""
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import AirflowCloud, elasticsearch_client
    from nephoscope.chain.held import held
    from nephoscope.chain.steps import remembered
    from nephoscope.plan.discovery import discover
    from nephoscope.plan.fleet import Memory
    from nephoscope.plan.held import Held
    from nephoscope.plan.planning import Planner

    cloud, collections, asked_at = AirflowCloud(), run.collections(), run.now()
    windows = dict.fromkeys(collections.collections, Window(start, end))

    def look(place: Place) -> Discovery:
        return discover(place, collections, cloud, asked_at)

    memory, there, note = Memory(), Held(), ""
    try:
        client = elasticsearch_client()
        memory = remembered(client, windows, asked_at)
        there = held(run.archive(), client, collections, windows, asked_at)
    except NephoscopeError as error:
        note = (
            "Resources that AWS no longer lists are left out, and what is stored is not, for want "
            f"of a store: {error}"
        )
    return Planner(collections, cloud, look, asked_at, memory, 1, there).plan(windows), note


def costs(shards: Iterable[Shard]) -> list[dict[str, Any]]:
    """Add up shards by account, region, collection and period."""
    groups: dict[tuple[Any, ...], list[Shard]] = defaultdict(list)
    for shard in shards:
        if not shard.refusal:
            groups[tuple(getattr(shard, key) for key in _KEYS)].append(shard)
    return [
        dict(zip(_KEYS, key, strict=True)) | total(group) for key, group in sorted(groups.items())
    ]


def total(shards: Iterable[Shard]) -> dict[str, Any]:
    """Add up shards; a resource counts once for each day and period that it is asked in."""
    from nephoscope.plan.cost import cost

    return asdict(cost(shards))


def _show(
    rows: list[dict[str, Any]],
    summed: dict[str, Any],
    refused: list[str],
    unasked: Mapping[Reason, int],
) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(soft_wrap=True)
    console.width = max(console.width, _WIDTH)
    console.print(table(rows, summed))
    console.print(
        "AWS's price list counts up to five statistics of a metric once (grouped); a bill was "
        "seen to count each.",
        style="dim",
    )
    if stopped := unasked.get("stopped"):
        console.print(f"{stopped:,} resource days are not asked: the instances were stopped.")
    if expired := unasked.get("expired"):
        console.print(
            f"[yellow]{expired:,} resource days are not asked:[/] CloudWatch keeps nothing for "
            "longer than 455 days."
        )
    if older := unasked.get("not kept"):
        console.print(f"{older:,} resource days are not asked: they are older than `keep` says.")
    for reason in refused:
        console.print(f"[red]refused:[/] {escape(reason)}")


def table(rows: list[dict[str, Any]], summed: dict[str, Any]) -> Table:
    """Return what `costs` and `total` added up as a table; names are escaped."""
    from rich.markup import escape
    from rich.table import Table

    shown = Table(show_footer=True, box=None, padding=(0, 2, 0, 0))
    for key in _KEYS:
        shown.add_column(key, footer="total" if key == "account" else "", no_wrap=True)
    for key, (title, form) in _COLUMNS.items():
        shown.add_column(title, form.format(summed[key]), justify="right", no_wrap=True)
    for row in rows:
        names = (escape(str(row[key])) for key in _KEYS)
        shown.add_row(*names, *(form.format(row[key]) for key, (_, form) in _COLUMNS.items()))
    return shown
