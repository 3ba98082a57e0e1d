"""Retention: which indices are over, what they hold, and their end.

A metrics index is over when everything in it is older than the longest ``keep`` of all collections
of its namespace; one of coverage when that holds by the longest ``keep`` of all, and no points of
its year are left. Indices are dropped whole; nothing else is ever deleted. Of a namespace that no
collection has any more nobody has said how long to keep it, so it stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from elasticsearch import Elasticsearch

from nephoscope.model import Window, outlived
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.read.pages import buckets
from nephoscope.store.upkeep.indices import Index

Keeps = Mapping[str, timedelta | None]
"""How long to keep each namespace; None is for ever."""

_COVERAGE = re.compile(names.coverage_index_of(0).replace("0000", "([12][0-9]{3})"))

_SOURCES = {
    "account": {"terms": {"field": "cloud.account.id", "missing_bucket": True}},
    "region": {"terms": {"field": "cloud.region", "missing_bucket": True}},
    "namespace": {"terms": {"field": "aws.cloudwatch.namespace", "missing_bucket": True}},
    "day": {"date_histogram": {"field": "@timestamp", "fixed_interval": "1d"}},
}
_PERIOD = {"period": {"terms": {"field": "aws.cloudwatch.period", "missing_bucket": True}}}


class Part(NamedTuple):
    """What the archive has a file of; ``period`` is in seconds, and 0 for coverage of all periods.

    What a document does not say is empty, as somebody else wrote it: no archive holds that.
    """

    account: str
    region: str
    namespace: str
    day: date
    period: int = 0

    def __str__(self) -> str:
        at = f" at {self.period} s" if self.period else ""
        return f"{self.day} of {self.namespace} in {self.account}/{self.region}{at}"


def over(indices: Iterable[Index], keeps: Keeps, asked_at: datetime) -> list[Index]:
    """Return the metrics indices in which all is over.

    Args:
        indices: any.
        keeps: of the namespaces that collections have.
        asked_at: now, in UTC.
    """
    return [one for one in indices if outlived(one.window.end, keeps.get(one.namespace), asked_at)]


def coverage_over(
    years: Mapping[str, Window], left: Collection[Index], keeps: Keeps, asked_at: datetime
) -> list[str]:
    """Return the names of the coverage indices that are over.

    Args:
        years: of them, by their names.
        left: the metrics indices that stay.
        keeps: of the namespaces that collections have.
        asked_at: now, in UTC.
    """
    spans = [keep for keep in keeps.values() if keep is not None]
    longest = max(spans) if len(spans) == len(keeps) and spans else None
    return [
        name
        for name, year in years.items()
        if outlived(year.end, longest, asked_at)
        and not any(one.window.start < year.end and year.start < one.window.end for one in left)
    ]


def coverage_indices(client: Elasticsearch) -> dict[str, Window]:
    """Return the years of all coverage indices, by their own names."""
    with answered(client) as asked:
        found = asked.indices.get_alias(
            index=names.ALL_COVERAGE, ignore_unavailable=True, allow_no_indices=True
        )
    years = ((name, _year(name, one["aliases"])) for name, one in sorted(found.items()))
    return {name: year for name, year in years if year}


def _year(name: str, aliases: Iterable[str]) -> Window | None:
    """Return the year of an index by its name, or by an alias if it is a copy; None if not ours."""
    for one in (name, *aliases):
        if found := _COVERAGE.fullmatch(one):
            start, end = (datetime(int(found[1]) + n, 1, 1, tzinfo=UTC) for n in (0, 1))
            return Window(start, end)
    return None


def points_of(client: Elasticsearch, index: Index) -> dict[Part, int]:
    """Count the points of a metrics index; call `queries.refresh` before.

    A document counts as one at the least, even where nothing in it is understood.
    """
    counts = {
        str(number): {"value_count": {"field": field}} for number, field in enumerate(index.values)
    }
    return _count(client, index.name, {**_SOURCES, **_PERIOD}, counts)


def days_of(client: Elasticsearch, name: str) -> dict[Part, int]:
    """Count the resource days of a coverage index; call `sums.refresh` before."""
    return _count(client, name, _SOURCES, {})


def _count(
    client: Elasticsearch, name: str, sources: Mapping[str, Any], counts: Mapping[str, Any]
) -> dict[Part, int]:
    each = [{key: source} for key, source in sources.items()]
    return {
        _part(bucket["key"]): max(bucket["doc_count"], sum(bucket[one]["value"] for one in counts))
        for bucket in buckets(client, name, {"match_all": {}}, each, counts)
    }


def _part(key: Mapping[str, Any]) -> Part:
    day = datetime.fromtimestamp(key["day"] / 1000, UTC).date()
    account, region, namespace = (key[one] or "" for one in ("account", "region", "namespace"))
    return Part(account, region, namespace, day, key.get("period") or 0)


def drop(client: Elasticsearch, name: str) -> None:
    """Drop an index; one that is gone already is no error."""
    with answered(client) as asked:
        asked.indices.delete(index=name, ignore_unavailable=True)
