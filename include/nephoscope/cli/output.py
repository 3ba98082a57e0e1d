"""How the commands answer: tables for a person, JSON for a program, errors for both."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from nephoscope.errors import NephoscopeError

_AS_JSON = "nephoscope.as_json"


def _remember(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
    ctx.meta[_AS_JSON] = value
    return value


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option `--json`, which its errors follow too."""
    option = click.option(
        "--json", "as_json", is_flag=True, callback=_remember, help="Answer in JSON, on one line."
    )
    return option(command)


def named(names: str | None) -> list[str] | None:
    """Read the names of an option such as `--collections`; None where it is not given."""
    return None if names is None else [name.strip() for name in names.split(",")]


def say_json(content: Any) -> None:
    """Write JSON to stdout."""
    click.echo(json.dumps(content))


def tell(ctx: click.Context, error: NephoscopeError) -> None:
    """Write an error to stderr, and where JSON is wanted to stdout as ``{"error": …}``."""
    if ctx.meta.get(_AS_JSON):
        say_json({"error": str(error)})
    click.echo(f"nephoscope: {error}", err=True)
