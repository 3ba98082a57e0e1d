"""Retention: which indices are over, what they hold, and their end.

An index is over when everything in it is older than the longest ``keep`` of all collections of its
namespace. It is dropped whole; nothing else is ever deleted. Of a namespace that no collection has
any more nobody has said how long to keep it, so it stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.indices import Index
from nephoscope.store.pages import buckets

Keeps = Mapping[str, timedelta | None]
"""How long to keep each namespace; None is for ever."""

Day = tuple[str, str, int, date]
"""An account, a region, a period (s) and a UTC day."""

_COVERAGE = re.compile(names.coverage_index_of(0).replace("0000", "([12][0-9]{3})"))

_SOURCES: list[dict[str, Any]] = [
    {"account": {"terms": {"field": "cloud.account.id", "missing_bucket": True}}},
    {"region": {"terms": {"field": "cloud.region", "missing_bucket": True}}},
    {"period": {"terms": {"field": "aws.cloudwatch.period", "missing_bucket": True}}},
    {"day": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1d"}}},
]


def over(indices: Iterable[Index], keeps: Keeps, asked_at: datetime) -> list[Index]:
    """Return the indices in which all is over.

    Args:
        indices: any.
        keeps: of the namespaces that collections have.
        asked_at: now, in UTC.
    """
    return [one for one in indices if _over(one.window.end, keeps.get(one.namespace), asked_at)]


def coverage_over(
    coverage: Iterable[str], left: Collection[Index], keeps: Keeps, asked_at: datetime
) -> list[str]:
    """Return the coverage indices that are over: by the longest keep, and with no points left.

    Args:
        coverage: their names.
        left: the metrics indices that stay.
        keeps: of the namespaces that collections have.
        asked_at: now, in UTC.
    """
    spans = [keep for keep in keeps.values() if keep is not None]
    longest = max(spans) if len(spans) == len(keeps) and spans else None
    return [
        name
        for name in coverage
        if (year := _year(name))
        and _over(year.end, longest, asked_at)
        and not any(one.window.start < year.end and year.start < one.window.end for one in left)
    ]


def _over(end: datetime, keep: timedelta | None, asked_at: datetime) -> bool:
    return keep is not None and end + keep <= asked_at


def _year(name: str) -> Window | None:
    """Return the year that a coverage index is of; None of one that is not ours."""
    found = _COVERAGE.fullmatch(name)
    return found and Window(*(datetime(int(found[1]) + n, 1, 1, tzinfo=UTC) for n in (0, 1)))


def coverage_indices(client: Elasticsearch) -> list[str]:
    """Return the names of all coverage indices."""
    with answered(client) as asked:
        return sorted(asked.indices.get(index=names.ALL_COVERAGE, ignore_unavailable=True))


def points_by_day(client: Elasticsearch, index: Index) -> dict[Day, int]:
    """Count the points of an index; call `queries.refresh` before.

    A document of which nothing is understood, as somebody else wrote it, counts as one point of
    nobody, at a period of 0 s: no archive holds it.
    """
    counts = {
        str(number): {"value_count": {"field": field}} for number, field in enumerate(index.values)
    }
    return {
        _day(bucket["key"]): max(
            bucket["doc_count"], sum(int(bucket[one]["value"]) for one in counts)
        )
        for bucket in buckets(client, index.name, {"match_all": {}}, _SOURCES, counts)
    }


def _day(key: Mapping[str, Any]) -> Day:
    start = datetime.fromtimestamp(key["day"] / 1000, UTC)
    return key["account"] or "", key["region"] or "", key["period"] or 0, start.date()


def drop(client: Elasticsearch, name: str) -> None:
    """Drop an index; one that is gone already is no error."""
    with answered(client) as asked:
        asked.indices.delete(index=name, ignore_unavailable=True)
