"""What an entry says that can't be, though each of its keys is right by itself."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from nephoscope.config.catalogue import catalogue, tagged_by
from nephoscope.config.selection import Metric

if TYPE_CHECKING:
    from nephoscope.config.collections import Collection

_DAY = timedelta(days=1)


def problems(entry: Collection) -> Iterator[str]:
    """Yield what is wrong with an entry, a sentence each that says what to write instead."""
    yield from _of_dimensions(entry)
    if not entry.metrics:
        yield (
            f"{entry.namespace} is not in the catalogue: name its metrics and their statistics, "
            "such as metrics: {Latency: [p99]}"
        )
    for metric, said in entry.metrics.items():
        yield from _of_metric(entry, metric, said)
    yield from _of_periods(entry)
    yield from _of_resources(entry)


def _of_dimensions(entry: Collection) -> Iterator[str]:
    if "dimensions" not in entry.model_fields_set:
        yield (
            f"{entry.namespace} is not in the catalogue: name its resources' dimensions, "
            "such as dimensions: [QueueName], or write dimensions: any"
        )


def _of_metric(entry: Collection, metric: str, said: Metric) -> Iterator[str]:
    known = catalogue().get(entry.namespace)
    if known is None:
        if not said.statistics:
            yield (
                f"metrics.{metric}: {entry.namespace} is not in the catalogue: name the "
                "statistics, such as [Average]"
            )
    elif metric in entry.names and metric not in known.metrics:
        close = difflib.get_close_matches(metric, known.metrics, n=1)
        guess = f"; did you mean {close[0]}?" if close else ""
        yield (
            f"{entry.namespace} has no metric {metric!r}{guess} (write one that is newer than "
            f"the catalogue as a pattern: {metric}*)"
        )
    elif metric in entry.names:
        period = said.period or entry.period
        finest = known.metrics[metric].period
        if period != "auto" and period < finest:
            yield (
                f"metrics.{metric}: AWS has it every {finest} seconds at the finest, and none "
                f"for period: {period}: write {{period: {finest}}} or {{period: auto}} there"
            )


def _of_periods(entry: Collection) -> Iterator[str]:
    if _DAY % entry.every:
        yield f"every: {entry.every} does not divide a day: write 5m, 15m, 1h or 1d"
    said = {entry.period, *(metric.period for metric in entry.metrics.values())}
    for period in sorted(one for one in said if isinstance(one, int)):
        if entry.every % timedelta(seconds=period):
            yield f"every: {entry.every} is no multiple of period: {period} seconds"


def _of_resources(entry: Collection) -> Iterator[str]:
    resources, any_dimensions = entry.resources, entry.dimensions == "any"
    if resources.ids and (any_dimensions or len(entry.dimensions) != 1):
        yield (
            "resources.ids: stand for values of the only dimension, and this entry has "
            f"{'any' if any_dimensions else len(entry.dimensions)}: write dimensions: [Name]"
        )
    for name in () if any_dimensions else resources.dimensions:
        if name not in entry.dimensions:
            yield (
                f"resources.dimensions: {name} is none of the entry's: write one of "
                f"{', '.join(entry.dimensions) or 'dimensions: [Name]'}"
            )
    if resources.tags:
        yield from _of_tags(entry)


def _of_tags(entry: Collection) -> Iterator[str]:
    names = tagged_by(entry.namespace)
    if not names:
        yield (
            f"resources.tags: nothing tells how {entry.namespace} is tagged: choose by "
            "resources.dimensions, or add its arn in nephoscope/config/catalogue.yaml"
        )
    elif entry.dimensions != "any" and not names <= set(entry.dimensions):
        yield (
            f"resources.tags: {entry.namespace} is tagged by {', '.join(sorted(names))}, which "
            "is none of the entry's dimensions: choose by resources.dimensions"
        )
