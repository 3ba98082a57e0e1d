"""The catalogue of known metrics: what AWS publishes of each resource, how often and how late."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path

import yaml

from nephoscope.config.values import Entry, Span
from nephoscope.model import Dimensions

EC2 = "AWS/EC2"
"""The namespace whose resources EC2 itself describes, tags and all."""

A_DAY = 86_400
"""Seconds."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # 23 ms for 134 where libyaml is there


class KnownMetric(Entry):
    """What AWS documents of one metric."""

    unit: str
    """As AWS documents it; GetMetricData does not return it."""
    period: int
    """The finest period, in seconds, at which AWS publishes it."""
    basic: int | None = None
    """The period, in seconds, where a resource has no detailed monitoring, if it is another."""
    sparse: bool = False
    """Whether it has points only where something happened, so that none is no gap."""
    always: bool = False
    """Whether every running resource publishes it."""
    default: bool = False
    """Whether an entry that names no metrics asks it."""
    statistics: tuple[str, ...]
    """Those that are asked where an entry names none."""

    def native(self, *, detailed: bool) -> int:
        """Return the period, in seconds, at which AWS publishes it of a resource."""
        return self.period if detailed else self.basic or self.period


class KnownNamespace(Entry):
    """The metrics of one namespace, and how it names one of its resources."""

    dimensions: tuple[str, ...]
    """The dimension set that names one resource."""
    settle: Span = timedelta(minutes=20)
    """How long after a window's end its points are all there, but for rare stragglers."""
    every: Span = timedelta(minutes=5)
    """How often it is worth asking."""
    arn: re.Pattern[str] | None = None
    """Finds dimensions, as named groups, in a resource's ARN."""
    resource_type: str | None = None
    """What the tagging service's GetResources calls its resources."""
    metrics: Mapping[str, KnownMetric]

    @property
    def defaults(self) -> tuple[str, ...]:
        """The metrics of an entry that names none."""
        return tuple(name for name, metric in self.metrics.items() if metric.default)

    @property
    def of_storage(self) -> bool:
        """Whether AWS measures its resources once a day, and publishes that the day after."""
        periods = [self.metrics[name].period for name in self.defaults]
        return min(periods, default=0) >= A_DAY

    def dimensions_of(self, arn: str) -> Dimensions | None:
        """Return the dimensions that an ARN names; None where it is of something else."""
        found = self.arn.fullmatch(arn) if self.arn else None
        return tuple(sorted(found.groupdict().items())) if found else None


@cache
def catalogue() -> dict[str, KnownNamespace]:
    """Read ``catalogue.yaml``: known namespaces by name."""
    text = Path(__file__).with_name("catalogue.yaml").read_text(encoding="utf-8")
    entries = yaml.load(text, _LOADER)  # ruff: ignore[unsafe-yaml-load] - a SafeLoader
    return {name: KnownNamespace.model_validate(entry) for name, entry in entries.items()}


def known_metric(namespace: str, metric: str) -> KnownMetric | None:
    """Return what is known of a metric; None where the catalogue does not have it."""
    known = catalogue().get(namespace)
    return known.metrics.get(metric) if known else None


def dense(namespace: str, metric: str) -> bool:
    """Tell whether a resource that runs has a point in each period; unknown metrics may not."""
    known = known_metric(namespace, metric)
    return known is not None and not known.sparse


def tagged_by(namespace: str) -> frozenset[str]:
    """Return the dimensions by which a resource's tags are found: none where nothing says them.

    EC2 describes its instances with their tags; of other resources they are found by ARN.
    """
    known = catalogue().get(namespace)
    if namespace == EC2 and known:
        return frozenset(known.dimensions)
    return frozenset(known.arn.groupindex) if known and known.arn else frozenset()
