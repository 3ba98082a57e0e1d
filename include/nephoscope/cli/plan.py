"""`nephoscope plan`: what a backfill would ask of AWS, and what AWS would charge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

import click

from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, named, say_json
from nephoscope.cli.progress import doing
from nephoscope.errors import ConfigError, NephoscopeError
from nephoscope.model import Window

if TYPE_CHECKING:
    from nephoscope.aws.cloud import Cloud
    from nephoscope.cli.plan_found import Found
    from nephoscope.config.collections import Collections
    from nephoscope.plan.discovery import Discovery, Place
    from nephoscope.plan.fleet import Memory
    from nephoscope.plan.held import Held
    from nephoscope.plan.logs import LogPlan
    from nephoscope.plan.planning import Planner
    from nephoscope.plan.projection import Projected

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--from", "first", type=_DAY, required=True, help="The first UTC day.")
@click.option("--to", "last", type=_DAY, required=True, help="The last UTC day.")
@click.option("--collections", metavar="NAMES", help="Only these, with commas between.")
@json_option
@click.pass_context
def plan(
    ctx: click.Context, first: datetime, last: datetime, collections: str | None, as_json: bool
) -> None:
    """Show what collecting these days would ask of AWS and cost, day by day as a backfill asks.

    Besides, what the collections come to in a month, from the fleet as it is now. Lists metrics
    and instances; asks for no point. Ends with status 2 where something is refused.

    JSON: `rows` of account, region, collection, period (seconds), resources (resource days),
    series, metrics_asked, calls, points (at the most), seconds, bytes, dollars and
    dollars_if_grouped; `total` of the same; `gaps`, the series of which only gaps are asked;
    `buckets` to list once, of account, region, bucket, objects (as CloudWatch counted last, or
    null), calls and dollars; `logs`, null or groups, calls, seconds and bytes, estimated by what is
    stored of the log groups; `refused` reasons; `unasked` resource days by reason; a `note`;
    `projection`, the largest saving first, of collection, every (seconds), series, live and daily
    (metrics_asked, dollars, dollars_if_grouped) and cheaper (every, dollars, dollars_if_grouped,
    or null); `listing` of calls (ListMetrics, a month) and dollars. In `rows` and `total`, `lists`
    is 0: what listing buckets takes is in `buckets`.
    """
    if first > last:
        raise ConfigError(f"--from {first:%Y-%m-%d} is after --to {last:%Y-%m-%d}")
    use_connections()
    window = Window(first.replace(tzinfo=UTC), last.replace(tzinfo=UTC) + timedelta(days=1))
    found = _found(window, named(collections))
    if as_json:
        say_json(found.as_json())
    else:
        from nephoscope.cli.plan_shown import show

        show(found)
    ctx.exit(2 if found.refused else 0)


def _found(window: Window, chosen: list[str] | None) -> Found:
    """Plan the days as a backfill does, and project the fleet of now."""
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import AirflowCloud, elasticsearch_client
    from nephoscope.chain.listings import listings
    from nephoscope.cli.plan_found import Found
    from nephoscope.plan.discovery import discover
    from nephoscope.plan.planning import Planner

    cloud, asked_at, read = AirflowCloud(), run.now(), run.collections()
    collections = read if chosen is None else read.only(chosen)
    windows = dict.fromkeys(collections.collections, window)
    slots = run.slots(run.CADENCES["daily"].pool)
    with doing() as say:

        @cache
        def look(place: Place) -> Discovery:
            say(f"listing {place}")
            found = discover(place, collections, cloud, asked_at)
            say(f"planning {place}")
            return found

        say("reading what is there already")
        memory, held, note = _there(collections, windows, asked_at)
        planner = Planner(collections, cloud, look, asked_at, memory, slots, held)
        client = None if note else elasticsearch_client()
        buckets = listings(collections, cloud, client, asked_at)
        logs = _logs(collections, cloud, window, asked_at) if chosen is None else None
        return Found(planner.plan(windows), slots, *_month(planner), note, buckets, logs)


def _logs(
    collections: Collections, cloud: Cloud, window: Window, asked_at: datetime
) -> LogPlan | None:
    """Plan the days' logs; None where no log group is opted in."""
    from nephoscope.airflow import run
    from nephoscope.plan.logs import LogPlanner

    if not collections.logs:
        return None
    return LogPlanner(collections, cloud, asked_at, run.slots("aws_logs")).plan(window)


def _there(
    collections: Collections, windows: Mapping[str, Window], asked_at: datetime
) -> tuple[Memory, Held, str]:
    """Return what is remembered and stored; without a store a note says what is left out."""
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.chain.held import held
    from nephoscope.chain.steps import remembered
    from nephoscope.plan.fleet import Memory
    from nephoscope.plan.held import Held

    try:
        client = elasticsearch_client()
        memory = remembered(client, windows, asked_at)
        return memory, held(run.archive(), client, collections, windows, asked_at), ""
    except NephoscopeError as error:
        note = (
            "Resources that AWS no longer lists are left out, and what is stored is not, for want "
            f"of a store: {error}"
        )
        return Memory(), Held(), note


def _month(planner: Planner) -> tuple[list[Projected], int]:
    """Project what live runs ask of the newest window of each collection; count the listings."""
    from nephoscope.airflow import run
    from nephoscope.plan.fleet import Memory
    from nephoscope.plan.held import Held
    from nephoscope.plan.projection import MONTH, listing_calls, projected
    from nephoscope.plan.windows import last_settled

    live, entries = run.CADENCES["live"], planner.collections.collections
    newest = {name: last_settled(planner.asked_at, *live.of(one)) for name, one in entries.items()}
    slots = run.slots(live.pool)
    now = replace(planner, memory=Memory(), slots=slots, held=Held()).plan(newest)
    looks = MONTH // live.fresh_for + MONTH // timedelta(days=1)
    return projected(now, entries), listing_calls(now, entries, looks)
