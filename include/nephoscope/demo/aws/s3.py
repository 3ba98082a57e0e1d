"""S3 of our own: ListBuckets, GetBucketLocation and ListObjectsV2 of a fleet's buckets.

Buckets that somebody makes are moto's: they are not among those that ListBuckets returns, and
their calls are left to it, as all calls about single objects are. A bucket is listed in its own
region alone; in another one the call is refused, as its signature would be.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import numpy as np

from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_rhythm import Minutes
from nephoscope.demo.aws.s3_objects import Object, Objects
from nephoscope.demo.aws.service_facts import Resource, resources
from nephoscope.demo.aws.service_samples import ServiceSamples
from nephoscope.demo.aws.service_table import SERVICES
from nephoscope.demo.aws.wire import XML, Call, Elsewhere, Refusal, Reply

NAMESPACE = "AWS/S3"
PAGE = 1000

_SPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_DAY = 86_400


class S3:
    """Answers the calls that it knows, from a fleet, in S3's REST protocol.

    Args:
        fleet: whose buckets they are.
        clock: returns seconds since 1970.
    """

    def __init__(self, fleet: Fleet, clock: Callable[[], float]) -> None:
        number, service = next(
            (n, one) for n, one in enumerate(SERVICES, 1) if one.namespace == NAMESPACE
        )
        found = resources(fleet, service, number)
        self._fleet = fleet
        self._clock = clock
        self._buckets = {one.value: one for one in found}
        self._samples = ServiceSamples(service, found)
        self._measured = lru_cache(maxsize=64)(self._measure)
        self._operations: dict[str, Callable[[Call], str]] = {
            "ListBuckets": self._list_buckets,
            "GetBucketLocation": self._location,
            "ListObjectsV2": self._list,
        }

    def knows(self, operation: str) -> bool:
        """Tell whether it answers the operation."""
        return operation in self._operations

    def answer(self, call: Call) -> Reply:
        """Answer a call, or raise `Refusal`, or `Elsewhere` of a bucket that is not the fleet's."""
        inner = self._operations[call.operation](call)
        return Reply(f'<?xml version="1.0" encoding="UTF-8"?>{inner}'.encode(), XML)

    def objects(self, bucket: str, now: float) -> Objects:
        """Return what one of the fleet's buckets holds at a second since 1970."""
        midnight = int(now) // _DAY * _DAY
        count, *sizes = self._measured(bucket, midnight)
        return Objects(count, sizes, (int(now) - midnight) // 60)

    def _measure(self, bucket: str, midnight: int) -> tuple[int, ...]:
        """Return the number of objects and the bytes by class that CloudWatch has of midnight."""
        one, minutes = self._buckets[bucket], Minutes(midnight // 60, 1, 1)

        def sample(metric: str, part: int) -> int:
            rows = np.array([one.index * len(one.parts) + part])
            return int(self._samples.values(rows, metric, minutes)[0, 0])

        sizes = (sample("BucketSizeBytes", part) for part in range(3))
        return sample("NumberOfObjects", 3), *sizes

    def _list_buckets(self, _call: Call) -> str:
        buckets = "".join(
            f"<Bucket><Name>{one.value}</Name><CreationDate>{_iso(one.created)}</CreationDate>"
            f"<BucketRegion>{one.region}</BucketRegion></Bucket>"
            for one in sorted(self._buckets.values(), key=lambda one: one.value)
        )
        owner = f"<Owner><ID>{self._fleet.account}</ID></Owner>"
        inner = f"{owner}<Buckets>{buckets}</Buckets>"
        return f"<ListAllMyBucketsResult {_SPACE}>{inner}</ListAllMyBucketsResult>"

    def _location(self, call: Call) -> str:
        region = self._bucket(call).region
        said = "" if region == "us-east-1" else region
        return f"<LocationConstraint {_SPACE}>{said}</LocationConstraint>"

    def _bucket(self, call: Call) -> Resource:
        name = unquote(urlsplit(call.target).path).strip("/")
        if name not in self._buckets:
            raise Elsewhere(name)
        return self._buckets[name]

    def _list(self, call: Call) -> str:
        bucket = self._bucket(call)
        if call.region != bucket.region:
            said = f"the region '{call.region}' is wrong; expecting '{bucket.region}'"
            raise Refusal("AuthorizationHeaderMalformed", said)
        asked = dict(parse_qsl(urlsplit(call.target).query, keep_blank_values=True))
        objects = self.objects(bucket.value, self._clock())
        page, last = _page(objects, asked)
        token = f"<NextContinuationToken>{_token(last)}</NextContinuationToken>" if last else ""
        encode = quote if asked.get("encoding-type") == "url" else escape
        inner = "".join(_written(one, encode) for one in page)
        return (
            f"<ListBucketResult {_SPACE}><Name>{bucket.value}</Name>"
            f"<Prefix>{encode(asked.get('prefix', ''))}</Prefix><KeyCount>{len(page)}</KeyCount>"
            f"<MaxKeys>{_size(asked)}</MaxKeys><IsTruncated>{str(bool(last)).lower()}</IsTruncated>"
            f"{'<EncodingType>url</EncodingType>' if encode is quote else ''}{token}{inner}"
            "</ListBucketResult>"
        )


def _page(objects: Objects, asked: Mapping[str, str]) -> tuple[list[Object | str], str]:
    """Return the objects and common prefixes of a page, and what its last begins with if cut."""
    prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
    place, end = objects.from_key(prefix), objects.after(prefix)
    if token := asked.get("continuation-token"):
        place = max(place, objects.after(base64.b64decode(token).decode()))
    elif start := asked.get("start-after"):
        place = max(place, objects.from_key(f"{start}\0"))
    found: list[Object | str] = []
    last = ""
    while place < end and len(found) < _size(asked):
        key = last = objects.key(place)
        cut = key.find(delimiter, len(prefix)) if delimiter else -1
        if cut < 0:
            found.append(objects[place])
            place += 1
        else:
            last = key[: cut + len(delimiter)]
            found.append(last)
            place = objects.after(last)
    return found, last if place < end else ""


def _written(one: Object | str, encode: Callable[[str], str]) -> str:
    if isinstance(one, str):
        return f"<CommonPrefixes><Prefix>{encode(one)}</Prefix></CommonPrefixes>"
    return (
        f"<Contents><Key>{encode(one.key)}</Key><LastModified>2026-01-01T00:00:00.000Z"
        f"</LastModified><ETag>&quot;0&quot;</ETag><Size>{one.size}</Size>"
        f"<StorageClass>{one.storage_class}</StorageClass></Contents>"
    )


def _size(asked: Mapping[str, str]) -> int:
    return min(PAGE, int(asked.get("max-keys", PAGE)))


def _token(last: str) -> str:
    return base64.b64encode(last.encode()).decode()


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
