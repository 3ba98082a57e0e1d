"""What a person can give a run: a manual one in the form, a backfill as ``--dag-run-conf``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import yaml
from airflow.sdk import Param

from nephoscope.config import strict_yaml
from nephoscope.config.collections import Collection, Collections
from nephoscope.config.settings import Settings
from nephoscope.errors import ConfigError


def offered() -> dict[str, Param]:
    """Return the params; anew for each DAG, as a run leaves its own in them."""
    return {
        "collections": Param(
            [],
            type="array",
            items={"type": "string"},
            title="Collections",
            description="Names of collections.yaml to collect. Empty: all.",
            **_names(),
        ),
        **window(),
        "force": Param(
            False,
            type="boolean",
            title="Ask again what is there",
            description="Asks AWS, and pays, for what is stored already too. "
            "What CloudWatch has revised is merged; nothing is erased.",
        ),
    }


def window() -> dict[str, Param]:
    """Return the params of another window than the run's own."""
    return {
        "start": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="From (UTC)",
            description="The window's start, such as 2026-11-20T00:00:00Z. "
            "Empty: the last settled window; in a backfill that of the run's date.",
        ),
        "end": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="To (UTC)",
            description="The window's end; itself not in the window.",
        ),
    }


def chosen(collections: Collections, given: Mapping[str, Any]) -> Mapping[str, Collection]:
    """Return the collections that a run's params name, or all where they name none.

    Raises:
        ConfigError: there is none of a name.
    """
    there, wanted = collections.collections, given.get("collections")
    if not wanted:
        return there
    if unknown := sorted(set(wanted) - set(there)):
        raise ConfigError(
            f"the param collections names {', '.join(map(repr, unknown))}, and collections.yaml "
            f"has none of that name for this DAG: it has {', '.join(there)}"
        )
    return {name: one for name, one in there.items() if name in wanted}


def _names() -> dict[str, Any]:
    """Return the names that the form offers; none, and free text, if the file can't be read.

    The file is parsed, not checked: each process that reads the DAG does this, and a DAG whose
    collections are wrong must still be there to run and say so.
    """
    try:
        text = Settings.read(os.environ).collections.read_text(encoding="utf-8")
        return {"examples": [str(name) for name in strict_yaml.parse(text)["collections"]]}
    except (OSError, ValueError, TypeError, KeyError, yaml.YAMLError):
        return {}
