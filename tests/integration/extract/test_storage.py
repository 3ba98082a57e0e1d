"""Exact sums of buckets: listed from the stand-in, through the archive into a real node."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import yaml

import truth_storage
from chains import Chain
from clouds import BotoCloud
from dag_runs import sources
from integration.extract import listing as work
from nephoscope.chain.parts.storage import part
from nephoscope.cli.aws_checks import Aws
from nephoscope.config.collections import load_collections
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.model import Window
from nephoscope.plan.listings import NAMESPACE
from nephoscope.store.names import ALL_METRICS
from past_fleet import ANCHOR
from standing import tell

MIDNIGHT = truth_storage.midnight_of(ANCHOR)
NOW = datetime.fromtimestamp(MIDNIGHT, UTC) + timedelta(hours=12)
MINUTES = 720
BUCKETS = truth_storage.buckets(7, 50, ANCHOR)


@pytest.fixture(scope="module")
def cloud():
    """A stand-in whose clock stands at noon."""
    with StandIn(anchor=ANCHOR) as aws:
        tell(aws.url, "POST", "clock", {"now": NOW.timestamp()})
        yield BotoCloud(aws.url, attempts=2)


@pytest.fixture
def collect(cloud, store, tmp_path):
    """Run the chain on nothing but entries of ``buckets``, at noon."""

    def run(*entries, now=NOW, later=None, windows=None, regions=("eu-west-1",)):
        path = tmp_path / "collections.yaml"
        whole = {
            "accounts": [{"connection": "aws_default", "regions": list(regions)}],
            "collections": {"s3": {"namespace": "AWS/S3"}},
            "buckets": [{"connection": "aws_default", **entry} for entry in entries],
        }
        path.write_text(yaml.safe_dump(whole), encoding="utf-8")
        chain = Chain(tmp_path, store, cloud, load_collections(path), "collect_storage")
        times = iter([now])
        return chain.collect(windows or {}, lambda: next(times, later or now), listed=True)

    tell(cloud.url, "POST", "counters/reset")
    yield run
    tell(cloud.url, "DELETE", "faults")


def truth(bucket):
    number, sizes = truth_storage.measured(bucket, MIDNIGHT, ANCHOR)
    return truth_storage.sums(truth_storage.objects(number, sizes, MINUTES))


def expected(bucket):
    """Return what is to be stored of a bucket, by prefix and class, None being all of them."""
    found = truth(bucket)
    wanted = Counter()
    for (prefix, kind), (size, objects) in found.items():
        for key in ((prefix, kind), (None, kind), (None, None)):
            wanted[bucket, *key, "SizeBytes"] += size
            wanted[bucket, *key, "NumberOfObjects"] += objects
    return dict(wanted)


def sums(client):
    """Return what is stored of all listed buckets, likewise, and the calls."""
    found, calls = {}, {}
    for doc in sources(client).values():
        assert doc["aws"]["cloudwatch"]["namespace"] == NAMESPACE
        names = doc["aws"]["dimensions"]
        key = names["BucketName"], names.get("Prefix"), names.get("StorageClass")
        assert doc["@timestamp"] == f"{ANCHOR:%Y-%m-%d}T00:00:00.000Z"
        assert doc["aws"]["cloudwatch"]["period"] == 86400
        (values,) = (one["metrics"] for name, one in doc["aws"].items() if "s3" in name)
        found |= {(*key, name): one["sum"] for name, one in values.items() if name != "ListCalls"}
        if "ListCalls" in values:
            calls[key[0]] = values["ListCalls"]["sum"]
    return found, calls


def test_every_sum_of_every_prefix_and_class_is_the_truth(collect, cloud, store):
    ran = collect({"name": "*"})
    assert (ran.errors, len(ran.written)) == ({}, len(BUCKETS))
    found, calls = sums(store)
    assert found == {key: value for one in BUCKETS for key, value in expected(one).items()}
    assert all(value == int(value) for value in found.values())
    asked = tell(cloud.url, "GET", "counters")["calls"]["ListObjectsV2"]
    assert asked == {region: calls[one] for one, region in BUCKETS.items()}


def test_a_listing_again_changes_nothing(collect, store):
    one = {"name": next(iter(BUCKETS))}
    collect(one)
    before = sums(store)
    collect(one, now=NOW + timedelta(seconds=1))
    assert sums(store) == before


def test_sums_are_the_same_however_deep_the_work_is_parted(collect, store):
    bucket = next(iter(BUCKETS))
    collect({"name": bucket, "depth": 3})
    assert sums(store)[0] == expected(bucket)


def test_a_day_that_came_late_is_asked_once_more_though_it_was_read_for_good(collect, store):
    start = NOW - timedelta(hours=12, days=4)
    days = {"s3": Window(start, start + timedelta(days=3))}
    collect(windows=days)
    whole = sources(store)
    late = list(whole)[::2]
    for one in late:
        year = whole[one]["@timestamp"][:4]
        store.delete(index=f"cloudwatch-metrics-aws.s3-{year}", id=one)
    assert len(sources(store)) == len(whole) - len(late)
    collect(windows=days, now=NOW + timedelta(days=1))
    assert {name: doc["aws"] for name, doc in sources(store).items()} == {
        name: doc["aws"] for name, doc in whole.items()
    }


def test_the_report_explains_the_difference_from_cloudwatch_by_time(
    collect, store, cloud, tmp_path
):
    """CloudWatch's newest day is two days before the list; what grew since is the difference."""
    days = Window(NOW - timedelta(hours=12, days=4), NOW - timedelta(hours=12, days=1))
    collect({"name": "*"}, windows={"s3": days}, regions=["eu-west-1", "us-east-1"])
    drawn = part(store, Window.day(NOW), NOW)
    tables = {one.name: one.frame for one in drawn.tables}
    assert set(tables["storage_by_size"]["bucket"]) == set(BUCKETS)
    found = {one["bucket"]: one for one in tables["storage_compared"].to_dict("records")}
    for bucket in BUCKETS:
        number, sizes = truth_storage.measured(bucket, MIDNIGHT - 2 * truth_storage.DAY, ANCHOR)
        today = sum(size for size, _ in truth(bucket).values())
        one = found[bucket]
        assert (one["measured"], one["listed"]) == (sum(sizes), today)
        assert one["difference"] == today - sum(sizes)
        assert one["listed_at"] == NOW
        assert one["explained"], one
        assert number < sum(objects for _, objects in truth(bucket).values())
    prefixes = tables["storage_prefixes"]
    listed = prefixes[prefixes["bucket"] == next(iter(BUCKETS))]
    wanted = truth(next(iter(BUCKETS)))
    assert sorted(listed["bytes"]) == sorted(size for size, _ in wanted.values())
    assert [one.subject for one in drawn.findings] == [dict(BUCKETS).popitem()[0]]


