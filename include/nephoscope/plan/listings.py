"""Which buckets are listed object by object, and what that takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nephoscope.aws.cloud import Cloud, explained
from nephoscope.config.accounts import Account
from nephoscope.config.buckets import LISTED, Bucket
from nephoscope.config.patterns import is_pattern, matches
from nephoscope.errors import ConfigError, NephoscopeError
from nephoscope.model import Window
from nephoscope.plan.asking import refusal
from nephoscope.plan.discovery import ANY_REGION, Place
from nephoscope.plan.shards import Listing, Series, Shard

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NAMESPACE = LISTED
COLLECTION = "buckets"
BUCKET, PREFIX, CLASS = "BucketName", "Prefix", "StorageClass"
SIZE, OBJECTS, CALLS = "SizeBytes", "NumberOfObjects", "ListCalls"
STATISTIC = "Sum"
PERIOD = 86_400

_METRICS = (SIZE, OBJECTS, CALLS)


@dataclass(frozen=True, slots=True)
class Lister:
    """Plans the listings of a day.

    Attributes:
        cloud: the clients.
        day: of which the sums are.
        objects: how many each bucket had, as far as it is known, by its name.
    """

    cloud: Cloud
    day: Window
    objects: Mapping[str, int]

    def plan(self, entries: Iterable[Bucket]) -> Iterator[Shard]:
        """Yield a shard for each bucket that the entries name, once.

        What is refused becomes one that fails with the reason.
        """
        seen: set[tuple[str, str]] = set()
        for entry in entries:
            try:
                with explained(entry.connection):
                    names = self._names(entry)
            except NephoscopeError as error:
                yield self._refused(entry, ANY_REGION, entry.name, error)
                continue
            for name in names:
                if (entry.connection, name) not in seen:
                    seen.add((entry.connection, name))
                    yield self._bucket(entry, name)

    def _names(self, entry: Bucket) -> list[str]:
        if not is_pattern(entry.name):
            return [entry.name]
        pages = self._s3(entry).get_paginator("list_buckets").paginate()
        there = [one["Name"] for page in pages for one in page["Buckets"]]
        found = sorted(name for name in there if matches(entry.name, name))
        if not found:
            raise ConfigError(
                f"no bucket fits the pattern {entry.name!r}: mend it in collections.yaml"
            )
        return found

    def _bucket(self, entry: Bucket, name: str) -> Shard:
        try:
            with explained(f"{entry.connection}, the bucket {name}"):
                account = self.cloud.account(entry.connection)
                said = self._s3(entry).get_bucket_location(Bucket=name)
        except NephoscopeError as error:
            return self._refused(entry, ANY_REGION, name, error)
        region = region_of(said.get("LocationConstraint"))
        return Shard(
            name=f"{account}/{region}/{name}/{self.day.start:%Y-%m-%d}",
            connection=entry.connection,
            account=account,
            region=region,
            collection=COLLECTION,
            namespace=NAMESPACE,
            period=PERIOD,
            window=self.day,
            statistics=dict.fromkeys(_METRICS, (STATISTIC,)),
            series=(Series(((BUCKET, name),), _METRICS),),
            listing=Listing(name, entry.depth, self.objects.get(name)),
        )

    def _refused(self, entry: Bucket, region: str, name: str, error: Exception) -> Shard:
        place = Place(Account(connection=entry.connection, regions=(region,)), region)
        return refusal(f"{place}/{name}", place, COLLECTION, self.day, str(error))

    def _s3(self, entry: Bucket) -> S3Client:
        client: S3Client = self.cloud.client(entry.connection, "s3", ANY_REGION)
        return client


def region_of(constraint: str | None) -> str:
    """Return the region of a bucket's LocationConstraint, which is older than some regions."""
    return {None: ANY_REGION, "": ANY_REGION, "EU": "eu-west-1"}.get(constraint) or str(constraint)
