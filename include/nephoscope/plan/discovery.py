"""What there is to collect in one region of one account: metrics, instances, tags."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from nephoscope import instances
from nephoscope.aws.cloud import Cloud
from nephoscope.aws.pacing import Pacer
from nephoscope.config.accounts import Account
from nephoscope.config.catalogue import catalogue
from nephoscope.config.collections import Collection, Collections
from nephoscope.model import Resource, Seen
from nephoscope.plan.described import described_instances
from nephoscope.plan.listing import listed_metrics
from nephoscope.plan.tagged import tags_of_resources

LISTING_SHARE = 0.4
"""Of the quota of ListMetrics: a live and a daily plan may list at once."""

ANY_REGION = "us-east-1"
"""Enabled in every account of AWS's standard partition; in the others, regions are named."""


@dataclass(frozen=True, slots=True)
class Place:
    """A region of an account, as one connection reaches it."""

    account: Account
    region: str

    def __str__(self) -> str:
        return f"{self.account.connection}/{self.region}"


def places_of(account: Account, cloud: Cloud) -> Iterator[Place]:
    """Yield an account's places; ``all`` regions are those that EC2 says are enabled in it."""
    regions = account.regions
    if regions == "all":
        ec2 = cloud.client(account.connection, "ec2", ANY_REGION)
        regions = tuple(sorted(one["RegionName"] for one in ec2.describe_regions()["Regions"]))
    for region in regions:
        yield Place(account, region)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found in a place.

    Attributes:
        place: where.
        owner: the 12-digit id of the connection's own account.
        question: a short name of what was looked for, by `question`.
        seen_at: when AWS was asked, in UTC.
        seen: the resources, those of linked accounts too.
    """

    place: Place
    owner: str
    question: str
    seen_at: datetime
    seen: tuple[Seen, ...]


def question(collections: Collections, account: Account) -> str:
    """Return a short name of what discovery looks for: an answer to another one can't be used."""
    asked = [
        (c.namespace, c.dimensions, sorted(c.metrics), c.resources.model_dump(mode="json"))
        for c in collections.collections.values()
    ]
    linked = sorted(account.linked)
    return hashlib.sha256(orjson.dumps([asked, linked])).hexdigest()[:12]


def discover(place: Place, collections: Collections, cloud: Cloud, seen_at: datetime) -> Discovery:
    """Ask AWS for the metrics, instances and tags of a region.

    Raises:
        botocore's errors, untranslated: a page that fails is never a shorter list.
    """
    owner = cloud.account(place.account.connection)
    found: dict[Resource, set[str]] = defaultdict(set)
    cloudwatch = cloud.client(place.account.connection, "cloudwatch", place.region)
    pacer = Pacer(calls=LISTING_SHARE * place.account.quotas.list)
    for collection in collections.collections.values():
        listed = listed_metrics(cloudwatch, pacer, place.account, owner, place.region, collection)
        for resource, metrics in listed.items():
            found[resource] |= metrics
    attributes = _attributes(place, collections.collections, cloud, owner, found)
    seen = (
        Seen(resource, tuple(sorted(found.get(resource, ()))), attributes.get(resource, {}))
        for resource in sorted(found.keys() | attributes.keys())
    )
    return Discovery(place, owner, question(collections, place.account), seen_at, tuple(seen))


def _attributes(
    place: Place,
    collections: Mapping[str, Collection],
    cloud: Cloud,
    owner: str,
    found: Mapping[Resource, set[str]],
) -> dict[Resource, Mapping[str, Any]]:
    """Return what is known of resources; the APIs show those of the connection's own account."""
    attributes: dict[Resource, Mapping[str, Any]] = {}
    namespaces = {collection.namespace for collection in collections.values()}
    if instances.NAMESPACE in namespaces:
        ec2 = cloud.client(place.account.connection, "ec2", place.region)
        for one in described_instances(ec2, owner, place.region):
            attributes[one.resource] = one.attributes
    for namespace in sorted(namespaces):
        known = catalogue().get(namespace)
        if known and known.arn:
            tagging = cloud.client(
                place.account.connection, "resourcegroupstaggingapi", place.region
            )
            tags_of = tags_of_resources(tagging, known)
            for resource in found:
                if resource.namespace == namespace and resource.account == owner:
                    attributes[resource] = {"tags": tags_of(resource.dimensions)}
    return attributes
