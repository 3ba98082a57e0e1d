"""What `nephoscope doctor` tries of AWS: each connection, permission and collection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from nephoscope.aws.cloud import Cloud, explained
from nephoscope.cli.aws_region import Found, Region, dimension_sets
from nephoscope.cli.checks import Check, check
from nephoscope.config.accounts import Account
from nephoscope.config.collections import Collections
from nephoscope.errors import AccessDenied
from nephoscope.model import Window
from nephoscope.plan.discovery import Place, places_of
from nephoscope.plan.listings import Lister
from nephoscope.plan.shards import Shard

ACTIONS = {
    "DescribeInstances": "ec2:DescribeInstances",
    "DescribeRegions": "ec2:DescribeRegions",
    "GetBucketLocation": "s3:GetBucketLocation",
    "GetMetricData": "cloudwatch:GetMetricData",
    "GetResources": "tag:GetResources",
    "ListBuckets": "s3:ListAllMyBuckets",
    "ListMetrics": "cloudwatch:ListMetrics",
    "ListObjectsV2": "s3:ListBucket",
}
"""What lets an identity do each operation."""


class Aws:
    """Tries what the collections need of AWS, and goes on after each failure.

    Args:
        cloud: the clients.
        collections: what is to be collected.
        asked_at: now, in UTC.
    """

    def __init__(self, cloud: Cloud, collections: Collections, asked_at: datetime) -> None:
        self._cloud = cloud
        self._collections = collections.collections
        self._accounts = collections.accounts
        self._buckets = collections.buckets
        self._asked_at = asked_at
        self._found: list[Found] = []

    def checks(self) -> Iterator[Check]:
        """Try everything: places first, then what each entry finds in them."""
        for account in self._accounts:
            yield from self._account(account)
        for found in self._found:
            yield self._entry(found)
        for shard in Lister(self._cloud, Window.day(self._asked_at), {}).plan(self._buckets):
            yield self._bucket(shard)

    def _account(self, account: Account) -> Iterator[Check]:
        named = f"aws {account.connection}"
        identity = check(named, lambda: self._identity(account.connection))
        yield identity
        if identity.error:
            return
        places: list[Place] = []

        def enabled() -> str:
            places.extend(places_of(account, self._cloud))
            return ", ".join(place.region for place in places)

        if account.regions == "all":
            yield _tried(f"{named} DescribeRegions", account.connection, enabled)
        else:
            places.extend(places_of(account, self._cloud))
        for place in places:
            yield from self._place(place)

    def _identity(self, connection: str) -> str:
        with explained(connection):
            return f"account {self._cloud.account(connection)}"

    def _place(self, place: Place) -> Iterator[Check]:
        """Try each operation that the collections need in a region, by real calls."""
        region = Region(place, self._cloud, self._collections)
        for operation, look in region.operations(self._asked_at):
            yield _tried(f"{_named(place)} {operation}", str(place), look)
        self._found += region.found()

    def _bucket(self, shard: Shard) -> Check:
        """Say where a bucket is that is to be listed, and list one object of it."""
        if shard.listing is None:
            return Check(f"aws {shard.name}", error=shard.refusal)
        bucket = shard.listing.bucket

        def listed() -> str:
            s3 = self._cloud.client(shard.connection, "s3", shard.region)
            s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
            return f"in {shard.region}"

        return _tried(f"aws {shard.connection} {bucket} ListObjectsV2", bucket, listed)

    def _entry(self, found: Found) -> Check:
        """Say what an entry finds in a place; nothing is a fault if it finds nothing anywhere."""
        name = f"{_named(found.place)} {found.name}"
        limit = self._collections[found.name].limit
        if found.series > limit:
            error = (
                f"{found.series:,} series are over its limit of {limit:,}: name its metrics, "
                "filter its resources, or raise its limit"
            )
            return Check(name, error=error)
        if found.resources:
            return Check(name, found=f"{found.resources:,} resources, {found.series:,} series")
        why = _tried(name, str(found.place), lambda: self._why_none(found))
        elsewhere = any(one.resources for one in self._found if one.name == found.name)
        if why.error:
            return why
        return Check(name, note=why.found) if elsewhere else Check(name, error=why.found)

    def _why_none(self, found: Found) -> str:
        entry = self._collections[found.name]
        if found.listed:
            return f"none of {found.listed:,} resources has the tags that resources.tags wants"
        cloudwatch = self._cloud.client(
            found.place.account.connection, "cloudwatch", found.place.region
        )
        sets = dimension_sets(cloudwatch, entry.namespace)
        if not sets:
            return f"{entry.namespace} has no metrics there that had data in the last two weeks"
        shown = ", ".join(f"[{', '.join(one)}]" for one in sets)
        if entry.dimensions == "any" or tuple(sorted(entry.dimensions)) in sets:
            return (
                f"{entry.namespace} has metrics there, of the dimensions {shown}, but none that "
                "fits the entry's metrics and resources.dimensions"
            )
        return f"{entry.namespace} has no metrics there of just its dimensions, only of {shown}"


def _named(place: Place) -> str:
    return f"aws {place.account.connection} {place.region}"


def _tried(name: str, where: str, look: Callable[[], str]) -> Check:
    """Call AWS and say what was found; what is refused is told with the action to grant."""

    def explaining() -> str:
        try:
            with explained(where):
                return look()
        except AccessDenied as error:
            action = ACTIONS.get(getattr(error.__cause__, "operation_name", ""))
            if action is None:
                raise
            raise AccessDenied(f"{error}: {action}") from error

    return check(name, explaining)
