"""`nephoscope up`: the stand-in AWS and an Elasticsearch node, without Airflow."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from typing import Any

import click

from nephoscope.cli.ending import in_order, stay
from nephoscope.cli.fleet_options import fleet_options, options_of
from nephoscope.cli.output import json_option, say_json


@click.command()
@fleet_options
@json_option
def up(as_json: bool, **chosen: Any) -> None:
    """Run a made-up AWS and a real Elasticsearch node until Ctrl-C.

    Prints the variables that connect Airflow, or this command line, to them, as a shell reads
    them: `nephoscope up > up.env &`, and once it stands there `. ./up.env`.
    """
    from nephoscope.demo.stack.backing import hold, node, stand_in
    from nephoscope.demo.stack.connection_variables import connection_variables

    options = options_of(chosen, datetime.now(UTC).date())
    with in_order(), hold(options) as kept, stand_in(kept) as aws, node(kept) as elasticsearch:
        variables = connection_variables(aws.url, elasticsearch.url)
        if as_json:
            say_json({"aws": aws.url, "elasticsearch": elasticsearch.url, "variables": variables})
        for name, value in () if as_json else variables.items():
            click.echo(f"export {name}={shlex.quote(value)}")
        click.echo("Ctrl-C stops them.", err=True)

        def check() -> None:
            aws.check()
            elasticsearch.check()

        stay(check)