def test_a_denied_bucket_fails_alone_with_a_clear_sentence(collect, cloud, store):
    denied = next(one for one, region in BUCKETS.items() if region == "us-east-1")
    rule = {"operation": "ListObjectsV2", "region": "us-east-1", "code": "AccessDenied"}
    tell(cloud.url, "POST", "faults", [{**rule, "status": 403}])
    ran = collect({"name": "*"})
    ((name, said),) = ran.errors.items()
    assert denied in name
    assert f"us-east-1, the bucket {denied}: AWS refuses ListObjectsV2 (AccessDenied)" in said
    found, _ = sums(store)
    others = set(BUCKETS) - {denied}
    assert found == {key: value for one in others for key, value in expected(one).items()}


@pytest.mark.parametrize(
    ("operation", "entry"),
    [("ListBuckets", {"name": "*"}), ("GetBucketLocation", {"name": next(iter(BUCKETS))})],
)
def test_a_refused_plan_is_a_shard_that_fails(collect, cloud, operation, entry):
    tell(cloud.url, "POST", "faults", [{"operation": operation, "code": "AccessDenied"}])
    ran = collect(entry)
    ((name, said),) = ran.errors.items()
    assert entry["name"] in name
    assert f"AWS refuses {operation} (AccessDenied)" in said


def test_doctor_tries_each_bucket_and_names_the_action_to_grant(cloud):
    collections = work.collections("*")
    before = {check.name: check for check in Aws(cloud, collections, NOW).checks()}
    rule = {"operation": "ListObjectsV2", "region": "us-east-1", "code": "AccessDenied"}
    tell(cloud.url, "POST", "faults", [rule])
    after = {check.name: check for check in Aws(cloud, collections, NOW).checks()}
    tell(cloud.url, "DELETE", "faults")
    for bucket, region in BUCKETS.items():
        name = f"aws aws_default {bucket} ListObjectsV2"
        assert before[name].found == f"in {region}"
        denied = region == "us-east-1"
        assert after[name].error.endswith("identity: s3:ListBucket" if denied else "")


def test_a_pattern_that_fits_no_bucket_says_so(collect):
    ((_, said),) = collect({"name": "none-*"}).errors.items()
    assert "no bucket fits the pattern 'none-*': mend it" in said


def test_a_listing_is_never_told_as_that_of_a_day_that_is_over(collect, store):
    ran = collect({"name": next(iter(BUCKETS))}, later=NOW + timedelta(days=1))
    ((_, said),) = ran.errors.items()
    assert "that is over" in said
    assert not store.indices.exists_alias(name=ALL_METRICS)
