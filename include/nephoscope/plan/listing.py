"""ListMetrics: which metrics there are of a collection's resources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nephoscope.aws.pacing import Pacer
from nephoscope.config.accounts import Account
from nephoscope.config.collections import Collection
from nephoscope.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import ListMetricsInputPaginateTypeDef, MetricTypeDef

Listed = dict[Resource, set[str]]
"""The listed metrics of each resource."""


def listed_metrics(
    cloudwatch: CloudWatchClient,
    pacer: Pacer,
    account: Account,
    owner: str,
    region: str,
    collection: Collection,
) -> Listed:
    """List the resources that a collection is about, and which of its metrics each has.

    ListMetrics knows what had data in the last two weeks, a new metric up to 15 minutes late.

    Args:
        cloudwatch: the region's client.
        pacer: waits before each page, whose number a second AWS limits.
        account: whose metrics, and of which linked accounts.
        owner: the 12-digit id of the connection's own account.
        region: the client's.
        collection: what is looked for.
    """
    found: Listed = defaultdict(set)
    for request in _requests(account, collection):
        for page_owner, metric in _pages(cloudwatch, pacer, request, owner):
            dimensions = tuple(sorted((d["Name"], d["Value"]) for d in metric["Dimensions"]))
            if (
                _shared(account, page_owner, owner)
                and collection.asked(metric["MetricName"])
                and collection.fits(dimensions)
            ):
                resource = Resource(page_owner, region, collection.namespace, dimensions)
                found[resource].add(metric["MetricName"])
    return found


def _requests(
    account: Account, collection: Collection
) -> Iterator[ListMetricsInputPaginateTypeDef]:
    """Yield what to ask: each metric by name, or the whole namespace where names are patterns."""
    request: ListMetricsInputPaginateTypeDef = {"Namespace": collection.namespace}
    if collection.dimensions != "any":
        request["Dimensions"] = [{"Name": name} for name in collection.dimensions]
    if account.linked:
        request["IncludeLinkedAccounts"] = True
    if collection.has_patterns:
        yield request
    else:
        for name in collection.names:
            yield {**request, "MetricName": name}


def _pages(
    cloudwatch: CloudWatchClient,
    pacer: Pacer,
    request: ListMetricsInputPaginateTypeDef,
    owner: str,
) -> Iterator[tuple[str, MetricTypeDef]]:
    """Yield the metrics of all pages with the account that owns each."""
    pages = iter(cloudwatch.get_paginator("list_metrics").paginate(**request))
    while True:
        pacer.wait(calls=1)
        page = next(pages, None)
        if page is None:
            return
        metrics = page["Metrics"]
        yield from zip(page.get("OwningAccounts") or [owner] * len(metrics), metrics, strict=True)


def _shared(account: Account, of: str, owner: str) -> bool:
    return of == owner or account.linked == "all" or of in account.linked
