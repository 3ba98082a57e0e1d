"""``collections.yaml``: what to collect, as data; every error names the entry and the mend."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from nephoscope.config.catalogue import catalogue
from nephoscope.errors import ConfigError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_STATISTIC = re.compile(
    r"Average|Sum|Minimum|Maximum|SampleCount|(p|tm|tc|ts|wm)\d{1,2}(\.\d{1,10})?|p100|IQM"
)
_DAY = timedelta(days=1)


def _span(text: Any) -> timedelta:
    found = re.fullmatch(r"(\d+)([smhd])", str(text))
    if not found or int(found[1]) == 0:
        raise ValueError(f"{text!r} is no span of time: write a number and s, m, h or d, as in 5m")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _statistic(text: Any) -> str:
    if not isinstance(text, str) or not _STATISTIC.fullmatch(text):
        raise ValueError(
            f"{text!r} is no CloudWatch statistic: write Average, Sum, Minimum, Maximum, "
            "SampleCount or a percentile such as p99"
        )
    return text


def _period(value: Any) -> Any:
    if value == "auto" or (type(value) is int and value > 0 and value % 60 == 0):
        return value
    raise ValueError(f"{value!r} is no period: write auto or a multiple of 60 seconds, such as 300")


def _region(text: Any) -> str:
    if not isinstance(text, str) or not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", text):
        raise ValueError(f"{text!r} is no AWS region: write its code, such as eu-west-1")
    return text


def _listed(values: Any) -> Any:
    if not isinstance(values, (list, tuple)) or not values:
        raise ValueError(f"{values!r} is no list: write one or more, in [ ]")
    return values


Span = Annotated[timedelta, BeforeValidator(_span)]
Statistic = Annotated[str, BeforeValidator(_statistic)]
Statistics = Annotated[tuple[Statistic, ...], BeforeValidator(_listed)]
Region = Annotated[str, BeforeValidator(_region)]
Period = Annotated[Literal["auto"] | int, BeforeValidator(_period)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Account(_Entry):
    """One Airflow AWS connection and the regions that are read through it."""

    connection: str = Field(min_length=1)
    regions: Annotated[tuple[Region, ...], BeforeValidator(_listed)]


class Collection(_Entry):
    """Metrics of one namespace, asked ``every`` so often, ``settle`` after a window's end."""

    namespace: str = Field(min_length=1)
    dimensions: tuple[str, ...] = ()
    metrics: Mapping[str, Statistics] = Field(min_length=1)
    period: Period = "auto"
    every: Span = timedelta(minutes=5)
    settle: Span = timedelta(minutes=20)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, entry: Any) -> Any:
        """Fill in from the catalogue what the entry leaves out."""
        known = catalogue().get(str(entry.get("namespace"))) if isinstance(entry, dict) else None
        if known is None:
            return entry
        metrics = entry.get("metrics")
        if isinstance(metrics, dict):
            unknown = [name for name in metrics if name not in known.metrics]
            if unknown:
                raise ValueError(_no_such_metric(entry["namespace"], unknown[0], known.metrics))
            metrics = {name: metrics[name] or known.metrics[name].statistics for name in metrics}
        return {"dimensions": known.dimensions, **entry, "metrics": metrics}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.dimensions:
            raise ValueError(
                f"{self.namespace} is not in the catalogue: name its resources' dimensions, "
                "such as dimensions: [QueueName]"
            )
        if _DAY % self.every:
            raise ValueError(f"every: {self.every} does not divide a day: write 5m, 15m, 1h or 1d")
        if isinstance(self.period, int) and self.every % timedelta(seconds=self.period):
            raise ValueError(f"every: {self.every} is no multiple of period: {self.period} seconds")
        return self

    def native_period(self, metric: str, *, detailed: bool) -> int:
        """Return the finest period, in seconds, at which AWS publishes a metric of a resource.

        Args:
            metric: its CloudWatch name.
            detailed: whether the resource has detailed monitoring.
        """
        if isinstance(self.period, int):
            return self.period
        known = catalogue().get(self.namespace)
        native = known.metrics[metric].period if known else 60
        return native if detailed else max(native, 300)


class Collections(_Entry):
    """The whole of ``collections.yaml``."""

    accounts: Annotated[tuple[Account, ...], BeforeValidator(_listed)]
    collections: Mapping[str, Collection] = Field(min_length=1)


def _no_such_metric(namespace: str, metric: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(metric, known, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    return (
        f"{namespace} has no metric {metric!r}{guess} "
        "(a metric newer than this catalogue is added in nephoscope/config/catalogue.yaml)"
    )


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key written twice, where PyYAML lets the last one win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _sentences(path: Path, error: ValidationError) -> str:
    lines = []
    for problem in error.errors():
        where = ".".join(str(part) for part in problem["loc"]) or "the file"
        message = problem["msg"].removeprefix("Value error, ")
        if problem["type"] == "extra_forbidden":
            message = "unknown key; remove it or mend its spelling"
        lines.append(f"{path}: {where}: {message}")
    return "\n".join(lines)


def load_collections(path: Path) -> Collections:
    """Read and check ``collections.yaml``.

    Raises:
        ConfigError: the file is not there, is no YAML, or says something wrong; one line each.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _StrictLoader)  # ruff: ignore[unsafe-yaml-load] - a SafeLoader
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read ({error.strerror}); set NEPHOSCOPE_COLLECTIONS"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError, TypeError) as error:
        raise ConfigError(f"{path}: is no valid YAML: {error}") from error
    try:
        return Collections.model_validate(data)
    except ValidationError as error:
        raise ConfigError(_sentences(path, error)) from error
