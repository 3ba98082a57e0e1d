"""ListMetrics: what had data in the last two weeks, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from nephoscope.demo.aws import cloudwatch_rules as rules
from nephoscope.demo.aws.cloudwatch_holdings import GROUP_DIMENSION, INSTANCE_DIMENSION
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import CREDIT_METRICS, METRICS, NAMESPACE, Instance

RECENT = {"PT3H": 3 * 3600}


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric with its one dimension, and when it had data, in seconds since 1970."""

    metric: str
    name: str
    value: str
    first: float
    last: float

    def written(self) -> dict[str, Any]:
        """Write it as ListMetrics does."""
        dimensions = [{"Name": self.name, "Value": self.value}]
        return {"Namespace": NAMESPACE, "MetricName": self.metric, "Dimensions": dimensions}


@dataclass(frozen=True, slots=True)
class Filter:
    """What a request wants listed; a dimension may be asked by its name alone."""

    namespace: str | None
    metric: str | None
    dimensions: tuple[tuple[str, str | None], ...]
    active: int

    @classmethod
    def of(cls, request: dict[str, Any]) -> Filter:
        """Read a request."""
        dimensions = request.get("Dimensions", ())
        return cls(
            request.get("Namespace"),
            request.get("MetricName"),
            tuple((rules.required(one, "Name"), one.get("Value")) for one in dimensions),
            RECENT.get(request.get("RecentlyActive", ""), rules.LISTED_FOR),
        )

    def fits(self, entry: Entry, now: float) -> bool:
        """Tell whether an entry is wanted and had data of late."""
        return (
            entry.first <= now <= entry.last + self.active
            and self.namespace in {None, NAMESPACE}
            and self.metric in {None, entry.metric}
            and all(
                name == entry.name and value in {None, entry.value}
                for name, value in self.dimensions
            )
        )


class Listing:
    """The metrics that CloudWatch lists of a fleet."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._region = cache(self._list)
        self._matching = lru_cache(maxsize=8)(self._match)  # the pages of one listing share it

    def page(self, region: str, request: dict[str, Any], now: float) -> dict[str, Any]:
        """Answer ListMetrics: 500 metrics that match, and a NextToken if there are more."""
        now, begin = rules.state(request) or (now, 0)
        matching = self._matching(region, Filter.of(request), now)
        end = int(begin) + rules.PAGE_OF_METRICS
        page = {"Metrics": [entry.written() for entry in matching[int(begin) : end]]}
        more = {"NextToken": rules.token(request, now, end)} if end < len(matching) else {}
        return page | more

    def _match(self, region: str, wanted: Filter, now: float) -> list[Entry]:
        return [entry for entry in self._region(region) if wanted.fits(entry, now)]

    def _list(self, region: str) -> list[Entry]:
        return [*self._instances(region), *self._groups(region)]

    def _instances(self, region: str) -> Iterator[Entry]:
        for one in self._fleet.region(region):
            for metric in one.metrics:
                yield _entry(metric, INSTANCE_DIMENSION, one.id, (one,))

    def _groups(self, region: str) -> Iterator[Entry]:
        for (of, name), members in self._fleet.groups.items():
            for metric in METRICS if of == region else ():
                if metric not in CREDIT_METRICS:
                    yield _entry(metric, GROUP_DIMENSION, name, members)


def _entry(metric: str, name: str, value: str, instances: tuple[Instance, ...]) -> Entry:
    first = min(one.launched for one in instances)
    last = max(float("inf") if one.stopped is None else one.stopped for one in instances)
    return Entry(metric, name, value, first, last)
