"""`nephoscope coverage`: what is stored of what there should be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import click
from click.core import ParameterSource

from nephoscope.cli.against import compared
from nephoscope.cli.coverage_found import Found, rows
from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, named, say_json
from nephoscope.errors import ConfigError
from nephoscope.model import Window

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="The first UTC day.")
@click.option("--to", "last", type=_DAY, required=True, help="The last UTC day.")
@click.option("--collections", metavar="NAMES", help="Only these, with commas between.")
@click.option(
    "--at-least",
    "percent",
    type=click.FloatRange(0, 100),
    default=100,
    show_default=True,
    help="Of the expected points, for status 0.",
)
@click.option(
    "--against",
    type=click.Choice(["archive"]),
    help="Compare what is stored with the archive instead, point by point.",
)
@json_option
@click.pass_context
def coverage(
    ctx: click.Context,
    first: datetime,
    last: datetime,
    collections: str | None,
    percent: float,
    against: str | None,
    as_json: bool,
) -> None:
    """Show what is stored of what there should be, as the daily audits found it.

    Gaps that two readings of CloudWatch have confirmed do not count as lacking; nor does what was
    stopped, has expired, or is unknown.

    Ends with status 0 where the days reach --at-least; 1 where they do not, or a day was not
    audited or has not settled; 2 where nothing can be told.

    With --against archive: the points that are stored, side by side with those that the archive
    holds; 0 where they are equal, 1 where something differs, 2 where neither has any.

    JSON: `rows` of collections, account, region, namespace, period, days, resource_days, expected,
    stored, confirmed, lacking, percent (null where nothing is expected) and states (resource days
    by state); `total` of the same counts; `not_audited` days; `not_covered` collections; `worst`
    resource days with their gaps; `at_least` and `reached`. Against the archive: `rows` of day,
    account, region, namespace, period, archived, stored and, of each way in which points differ,
    how many; `total` of these; `differences` of the first series that differ; `not_told`, how many
    more there are; `equal`.
    """
    if first > last:
        raise ConfigError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    use_connections()
    window = Window(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    chosen = named(collections)
    if against:
        if ctx.get_parameter_source("percent") is not ParameterSource.DEFAULT:
            raise ConfigError("--at-least goes without --against, which asks that all be equal")
        ctx.exit(compared(window, _namespaces(chosen), as_json))
    found = _found(window, chosen)
    reached = found.reaches(percent)
    if as_json:
        from nephoscope.cli.coverage_shown import as_json as written

        say_json({**written(found), "at_least": percent, "reached": reached})
    else:
        from nephoscope.cli.coverage_shown import show

        show(found, percent)
    ctx.exit(0 if reached else 1)


def _found(window: Window, chosen: Sequence[str] | None) -> Found:
    """Read what the audits said.

    Raises:
        ConfigError: a collection is not one, or nothing can be told of the days.
    """
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.store.coverage.sums import covered, refresh, worst

    wanted = _wanted(chosen)
    namespaces = None if chosen is None else set(wanted.values())
    client = elasticsearch_client()
    refresh(client)
    days = {f"{day.start:%Y-%m-%d}": [*covered(client, day, namespaces)] for day in window.days()}
    found = Found(
        rows(days.values(), wanted),
        [day for day, some in days.items() if not some],
        worst=worst(client, window, namespaces),
    )
    if not any(row["resource_days"] > row["states"].get("unknown", 0) for row in found.rows):
        raise ConfigError(_nothing(window, found.rows))
    there = {row["namespace"] for row in found.rows}
    if chosen is not None:
        found.not_covered = [name for name, one in wanted.items() if one not in there]
    return found


def _namespaces(chosen: Sequence[str] | None) -> set[str] | None:
    """Return the namespaces of the chosen collections; None where none are chosen."""
    return None if chosen is None else set(_wanted(chosen).values())


def _wanted(chosen: Sequence[str] | None) -> dict[str, str]:
    """Return the namespaces of the chosen collections, or of all, by their names."""
    from nephoscope.airflow import run

    read = run.collections()
    wanted = read if chosen is None else read.only(chosen)
    return {name: one.namespace for name, one in wanted.collections.items()}


def _nothing(window: Window, found: Collection[object]) -> str:
    if found:
        return (
            f"it can't be told whether anything is missing of {window}: nobody saw whether the "
            "resources ran then"
        )
    return (
        f"no audit has said anything of {window}: the daily DAG audits what it collects; "
        "`nephoscope replay` brings back what the archive has"
    )
