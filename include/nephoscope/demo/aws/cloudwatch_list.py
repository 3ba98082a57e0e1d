"""ListMetrics: what had data in the last two weeks, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nephoscope.demo.aws import cloudwatch_rules as rules
from nephoscope.demo.aws.cloudwatch_holdings import Holdings
from nephoscope.demo.aws.cloudwatch_series import Series

RECENT = {"PT3H": 3 * 3600}

Entry = tuple[Holdings, Series]
"""A series, and the account that holds it."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a request wants listed; a dimension may be asked by its name alone."""

    namespace: str | None
    metric: str | None
    dimensions: tuple[tuple[str, str | None], ...]
    active: int
    linked: bool
    owner: str | None

    @classmethod
    def of(cls, request: dict[str, Any]) -> Filter:
        """Read a request."""
        dimensions = request.get("Dimensions", ())
        return cls(
            request.get("Namespace"),
            request.get("MetricName"),
            tuple((rules.required(one, "Name"), one.get("Value")) for one in dimensions),
            RECENT.get(request.get("RecentlyActive", ""), rules.LISTED_FOR),
            request.get("IncludeLinkedAccounts", False),
            request.get("OwningAccount"),
        )

    def fits(self, series: Series) -> bool:
        """Tell whether a series of the namespace is wanted: it may have more dimensions."""
        has = dict(series.dimensions)
        return self.metric in {None, series.metric} and all(
            name in has and value in {None, has[name]} for name, value in self.dimensions
        )


class Listing:
    """The metrics that CloudWatch lists.

    Args:
        holdings: the account's own, then those of the accounts that are linked to it.
    """

    def __init__(self, holdings: Sequence[Holdings]) -> None:
        self._holdings = holdings
        self._matching = lru_cache(maxsize=8)(self._match)  # the pages of one listing share it

    def page(self, region: str, request: dict[str, Any], now: float) -> dict[str, Any]:
        """Answer ListMetrics: 500 metrics that match, and a NextToken if there are more.

        A page has less than 500 if some of them have been removed.
        """
        now, begin = rules.state(request) or (now, 0)
        wanted = Filter.of(request)
        matching = self._matching(region, wanted, now)
        end = int(begin) + rules.PAGE_OF_METRICS
        left = [(of, one) for of, one in matching[int(begin) : end] if not of.gone(one)]
        page: dict[str, Any] = {"Metrics": [_written(one) for _, one in left]}
        owners = {"OwningAccounts": [of.account for of, _ in left]} if wanted.linked else {}
        more = {"NextToken": rules.token(request, now, end)} if end < len(matching) else {}
        return page | owners | more

    def _match(self, region: str, wanted: Filter, now: float) -> list[Entry]:
        return [
            (of, one)
            for of in (self._holdings if wanted.linked else self._holdings[:1])
            if wanted.owner in {None, of.account}
            for one, listed in of.listed(region, wanted.namespace)
            if listed <= now <= one.last + wanted.active and wanted.fits(one)
        ]


def _written(one: Series) -> dict[str, Any]:
    """Write a series as ListMetrics does."""
    dimensions = [{"Name": name, "Value": value} for name, value in one.dimensions]
    return {"Namespace": one.namespace, "MetricName": one.metric, "Dimensions": dimensions}
