"""`nephoscope doctor`: whether all that a collection needs is there and allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from nephoscope.cli.environment import use_connections
from nephoscope.cli.output import json_option, say_json
from nephoscope.errors import NephoscopeError

if TYPE_CHECKING:
    from nephoscope.cli.checks import Check


@click.command()
@json_option
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Try the collections, each connection and each permission, and say what works.

    It asks CloudWatch for one metric in each region, which AWS bills ($0.00001 each), and lists
    metrics, instances and tags as a run does. It goes on after each failure, and exits with 2
    if there was one.
    """
    use_connections()
    done = []
    for one in _checks():
        done.append(one)
        if not as_json:
            _show(one)
    if as_json:
        say_json({"checks": [asdict(one) for one in done]})
    ctx.exit(2 if any(one.error for one in done) else 0)


def _checks() -> Iterator[Check]:
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import AirflowCloud, elasticsearch_client
    from nephoscope.cli import checks
    from nephoscope.cli.aws_checks import Aws

    try:
        collections = run.collections()
    except NephoscopeError as error:
        yield checks.Check("collections.yaml", error=str(error))
    else:
        yield checks.Check("collections.yaml", found=", ".join(collections.collections))
        yield from Aws(AirflowCloud(), collections, run.now()).checks()
    try:
        client = elasticsearch_client()
    except NephoscopeError as error:
        yield checks.Check("elasticsearch", error=str(error))
    else:
        yield from checks.elasticsearch(client)


def _show(one: Check) -> None:
    from rich.console import Console
    from rich.markup import escape

    label, said = "[green]ok[/]      ", one.found
    if one.error:
        label, said = "[red]failed[/]  ", one.error
    elif one.note:
        label, said = "[yellow]note[/]    ", one.note
    Console(soft_wrap=True).print(f"{label}{escape(one.name)}: {escape(said)}")
