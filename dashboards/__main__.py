"""Write each dashboard as JSON into the folder that Grafana is provisioned from."""

from __future__ import annotations

from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from dashboards import fleet, instance
from nephoscope.config.settings import ROOT

FOLDER = ROOT / "include" / "grafana" / "dashboards"


def texts() -> dict[str, str]:
    """Return the files by name."""
    made = {"fleet.json": fleet.dashboard(), "instance.json": instance.dashboard()}
    return {
        name: JSONEncoder(indent=2, sort_keys=True).encode(one.build()) + "\n"
        for name, one in made.items()
    }


def write(folder: Path) -> None:
    """Write the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
