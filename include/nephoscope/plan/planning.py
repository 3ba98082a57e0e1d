"""Makes the plan of a run: everything that extract and load will do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from nephoscope.cloud import Cloud, explained
from nephoscope.config.collections import Collection, Collections
from nephoscope.errors import AccessDenied, SourceError
from nephoscope.model import Dimensions, Instance, Window
from nephoscope.plan.discovery import described_instances, listed_metrics
from nephoscope.plan.periods import finest_period
from nephoscope.plan.shards import Series, Shard, split


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does: the window of each collection, its shards, and the instances there are.

    ``asked_at`` is when it was made, in UTC.
    """

    asked_at: datetime
    windows: Mapping[str, Window]
    shards: tuple[Shard, ...]
    instances: tuple[Instance, ...]


def make_plan(
    collections: Collections, windows: Mapping[str, Window], cloud: Cloud, asked_at: datetime
) -> Plan:
    """Discover what there is and decide what to ask.

    A region that refuses, or can't be listed whole, becomes a shard that fails with the reason;
    the others are planned.

    Args:
        collections: what to collect.
        windows: the window of each collection that has one in this run, by its name.
        cloud: the clients.
        asked_at: now, in UTC; it decides the period.

    Raises:
        ConfigError: a connection is missing or has no credentials.
    """
    shards: list[Shard] = []
    instances: list[Instance] = []
    for place in _places(collections) if windows else ():
        try:
            with explained(str(place)):
                region = _Region(place, cloud, asked_at, windows)
                found = region.instances(collections)
                shards += region.shards(collections, found)
            instances += found
        except (AccessDenied, SourceError) as error:
            shards.append(_refused(place, windows, error))
    return Plan(asked_at, windows, tuple(shards), tuple(instances))


@dataclass(frozen=True, slots=True)
class _Place:
    """A region, as a connection reaches it."""

    connection: str
    region: str

    def __str__(self) -> str:
        return f"{self.connection}/{self.region}"


def _places(collections: Collections) -> Iterator[_Place]:
    for account in collections.accounts:
        for region in account.regions:
            yield _Place(account.connection, region)


def _refused(place: _Place, windows: Mapping[str, Window], error: Exception) -> Shard:
    collection, window = next(iter(windows.items()))
    return Shard(
        name=f"{place} refused",
        connection=place.connection,
        account="",
        region=place.region,
        collection=collection,
        namespace="",
        period=0,
        window=window,
        statistics={},
        series=(),
        refusal=str(error),
    )


class _Region:
    """Plans one region of one account."""

    def __init__(
        self, place: _Place, cloud: Cloud, asked_at: datetime, windows: Mapping[str, Window]
    ) -> None:
        self._place = place
        self._cloud = cloud
        self._asked_at = asked_at
        self._windows = windows
        self._account = cloud.account(place.connection)

    def instances(self, collections: Collections) -> list[Instance]:
        """Describe the instances, where a collection asks of EC2."""
        if all(c.namespace != "AWS/EC2" for c in collections.collections.values()):
            return []
        ec2 = self._cloud.client(self._place.connection, "ec2", self._place.region)
        return described_instances(ec2, self._account, self._place.region)

    def shards(self, collections: Collections, instances: list[Instance]) -> list[Shard]:
        """Plan every collection that has a window."""
        detailed = {i.resource.dimensions for i in instances if i.detailed}
        cloudwatch = self._cloud.client(self._place.connection, "cloudwatch", self._place.region)
        shards: list[Shard] = []
        for name, window in self._windows.items():
            collection = collections.collections[name]
            found = listed_metrics(
                cloudwatch, collection.namespace, collection.dimensions, collection.metrics
            )
            for day in window.days():
                for period, series in self._by_period(collection, found, detailed, day).items():
                    shards += self._cut(name, collection, period, day, series)
        return shards

    def _by_period(
        self,
        collection: Collection,
        found: Mapping[Dimensions, set[str]],
        detailed: set[Dimensions],
        window: Window,
    ) -> dict[int, list[Series]]:
        """Sort series by the finest period that CloudWatch still has for the window."""
        periods: dict[int, list[Series]] = defaultdict(list)
        for dimensions, metrics in sorted(found.items()):
            by_period: dict[int, list[str]] = defaultdict(list)
            for metric in sorted(metrics):
                native = collection.native_period(metric, detailed=dimensions in detailed)
                period = finest_period(native, window.start, self._asked_at)
                if period is not None:
                    by_period[period].append(metric)
            for period, same in by_period.items():
                periods[period].append(Series(dimensions, tuple(same)))
        return periods

    def _cut(
        self, name: str, collection: Collection, period: int, window: Window, series: list[Series]
    ) -> Iterator[Shard]:
        parts = split(series, collection.metrics, window.points(period))
        for number, part in enumerate(parts, start=1):
            yield Shard(
                name=f"{self._account}/{self._place.region}/{name}/{window.start:%Y-%m-%d}"
                f"/{period}s/{number}",
                connection=self._place.connection,
                account=self._account,
                region=self._place.region,
                collection=name,
                namespace=collection.namespace,
                period=period,
                window=window,
                statistics=dict(collection.metrics),
                series=part,
            )
