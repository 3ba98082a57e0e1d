"""The lists of S3 over a socket: buckets, where they are, and all their objects."""

import pytest
from botocore.exceptions import ClientError

import truth_storage
from past_fleet import ANCHOR, code

MIDNIGHT = truth_storage.midnight_of(ANCHOR)
BUCKETS = truth_storage.buckets(7, 50, ANCHOR)


@pytest.fixture
def minute(control):
    """The stand-in's clock stands 90 minutes after a midnight, and begins a minute."""
    control("POST", "clock", {"now": MIDNIGHT + 5400})
    yield 90
    control("POST", "clock", {"now": None})


def listed(s3, **asked):
    """Return the objects and the common prefixes of all pages, and how many pages."""
    found, prefixes, pages = [], [], 0
    for page in s3.get_paginator("list_objects_v2").paginate(**asked):
        found += [(o["Key"], o["Size"], o["StorageClass"]) for o in page.get("Contents", [])]
        prefixes += [one["Prefix"] for one in page.get("CommonPrefixes", [])]
        pages += 1
        assert page["KeyCount"] <= asked.get("PaginationConfig", {}).get("PageSize", 1000)
    return found, prefixes, pages


def truth(bucket, minutes):
    number, sizes = truth_storage.measured(bucket, MIDNIGHT, ANCHOR)
    return sorted(truth_storage.objects(number, sizes, minutes)), sizes


def test_the_buckets_are_those_that_have_metrics_each_where_it_is(client):
    s3 = client("s3")
    assert {one["Name"] for one in s3.list_buckets()["Buckets"]} == set(BUCKETS)
    found = {one: s3.get_bucket_location(Bucket=one)["LocationConstraint"] for one in BUCKETS}
    assert found == {one: None if at == "us-east-1" else at for one, at in BUCKETS.items()}


@pytest.mark.parametrize(("bucket", "region"), BUCKETS.items())
def test_all_objects_in_order_are_the_truth(client, control, minute, bucket, region):
    found, _, pages = listed(client("s3", region), Bucket=bucket)
    wanted, sizes = truth(bucket, minute)
    assert found == wanted
    assert pages == -(-len(wanted) // 1000)
    assert control("GET", "counters")["calls"]["ListObjectsV2"] == {region: pages}
    old = [(size, kind) for key, size, kind in found if not key.startswith("incoming/")]
    for kind, size in zip(truth_storage.CLASSES, sizes, strict=True):
        assert sum(one for one, of in old if of == kind) == size


@pytest.mark.parametrize("prefix", ["", "lo", "logs/", "logs/2026/", "line\nbreak\t/", "zzz"])
def test_a_delimiter_rolls_up_what_has_it_behind_the_prefix(client, minute, prefix):
    bucket, region = next(iter(BUCKETS.items()))
    keys = [key for key, *_ in truth(bucket, minute)[0] if key.startswith(prefix)]
    ends = {key: key.find("/", len(prefix)) for key in keys}
    found, prefixes, _ = listed(client("s3", region), Bucket=bucket, Prefix=prefix, Delimiter="/")
    assert [key for key, *_ in found] == [key for key in keys if ends[key] < 0]
    assert prefixes == sorted({key[: ends[key] + 1] for key in keys if ends[key] >= 0})


def test_pages_of_any_size_go_on_where_the_last_ended(client, minute):
    bucket, region = next(iter(BUCKETS.items()))
    keys = [key for key, *_ in truth(bucket, minute)[0]]
    start = keys[-50]
    asked = {"StartAfter": start, "PaginationConfig": {"PageSize": 7}}
    found, _, pages = listed(client("s3", region), Bucket=bucket, **asked)
    assert ([key for key, *_ in found], pages) == (keys[-49:], 7)


def test_a_bucket_is_listed_in_its_own_region_alone(client):
    bucket = next(one for one, region in BUCKETS.items() if region == "us-east-1")
    with pytest.raises(ClientError) as caught:
        client("s3", "eu-west-1").list_objects_v2(Bucket=bucket)
    assert code(caught) == "AuthorizationHeaderMalformed"


def test_a_bucket_that_somebody_makes_is_motos(client):
    s3 = client("s3", "us-east-1")
    s3.create_bucket(Bucket="made")
    s3.put_object(Bucket="made", Key="a/b", Body=b"12345")
    found, _, _ = listed(s3, Bucket="made")
    assert [(key, size) for key, size, _ in found] == [("a/b", 5)]
