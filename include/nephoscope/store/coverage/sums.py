"""What coverage says of many days: sums that Elasticsearch makes, and the few worst of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from elasticsearch import Elasticsearch

from nephoscope.coverage import Coverage
from nephoscope.model import Window, instant
from nephoscope.store import names
from nephoscope.store.answers import answered
from nephoscope.store.coverage.days import coverage_of
from nephoscope.store.read.pages import buckets

_KEYS = {
    "account": "cloud.account.id",
    "region": "cloud.region",
    "namespace": "aws.cloudwatch.namespace",
    "period": "aws.cloudwatch.period",
}
_POINTS = ("expected", "stored", "confirmed", "lacking")


@dataclass(frozen=True, slots=True)
class Covered:
    """A day's coverage of all resources of an account, region, namespace and period (s).

    Attributes:
        account: twelve digits.
        region: such as eu-west-1.
        namespace: as CloudWatch spells it.
        period: in seconds.
        resources: how many.
        states: and how many of them are in which `coverage.State`.
        expected: points.
        stored: those of them that are.
        confirmed: those of them that CloudWatch does not have.
        lacking: the rest.
    """

    account: str
    region: str
    namespace: str
    period: int
    resources: int
    states: Mapping[str, int]
    expected: int
    stored: int
    confirmed: int
    lacking: int


def refresh(client: Elasticsearch) -> None:
    """Let searches see all coverage that was written before."""
    with answered(client) as asked:
        asked.indices.refresh(index=names.ALL_COVERAGE, ignore_unavailable=True)


def covered(
    client: Elasticsearch, day: Window, namespaces: Collection[str] | None = None
) -> Iterator[Covered]:
    """Add up a day; nothing comes where it was not audited.

    One search looks at one day: a year of 20,000 resources is read once, in flat memory.

    Args:
        client: the official client; call `refresh` before.
        day: in UTC.
        namespaces: only these; all if None.
    """
    sums = {name: {"sum": {"field": f"nephoscope.{name}"}} for name in _POINTS}
    states = {"terms": {"field": "nephoscope.state", "size": 100}}
    for bucket in buckets(
        client,
        names.ALL_COVERAGE,
        _query(day, namespaces),
        sources=[{name: {"terms": {"field": field}}} for name, field in _KEYS.items()],
        aggregations={"states": states, **sums},
    ):
        yield Covered(
            **bucket["key"],
            resources=bucket["doc_count"],
            states={one["key"]: one["doc_count"] for one in bucket["states"]["buckets"]},
            expected=int(bucket["expected"]["value"]),
            stored=int(bucket["stored"]["value"]),
            confirmed=int(bucket["confirmed"]["value"]),
            lacking=int(bucket["lacking"]["value"]),
        )


def worst(
    client: Elasticsearch,
    window: Window,
    namespaces: Collection[str] | None = None,
    most: int = 10,
    of: str = "lacking",
) -> list[Coverage]:
    """Return the days of resources that lack the most points, the worst first.

    Args:
        client: the official client; call `refresh` before.
        window: of days, in UTC.
        namespaces: only these; all if None.
        most: how many at the most.
        of: ``lacking``, or ``confirmed`` for the points that CloudWatch does not have.
    """
    field = f"nephoscope.{of}"
    with answered(client) as asked:
        answer = asked.search(
            index=names.ALL_COVERAGE,
            size=most,
            query=_query(window, namespaces, {"exists": {"field": field}}),
            sort=[{field: {"order": "desc", "unmapped_type": "long"}}, {"@timestamp": "asc"}],
            ignore_unavailable=True,
            allow_partial_search_results=False,
        )
    return [coverage_of(hit["_source"]) for hit in answer["hits"]["hits"]]


@dataclass(frozen=True, slots=True)
class Total:
    """The resource days of a namespace that are in one state, with the points of them.

    Of the points ``expected`` some are stored; CloudWatch does not have those that are
    ``confirmed``; the rest is lacking.
    """

    namespace: str
    state: str
    days: int
    expected: int
    stored: int
    confirmed: int
    lacking: int


def totals(client: Elasticsearch) -> list[Total]:
    """Add up all coverage, by namespace and state; call `refresh` before."""
    sources = [
        {"namespace": {"terms": {"field": "aws.cloudwatch.namespace"}}},
        {"state": {"terms": {"field": "nephoscope.state"}}},
    ]
    sums = {name: {"sum": {"field": f"nephoscope.{name}"}} for name in _POINTS}
    return [
        Total(
            found["key"]["namespace"],
            found["key"]["state"],
            found["doc_count"],
            *(int(found[one]["value"]) for one in _POINTS),
        )
        for found in buckets(client, names.ALL_COVERAGE, {"match_all": {}}, sources, sums)
    ]


def _query(
    window: Window, namespaces: Collection[str] | None, *more: Mapping[str, Any]
) -> dict[str, Any]:
    time = {"gte": instant(window.start), "lt": instant(window.end)}
    filters: list[Mapping[str, Any]] = [{"range": {"@timestamp": time}}, *more]
    if namespaces is not None:
        filters.append({"terms": {"aws.cloudwatch.namespace": sorted(namespaces)}})
    return {"bool": {"filter": filters}}
