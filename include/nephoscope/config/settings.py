"""Where things are: the settings, from the environment, with defaults under ``var/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from nephoscope.errors import ConfigError

ROOT = Path(__file__).resolve().parents[3]
"""The checkout that the package lies in, under ``include/``."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the collections are read and where archive and reports are written."""

    collections: Path
    archive_url: str
    reports_url: str

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings from environment variables."""
        return cls(
            collections=Path(
                environ.get("NEPHOSCOPE_COLLECTIONS", ROOT / "include" / "collections.yaml")
            ),
            archive_url=environ.get("NEPHOSCOPE_ARCHIVE_URL", f"file://{ROOT}/var/archive"),
            reports_url=environ.get("NEPHOSCOPE_REPORTS_URL", f"file://{ROOT}/var/reports"),
        )


def since(environ: Mapping[str, str]) -> datetime:
    """Return the first day, midnight UTC, that the daily DAG makes up by itself.

    Raises:
        ConfigError: ``NEPHOSCOPE_SINCE`` is not set or is no date.
    """
    text = environ.get("NEPHOSCOPE_SINCE", "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"NEPHOSCOPE_SINCE is {text!r}: set it to the first day to collect without being "
            "asked, such as 2026-11-22 (older days are filled by `airflow backfill create`)"
        ) from None
    return datetime.combine(day, time(), UTC)
