"""What the buckets of the demo's fleet must hold, computed again in plain Python.

It follows the specification in the docstring of `nephoscope.demo.aws.s3_objects` and shares no
code with it; `truth_services` has what CloudWatch measures of them.
"""

from calendar import timegm
from collections import Counter
from dataclasses import replace

import truth_services

PREFIXES = ["", "../up/", "/rooted/", "=SUM(A1:A9)/", "a&b <c> +%2F/", "line\nbreak\t/"]
PREFIXES += ["logs/2026/", "logs/2027/", "naïve/北京/"]
WRITTEN = 1_048_583
STORAGE = ["StandardStorage", "StandardIAStorage", "GlacierStorage"]
CLASSES = ["STANDARD", "STANDARD_IA", "GLACIER"]
DAY = 86_400


def buckets(seed=7, count=50, anchor=None, account="123456789012"):
    """Return the regions of a fleet's buckets, by name."""
    series = truth_services.series(seed, count, anchor, account)
    return {
        dict(one.dimensions)["BucketName"]: one.region
        for one in series
        if one.namespace == "AWS/S3"
    }


def measured(bucket, midnight, anchor, seed=7, count=50, planted=0):
    """Return what CloudWatch has of a midnight: NumberOfObjects, and the bytes of the classes.

    Args:
        bucket: its name.
        midnight: seconds since 1970.
        anchor: of the fleet, as are seed and count.
        planted: the size of NumberOfObjects of the bucket, 0 if it is drawn.
    """
    found = {
        (one.metric, dict(one.dimensions)["StorageType"]): truth_services.value(
            replace(one, planted=planted), "Average", DAY, midnight
        )
        for one in truth_services.series(seed, count, anchor)
        if dict(one.dimensions).get("BucketName") == bucket
    }
    sizes = [int(found["BucketSizeBytes", kind]) for kind in STORAGE]
    return int(found["NumberOfObjects", "AllStorageTypes"]), sizes


def objects(number, sizes, since):
    """Yield key, size and class of all objects, in no order.

    Args:
        number: of objects at midnight, n.
        sizes: of the classes, B.
        since: minutes since midnight.
    """
    kinds = [(0, 0, 1, 2)[i % 4] for i in range(number)]
    many, ranks = Counter(kinds), Counter()
    i = 0
    for p, prefix in enumerate(PREFIXES):
        for k in range(number // len(PREFIXES) + (p < number % len(PREFIXES))):
            kind = kinds[i]
            size = sizes[kind] // many[kind] + (ranks[kind] < sizes[kind] % many[kind])
            yield f"{prefix}{k:010d}", size, CLASSES[kind]
            ranks[kind] += 1
            i += 1
    for k in range(since):
        yield f"incoming/{k:010d}", WRITTEN, "STANDARD"


def sums(found):
    """Return bytes and objects by first prefix and class."""
    totals = {}
    for key, size, kind in found:
        first = key[: key.find("/") + 1]
        before = totals.get((first, kind), (0, 0))
        totals[first, kind] = before[0] + size, before[1] + 1
    return totals


def midnight_of(day):
    return timegm(day.timetuple())
