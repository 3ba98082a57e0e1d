"""What flows through Nephoscope: windows of time, resources, and columns of points."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Dimensions = tuple[tuple[str, str], ...]
"""A resource's CloudWatch dimensions as (name, value) pairs, sorted by name."""


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """A half-open span of time [start, end), in UTC.

    Raises:
        ValueError: a bound has no zone or another than UTC, or the span is empty.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        for bound in (self.start, self.end):
            if bound.utcoffset() != timedelta(0):
                raise ValueError(f"{bound.isoformat()} is not in UTC")
        if self.start >= self.end:
            raise ValueError(f"the window {self} is empty")

    def __str__(self) -> str:
        return f"{instant(self.start)}/{instant(self.end)}"

    @classmethod
    def parse(cls, text: str) -> Window:
        """Read what ``str()`` wrote."""
        start, end = text.split("/")
        return cls(datetime.fromisoformat(start), datetime.fromisoformat(end))

    @classmethod
    def day(cls, moment: datetime) -> Window:
        """Return the UTC day that holds the moment."""
        start = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(start, start + timedelta(days=1))

    def days(self) -> Iterator[Window]:
        """Yield the parts of the window that lie in one UTC day each."""
        start = self.start
        while start < self.end:
            end = min(Window.day(start).end, self.end)
            yield Window(start, end)
            start = end

    def points(self, period: int) -> int:
        """Count the points of a period, in seconds, that begin in the window."""
        first = -(-int(self.start.timestamp()) // period)
        last = -(-int(self.end.timestamp()) // period)
        return last - first


def outlived(end: datetime, keep: timedelta | None, asked_at: datetime) -> bool:
    """Tell whether what ended at a moment is older than is kept; None keeps it for ever.

    By this alone a plan leaves out what retention would drop.
    """
    return keep is not None and end + keep <= asked_at


def instant(moment: datetime) -> str:
    """Write a moment as Elasticsearch and a person read it: ``2026-11-20T00:00:00Z``."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """One thing that CloudWatch has metrics of: an account, a region and a dimension set."""

    account: str
    region: str
    namespace: str
    dimensions: Dimensions

    @property
    def key(self) -> str:
        """The dimensions as canonical JSON: names sorted, no blanks."""
        return dimensions_key(self.dimensions)


@dataclass(frozen=True, slots=True)
class Seen:
    """What discovery found of a resource.

    ``metrics`` are those that were listed, of the ones that were looked for. ``attributes`` are
    JSON: name, type, zone, state, launch and stop times, tags; empty where nothing is known.
    """

    resource: Resource
    metrics: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


def dimensions_key(dimensions: Dimensions) -> str:
    """Write dimensions as canonical JSON, such as ``{"InstanceId":"i-0c08512debca266ab"}``."""
    return json.dumps(dict(sorted(dimensions)), separators=(",", ":"), ensure_ascii=False)


def dimensions_from_key(key: str) -> Dimensions:
    """Read what `dimensions_key` wrote."""
    return tuple(sorted(json.loads(key).items()))
