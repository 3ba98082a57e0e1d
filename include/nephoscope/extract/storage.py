"""Exact sums of a bucket: all its objects, listed in parallel by prefix in flat memory.

What comes of it are points of a namespace of our own, `plan.listings.NAMESPACE`, of the day on
which the bucket was listed, so that archive, replay, retention and dashboards hold for them too.
Sums are Python's whole numbers; a point is a double, which is exact up to 2**53 bytes (8 PiB).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from nephoscope.aws.cloud import explained
from nephoscope.errors import NephoscopeError
from nephoscope.extract.answers import Answer
from nephoscope.extract.storage_lists import Sums, lean, summed
from nephoscope.extract.table import table
from nephoscope.model import Dimensions
from nephoscope.plan.listings import (
    BUCKET,
    CALLS,
    CLASS,
    OBJECTS,
    PERIOD,
    PREFIX,
    SIZE,
    STATISTIC,
)
from nephoscope.plan.shards import Listing, Shard

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def extract(
    shard: Shard, listing: Listing, s3: S3Client, clock: Callable[[], datetime]
) -> Iterator[tuple[pa.Table, list[Answer]]]:
    """List a bucket and yield its sums, as POINTS, and the answers that they came in.

    Args:
        shard: whose window is the day of which the points are.
        listing: what is listed.
        s3: the client of the bucket's region.
        clock: returns now, in UTC.

    Raises:
        NephoscopeError: the day is over, so that a listing of now would be told as that day's.
        AccessDenied: AWS refuses the listing.
        SourceError: a call failed after all its tries.
    """
    asked_at = clock()
    if asked_at >= shard.window.end:
        raise NephoscopeError(
            f"{listing.bucket} was to be listed on {shard.window.start:%Y-%m-%d}, and that is "
            "over: its objects of then can't be listed any more; the next run lists it"
        )
    lean(s3)
    with explained(f"{shard.account}/{shard.region}, the bucket {listing.bucket}"):
        sums = summed(s3, listing.bucket, listing.depth)
    answers = [
        Answer(
            (dimensions, metric, STATISTIC),
            np.array([shard.window.start.timestamp()]),
            np.array([float(value)]),
            status="Complete",
            period=PERIOD,
            asked_at=asked_at,
        )
        for dimensions, values in _resources(listing.bucket, sums)
        for metric, value in values.items()
    ]
    yield table(shard, answers), answers


def _resources(bucket: str, sums: Sums) -> Iterator[tuple[Dimensions, dict[str, int]]]:
    """Yield the whole bucket, each storage class of it, and these of each prefix."""
    whole = (BUCKET, bucket)
    yield (whole,), {**_values(sums.whole), CALLS: sums.calls}
    for storage_class, of_class in sums.by_class().items():
        yield (whole, (CLASS, storage_class)), _values(of_class)
    for (prefix, storage_class), of_both in sorted(sums.found.items()):
        yield (whole, (PREFIX, prefix), (CLASS, storage_class)), _values(of_both)


def _values(sizes: tuple[int, int]) -> dict[str, int]:
    size, objects = sizes
    return {SIZE: size, OBJECTS: objects}
