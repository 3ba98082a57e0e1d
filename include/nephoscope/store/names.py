"""What indices and fields are called.

Names come from AWS and, in custom namespaces, from strangers. Whatever they hold, an index name
and a field name made of them is safe, and two names never become one: where more is lost than
the layout says, a hash of the whole name follows.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import lru_cache
from hashlib import blake2b

from nephoscope.model import Resource

ALL_METRICS = "cloudwatch_metrics"
"""The alias that reads every metrics index."""

ALL_COVERAGE = "cloudwatch_coverage"
"""The alias that reads every coverage index."""

ALL_LOGS = "cloudwatch_logs"
"""The alias that reads every index of log events."""

INVENTORY = "cloudwatch-inventory"

COSTS = "cloudwatch-costs"

WRITING, COPYING = "cloudwatch-write-", "cloudwatch-copying-"
"""How the aliases begin by which indices, and copies that are not finished, are written."""

COPIED = "cloudwatch-copied-"
"""How copies of indices begin, so that no pattern of ours finds one before its aliases do."""

DIMENSIONS = "aws.dimensions."
"""How the fields of dimensions begin."""

YEARLY = frozenset({"AWS/S3", "Nephoscope/S3"})
"""Namespaces of daily points, which have an index a year: 1,000 shards a node is the default limit.

Where a point is stored depends on this, so a namespace can't be moved without its documents.
"""

STATISTICS = {
    "Average": "avg",
    "Maximum": "max",
    "Minimum": "min",
    "Sum": "sum",
    "SampleCount": "count",
}
"""Metricbeat's names for CloudWatch's statistics; p99.9 and its like only lose their dot."""

_OF_AWS = re.compile(r"AWS/([A-Za-z0-9]{1,60})")
_TAKEN = frozenset({"cloudwatch", "dimensions", "tags"})  # fields of ours under `aws`
_LOST_IN_INDEX = re.compile(r"[^a-z0-9_]+")
_LOST_IN_FIELD = re.compile(r"[^A-Za-z0-9_ /:%()@#+=-]+")
_LONGEST = 80


@lru_cache(maxsize=4096)
def slug(namespace: str) -> str:
    """Name a namespace in index and field names.

    ``AWS/EC2`` is ``aws.ec2``: the prefix is AWS's own, where no two names differ by case alone.
    A custom one keeps its whole name, ``shop`` or ``custom_ec2-8d3bb1f2``.
    """
    of_aws = _OF_AWS.fullmatch(namespace)
    if of_aws and of_aws[1].lower() not in _TAKEN:
        return f"aws.{of_aws[1].lower()}"
    kept = _LOST_IN_INDEX.sub("_", namespace.lower()).strip("_")[:_LONGEST]
    safe = kept and kept == namespace and kept not in _TAKEN
    return kept if safe else f"{kept}-{_hash(namespace)}"


def field_of(namespace: str) -> str:
    """Name the field under ``aws`` that holds a namespace's metrics, such as ``ec2``."""
    return slug(namespace).removeprefix("aws.")


@lru_cache(maxsize=65536)
def metric_field(metric: str) -> str:
    """Name a metric's field: dots become ``_``, as in Metricbeat's layout.

    So ``mem.used`` and ``mem_used`` are one field; `documents` refuses to store both. A name that
    loses more has ``~``, which no other keeps.
    """
    kept = _LOST_IN_FIELD.sub("_", metric.replace(".", "_"))
    safe = kept == metric.replace(".", "_") and kept == kept.strip() and kept
    return kept if safe else f"{kept.strip()}~{_hash(metric)}"


@lru_cache(maxsize=4096)
def statistic_field(statistic: str) -> str:
    """Name a statistic's field: ``avg`` for Average, ``p99_9`` for p99.9."""
    return STATISTICS.get(statistic) or metric_field(statistic)


def value_field(namespace: str, metric: str, statistic: str) -> str:
    """Name the field of a value: ``aws.ec2.metrics.CPUUtilization.avg``."""
    parts = field_of(namespace), "metrics", metric_field(metric), statistic_field(statistic)
    return ".".join(("aws", *parts))


def index_of(namespace: str, day: date) -> str:
    """Name the index of a namespace's points of a day: ``cloudwatch-metrics-aws.ec2-2026.11``.

    That of a month, or of a year: ``cloudwatch-metrics-aws.s3-2026``.
    """
    when = f"{day:%Y}" if namespace in YEARLY else f"{day:%Y.%m}"
    return f"cloudwatch-metrics-{slug(namespace)}-{when}"


def span_of(namespace: str, day: date) -> tuple[date, date]:
    """Return the first day of the index of a namespace and day, and that of the next one."""
    if namespace in YEARLY:
        return date(day.year, 1, 1), date(day.year + 1, 1, 1)
    return day.replace(day=1), date(day.year + day.month // 12, day.month % 12 + 1, 1)


def indices_of(namespace: str) -> str:
    """Name all indices of a namespace by a pattern.

    It may hit those of another (``shop`` and ``shop-8d3bb1f2``): filter by the namespace too.
    """
    return f"cloudwatch-metrics-{slug(namespace)}-*"


def logs_index_of(entry: str, month: str) -> str:
    """Name the index of an entry's events of a month (2026-11): ``cloudwatch-logs-shop-2026.11``.

    Names that index names can't have, capitals foremost, end in a hash.
    """
    safe = entry == entry.lower() and len(entry) <= _LONGEST
    return f"cloudwatch-logs-{entry if safe else slug(entry)}-{month.replace('-', '.')}"


def logs_entry_of(index: str) -> str:
    """Return what `logs_index_of` made of an entry's name: itself, unless index names lose some."""
    return index.removeprefix("cloudwatch-logs-")[: -len("-2026.11")]


def coverage_index_of(year: int) -> str:
    """Name the index of the coverage of a year's days: ``cloudwatch-coverage-2026``."""
    return f"cloudwatch-coverage-{year:04}"


def write_alias(index: str) -> str:
    """Name the alias that an index is written by.

    A bulk request can ask that its target is an alias (``require_alias``), and then never makes
    an index of guessed types where one was dropped.
    """
    return index.replace("cloudwatch-", WRITING, 1)


def index_written_by(alias: str) -> str:
    """Name the index that a write alias is of."""
    return alias.replace(WRITING, "cloudwatch-", 1)


def copy_of(index: str, suffix: str) -> str:
    """Name a copy of an index so that no pattern of ours finds it; the aliases do in the end."""
    return f"{index.replace('cloudwatch-', COPIED, 1)}-{suffix}"


def copying_alias(copy: str) -> str:
    """Name the alias by which a copy is written until it is finished."""
    return copy.replace(COPIED, COPYING, 1)


def document_id(*parts: object) -> str:
    """Return the id of a document that is made from its content: 32 hexadecimal digits."""
    return blake2b(json.dumps(parts, sort_keys=True).encode(), digest_size=16).hexdigest()


def resource_id(resource: Resource) -> str:
    """Return an id of a resource."""
    return document_id(resource.account, resource.region, resource.namespace, resource.dimensions)


def _hash(name: str) -> str:
    return blake2b(name.encode(), digest_size=4).hexdigest()
