"""`nephoscope airflow`: Airflow alone, on the owner's own AWS and Elasticsearch."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from nephoscope.cli.ending import in_order, stay
from nephoscope.cli.environment import ENV_FILE, read_env
from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT, Settings
from nephoscope.errors import ConfigError

_SINCE = "NEPHOSCOPE_SINCE"


@click.command()
@click.option("--port", type=int, default=8080, show_default=True, help="Of the UI.")
@click.option("--env-file", type=click.Path(path_type=Path), default=ENV_FILE, help="Of settings.")
def airflow(port: int, env_file: Path) -> None:
    """Run Airflow on the connections in .env until Ctrl-C.

    Its database, configuration and logs are kept in var/airflow.
    """
    from nephoscope.demo.stack.airflow_service import USER, Airflow
    from nephoscope.demo.stack.airflow_settings import airflow_settings, without
    from nephoscope.demo.stack.ports import choose

    stated = own_settings(env_file, datetime.now(UTC).date())
    home = ROOT / "var" / "airflow"
    chosen = choose({"airflow": port}, {})["airflow"]
    environment = {
        **without("AIRFLOW", "NEPHOSCOPE_"),
        **airflow_settings(home, chosen),
        **stated,
    }
    click.echo("starting Airflow")
    with in_order(), Airflow(home, home / "components", environment) as service:
        click.echo(f"{service.url}  user {USER}, password {service.password}")
        click.echo("The DAGs start paused: switch them on in the UI. Ctrl-C stops Airflow.")
        stay(service.check)


def own_settings(env_file: Path, today: date) -> dict[str, str]:
    """Read the owner's settings, and add the day of set-up where it is not stated yet.

    Raises:
        ConfigError: there is no such file, or a connection is missing in it.
    """
    if not env_file.exists():
        raise ConfigError(
            f"there is no {env_file}: copy .env.example to it and fill in your connections "
            "(or try `make demo`, which needs none)"
        )
    stated = read_env(env_file)
    missing = [name for name in _connections(stated) if not stated.get(name)]
    if missing:
        raise ConfigError(f"{env_file} lacks {', '.join(missing)}: .env.example shows how")
    if not stated.get(_SINCE):
        stated[_SINCE] = today.isoformat()
        with env_file.open("a", encoding="utf-8") as file:
            file.write(f"\n{_SINCE}={stated[_SINCE]}\n")
        click.echo(f"{env_file}: added {_SINCE}={stated[_SINCE]}, the first day that is collected")
    return stated


def _connections(stated: dict[str, str]) -> list[str]:
    """Name the variables of the connections that `collections.yaml` asks for."""
    accounts = load_collections(Settings.read(stated).collections).accounts
    names = [account.connection for account in accounts]
    return [f"AIRFLOW_CONN_{name.upper()}" for name in [*names, "elasticsearch_default"]]
