"""Tries what the collections need of one region, and counts what each finds there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from nephoscope.aws.cloud import Cloud
from nephoscope.aws.pacing import Pacer
from nephoscope.config.catalogue import EC2, catalogue
from nephoscope.config.collections import Collection
from nephoscope.errors import AccessDenied
from nephoscope.model import Dimensions, Resource
from nephoscope.plan.described import described_instances
from nephoscope.plan.discovery import LISTING_SHARE, Place
from nephoscope.plan.listing import Listed, listed_metrics
from nephoscope.plan.tagged import tags_of_resources

ENOUGH = 10
"""Pages of 500 metrics that show which dimension sets a namespace has."""

_RECENT = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Found:
    """What an entry finds in a place.

    Attributes:
        listed: how many resources fit but for their tags.
        resources: how many it would collect, those that it names by id too.
        series: how many statistics of their metrics.
    """

    place: Place
    name: str
    listed: int
    resources: int
    series: int


class Region:
    """Tries the operations of one region, and counts what each entry finds."""

    def __init__(self, place: Place, cloud: Cloud, collections: Mapping[str, Collection]) -> None:
        self._place = place
        self._cloud = cloud
        self._collections = collections
        self._owner = cloud.account(place.account.connection)
        self._namespaces = {entry.namespace for entry in collections.values()}
        self._by_arn = [
            (namespace, known)
            for namespace, known in catalogue().items()
            if known.arn and namespace in self._namespaces
        ]
        self._listed: dict[str, Listed] = {}
        self._tags: dict[str, Callable[[Dimensions], Mapping[str, str]]] = {}

    def operations(self, asked_at: datetime) -> Iterator[tuple[str, Callable[[], str]]]:
        """Yield each operation that is needed, with what tries it and says what it found."""
        yield "ListMetrics", self._list
        if EC2 in self._namespaces:
            yield "DescribeInstances", self._describe
        if self._by_arn:
            yield "GetResources", self._tag
        yield "GetMetricData", lambda: self._ask(asked_at)

    def found(self) -> Iterator[Found]:
        """Yield what each entry finds, where the operations that tell it were allowed."""
        for name, listed in self._listed.items():
            entry = self._collections[name]
            if entry.resources.tags and entry.namespace not in self._tags:
                continue
            wanted = [resource for resource in listed if self._wants(entry, resource)]
            named = set(entry.resources.ids) - {r.dimensions[0][1] for r in wanted if r.dimensions}
            series = sum(_series(entry, listed[resource]) for resource in wanted)
            series += len(named) * _series(entry, set(entry.names))
            yield Found(self._place, name, len(listed), len(wanted) + len(named), series)

    def _wants(self, entry: Collection, resource: Resource) -> bool:
        if not entry.resources.tags:
            return True
        own = resource.account == self._owner  # the tags of linked accounts' resources are theirs
        return own and entry.wants(self._tags[entry.namespace](resource.dimensions))

    def _client(self, service: str) -> Any:
        return self._cloud.client(self._place.account.connection, service, self._place.region)

    def _list(self) -> str:
        account, region = self._place.account, self._place.region
        pacer = Pacer(calls=LISTING_SHARE * account.quotas.list)
        for name, entry in self._collections.items():
            self._listed[name] = listed_metrics(
                self._client("cloudwatch"), pacer, account, self._owner, region, entry
            )
        metrics = sum(len(one) for listed in self._listed.values() for one in listed.values())
        return f"{metrics:,} metrics that are asked for"

    def _describe(self) -> str:
        found = described_instances(self._client("ec2"), self._owner, self._place.region)
        tags = {one.resource.dimensions: one.tags for one in found}
        self._tags[EC2] = lambda dimensions: tags.get(dimensions, {})
        return f"{len(found):,} instances"

    def _tag(self) -> str:
        tagging = self._client("resourcegroupstaggingapi")
        for namespace, known in self._by_arn:
            self._tags[namespace] = tags_of_resources(tagging, known)
        return f"tags of {', '.join(namespace for namespace, _ in self._by_arn)}"

    def _ask(self, asked_at: datetime) -> str:
        """Ask for one metric: of the first resource that an entry finds, else of none."""
        entry, resource, metric = self._one()
        period = entry.native_period(metric, detailed=False)
        end = datetime.fromtimestamp(asked_at.timestamp() // period * period, UTC)
        answer = self._client("cloudwatch").get_metric_data(
            MetricDataQueries=[self._query(entry, resource, metric, period)],
            StartTime=end - max(_RECENT, timedelta(seconds=3 * period)),
            EndTime=end,
        )
        [result] = answer["MetricDataResults"]
        if result["StatusCode"] == "Forbidden":
            raise AccessDenied(
                f"{self._place}: AWS answers Forbidden: the account {resource.account} does not "
                "share its metrics with this one; mend its link"
            )
        return f"{len(result['Values'])} points of {metric} {resource.key}"

    def _query(
        self, entry: Collection, resource: Resource, metric: str, period: int
    ) -> dict[str, Any]:
        asked = entry.asked(metric)
        assert asked is not None
        named = {
            "Namespace": entry.namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in resource.dimensions],
        }
        stat = {"Metric": named, "Period": period, "Stat": asked.statistics[0]}
        owner = {} if resource.account == self._owner else {"AccountId": resource.account}
        return {"Id": "doctor", "MetricStat": stat, **owner}

    def _one(self) -> tuple[Collection, Resource, str]:
        """Return an entry with one of its metrics: a listed one, else its first."""
        for name, listed in self._listed.items():
            for resource, metrics in listed.items():
                return self._collections[name], resource, min(metrics)
        entry = next(iter(self._collections.values()))
        nothing = Resource(self._owner, self._place.region, entry.namespace, ())
        return entry, nothing, next(iter(entry.metrics)).replace("*", "_").replace("?", "_")


def dimension_sets(cloudwatch: Any, namespace: str) -> list[tuple[str, ...]]:
    """Return the sets of dimensions, sorted names, that the metrics of a namespace have.

    It looks at the first `ENOUGH` pages.
    """
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace)
    return sorted(
        {
            tuple(sorted(dimension["Name"] for dimension in metric["Dimensions"]))
            for _, page in zip(range(ENOUGH), pages, strict=False)
            for metric in page["Metrics"]
        }
    )


def _series(entry: Collection, metrics: set[str]) -> int:
    asked = (entry.asked(metric) for metric in metrics)
    return sum(len(one.statistics) for one in asked if one)
