"""The catalogue of known metrics: unit, native period, statistics, dimension set."""

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class KnownMetric(BaseModel):
    """What AWS documents of one metric; ``period`` is the finest native one, in seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    period: int
    statistics: tuple[str, ...]


class KnownNamespace(BaseModel):
    """The metrics of one namespace, and the dimensions that name one of its resources."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dimensions: tuple[str, ...]
    metrics: dict[str, KnownMetric]


@cache
def catalogue() -> dict[str, KnownNamespace]:
    """Read ``catalogue.yaml``: known namespaces by name."""
    text = Path(__file__).with_name("catalogue.yaml").read_text(encoding="utf-8")
    return {
        name: KnownNamespace.model_validate(entry) for name, entry in yaml.safe_load(text).items()
    }
