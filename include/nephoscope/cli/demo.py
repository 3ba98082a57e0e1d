"""`nephoscope demo`: the whole product on a made-up fleet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from nephoscope.cli.ending import in_order, stay
from nephoscope.cli.fleet_options import fleet_options, options_of
from nephoscope.cli.output import tell
from nephoscope.errors import ConfigError, NephoscopeError


@click.command()
@click.option("--once", is_flag=True, help="End when the job is done.")
@click.option("--days", type=click.IntRange(1, 400), default=3, show_default=True, help="To fill.")
@click.option("--port", type=int, default=0, help="Port of Airflow. As last time, or a free one.")
@fleet_options
def demo(once: bool, days: int, **chosen: Any) -> None:
    """Start all services, backfill the last final days, collect the newest minutes, and show it.

    Stays until Ctrl-C; run again, it continues with what is there. Ends with status 1 if a run
    failed, a service ended or something is missing.
    """
    from nephoscope.demo.stack.demonstration import demonstrate

    now = datetime.now(UTC)
    try:
        with in_order():
            demonstrate(options_of(chosen, now.date()), days, now, None if once else stay)
    except ConfigError:
        raise
    except NephoscopeError as error:
        context = click.get_current_context()
        tell(context, error)
        context.exit(1)
