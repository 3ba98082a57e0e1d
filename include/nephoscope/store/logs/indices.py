"""The indices of log events: whose they are, of which month, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.read.pages import buckets
from nephoscope.store.upkeep.retention import Part

_MONTH = re.compile(r"cloudwatch-logs-.+-([0-9]{4})\.([0-9]{2})")

_SOURCES = [
    {"account": {"terms": {"field": "cloud.account.id"}}},
    {"region": {"terms": {"field": "cloud.region"}}},
    {"group": {"terms": {"field": "aws.cloudwatch.log_group"}}},
    {"day": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1d"}}},
]


@dataclass(frozen=True, slots=True, order=True)
class LogIndex:
    """An index of log events; ``entry`` is that of ``logs`` which it was made for."""

    name: str
    entry: str
    window: Window


@dataclass(frozen=True, slots=True)
class LogSize:
    """What an index holds: events, and bytes on the disk without copies."""

    events: int
    bytes: int


def log_indices(client: Elasticsearch) -> list[LogIndex]:
    """Return all indices of log events, in the order of their names."""
    with answered(client) as asked:
        found = asked.indices.get(index=names.ALL_LOGS, ignore_unavailable=True)
    return sorted(index for name, said in found.items() for index in _index(name, said))


def _index(name: str, said: Mapping[str, Any]) -> Iterator[LogIndex]:
    """Yield an index if it is one of ours."""
    entry = said["mappings"].get("_meta", {}).get("nephoscope", {}).get("entry")
    written_by = (one for one in said["aliases"] if one.startswith(names.WRITING))
    month = next((_MONTH.fullmatch(names.index_written_by(one)) for one in written_by), None)
    if entry and month:
        first = date(int(month[1]), int(month[2]), 1)
        start, end = (
            datetime(one.year, one.month, 1, tzinfo=UTC) for one in names.span_of("", first)
        )
        yield LogIndex(name, entry, Window(start, end))


def events_of(client: Elasticsearch, index: LogIndex) -> dict[Part, int]:
    """Count the events of an index by account, region, log group and day."""
    with answered(client) as asked:
        asked.indices.refresh(index=index.name)
    return {
        _part(bucket["key"]): bucket["doc_count"]
        for bucket in buckets(client, index.name, {"match_all": {}}, _SOURCES, {})
    }


def _part(key: Mapping[str, Any]) -> Part:
    day = datetime.fromtimestamp(key["day"] / 1000, UTC).date()
    return Part(key["account"], key["region"], key["group"], day)


def log_sizes(client: Elasticsearch) -> dict[str, LogSize]:
    """Measure all indices of log events, by their names."""
    with answered(client) as asked:
        found = asked.options(ignore_status=404).indices.stats(
            index=names.ALL_LOGS, metric=["docs", "store"]
        )
    return {
        name: LogSize(one["primaries"]["docs"]["count"], one["primaries"]["store"]["size_in_bytes"])
        for name, one in found.get("indices", {}).items()
    }
