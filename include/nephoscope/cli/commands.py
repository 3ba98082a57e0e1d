"""All commands, and how they fail.

A command's own module imports what is slow (Airflow, boto3) only when it runs.
"""

from __future__ import annotations

import click

from nephoscope.cli.airflow import airflow
from nephoscope.cli.coverage import coverage
from nephoscope.cli.demo import demo
from nephoscope.cli.doctor import doctor
from nephoscope.cli.output import tell
from nephoscope.cli.plan import plan
from nephoscope.cli.replay import replay
from nephoscope.cli.report import report
from nephoscope.cli.up import up
from nephoscope.errors import NephoscopeError


class _Commands(click.Group):
    """Ends with status 2 and the error's sentence where a command can't do what it was asked."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except NephoscopeError as error:
            tell(ctx, error)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nephoscope")
def main() -> None:
    """Collect, keep, complete and draw what AWS knows about a fleet."""


for command in (demo, up, airflow, plan, doctor, replay, coverage, report):
    main.add_command(command)
