"""`nephoscope coverage --against archive`: what is stored beside what the archive holds."""

from __future__ import annotations

from collections.abc import Collection

from nephoscope.cli.output import say_json
from nephoscope.cli.progress import counted
from nephoscope.errors import ConfigError
from nephoscope.model import Window


def compared(window: Window, namespaces: Collection[str] | None, as_json: bool) -> int:
    """Compare days, tell what differs, and return the status to end with.

    Raises:
        ConfigError: neither side has a point of the days.
    """
    from nephoscope.airflow import run
    from nephoscope.airflow.connections import elasticsearch_client
    from nephoscope.chain.comparison import compare
    from nephoscope.cli.against_found import gathered
    from nephoscope.cli.against_shown import show

    root, client = run.archive(), elasticsearch_client()
    with counted("points compared") as watch:
        found = gathered(compare(root, client, window, watch, namespaces))
    if not found.rows:
        raise ConfigError(f"neither Elasticsearch nor the archive {root} has a point of {window}")
    if as_json:
        say_json(found.as_json())
    else:
        show(found)
    return 0 if found.equal else 1
