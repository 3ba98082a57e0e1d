"""What runs in a process of its own, to be killed or measured: a bucket is listed and loaded.

boto3's client and all imports are made on import, once, by the process that the others are forked
from.
"""

import resource
from datetime import datetime, timedelta
from pathlib import Path

import elasticsearch

from chains import Chain
from clouds import BotoCloud
from nephoscope.config.collections import Collections
from nephoscope.extract.storage_lists import lean, summed

HOUR = timedelta(hours=1)


def collections(*names):
    """Return collections that list buckets."""
    return Collections.model_validate(
        {
            "accounts": [{"connection": "aws_default", "regions": ["eu-west-1"]}],
            "collections": {"s3": {"namespace": "AWS/S3"}},
            "buckets": [{"connection": "aws_default", "name": name} for name in names],
        }
    )


def collect(begun, root, aws, node, bucket, now):
    """List one bucket and load it, as a run does."""
    at = datetime.fromisoformat(now)
    with elasticsearch.Elasticsearch(node) as client:
        chain = Chain(Path(root), client, BotoCloud(aws), collections(bucket), "collect_storage")
        begun.set()
        ran = chain.collect({}, lambda: at, listed=True)
    assert ran.errors == {}


def peak(told, aws, region, bucket):
    """List a bucket, and tell the sums, the calls and by how many MB the process grew for it."""
    s3 = BotoCloud(aws).client("aws_default", "s3", region)
    s3.list_objects_v2(Bucket=bucket, MaxKeys=1000)  # what the first page needs is not of them all
    lean(s3)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    sums = summed(s3, bucket, 1)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    told.put((sums.found, sums.calls, grown))
