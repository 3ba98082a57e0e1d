"""What a folder of demo data was made with, and must be run with again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Self

from nephoscope.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Kept:
    """The folder, the fleet that its data is of, and the ports of last time.

    ``anchor`` is the UTC day that the fleet's launches and stops are counted back from.
    """

    folder: Path
    instances: int
    seed: int
    anchor: date
    ports: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read what `write` wrote; None where it never did."""
        path = _file(folder)
        if not path.exists():
            return None
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(folder=folder, **data | {"anchor": date.fromisoformat(data["anchor"])})

    def write(self) -> None:
        """Keep it."""
        data = {
            "instances": self.instances,
            "seed": self.seed,
            "anchor": self.anchor.isoformat(),
            "ports": dict(self.ports),
        }
        _file(self.folder).write_text(json.dumps(data, indent=2), encoding="utf-8")

    def expect(self, instances: int | None, seed: int | None) -> None:
        """Return if that is the fleet that is asked for; None asks for whatever there is.

        Raises:
            ConfigError: the folder has another fleet's data.
        """
        if instances not in {None, self.instances} or seed not in {None, self.seed}:
            raise ConfigError(
                f"{self.folder} holds the data of {self.instances} instances of seed {self.seed}: "
                "remove that folder for another fleet, or name another one by --folder"
            )

    def url(self, service: str) -> str:
        """Return where a service answers."""
        return f"http://127.0.0.1:{self.ports[service]}"


def _file(folder: Path) -> Path:
    return folder / "kept.json"
