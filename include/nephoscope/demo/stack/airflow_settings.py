"""The environment that Airflow is run in: nothing of the caller's but what is wanted."""

from __future__ import annotations

import os
from pathlib import Path

from nephoscope.config.settings import ROOT

_LOCAL = "127.0.0.1"


def without(*prefixes: str) -> dict[str, str]:
    """Return the caller's environment without the variables that begin so."""
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


def airflow_settings(home: Path, port: int) -> dict[str, str]:
    """Return the variables that set up Airflow on one machine.

    Args:
        home: Airflow's folder, of configuration, database and logs.
        port: of its UI and API.
    """
    url = f"http://{_LOCAL}:{port}"
    options = {
        "core.dags_folder": ROOT / "dags",
        "core.plugins_folder": ROOT / "plugins",
        "core.load_examples": False,
        "core.executor": "LocalExecutor",
        "core.parallelism": 4,  # SQLite breaks at 32, which is Airflow's own
        "core.execution_api_server_url": f"{url}/execution/",
        "api.host": _LOCAL,
        "api.port": port,
        "api.base_url": url,
        "api.workers": 1,
        "dag_processor.refresh_interval": 30,
    }
    variables = {
        f"AIRFLOW__{section.upper()}__{key.upper()}": str(value)
        for (section, key), value in ((name.split("."), value) for name, value in options.items())
    }
    # What runs here talks to itself, whatever proxy the machine has.
    hosts = ",".join(filter(None, [os.environ.get("NO_PROXY"), _LOCAL, "localhost"]))
    return {"AIRFLOW_HOME": str(home), **variables, "NO_PROXY": hosts, "no_proxy": hosts}
