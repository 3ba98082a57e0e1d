"""The variables in `.env`: the owner's connections and settings, for Airflow and for the CLI."""

from __future__ import annotations

import os
from pathlib import Path

from nephoscope.config.settings import ROOT

ENV_FILE = ROOT / ".env"


def read_env(path: Path = ENV_FILE) -> dict[str, str]:
    """Read an `.env` file; nothing where there is none."""
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def use_connections() -> None:
    """Let this process see the owner's connections: those of `.env` and of `make up`'s Airflow.

    What the environment has already is kept. Without a home of ours Airflow would make one in the
    user's, and it logs to stdout, where only the answer belongs.
    """
    ours = {
        "AIRFLOW_HOME": str(ROOT / "var" / "airflow"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
    }
    for name, value in {**read_env(), **ours}.items():
        os.environ.setdefault(name, value)
