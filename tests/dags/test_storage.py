"""A run of `collect_storage`: every bucket's size and number of objects, as CloudWatch has them."""

from calendar import timegm
from datetime import UTC, datetime, time, timedelta

import pytest

import truth_services
from clouds import ANCHOR
from dag_runs import sources, states
from nephoscope.plan.listings import NAMESPACE
from nephoscope.plan.windows import STORAGE_SETTLES, last_settled
from standing import tell

TODAY = datetime.combine(ANCHOR, time(), UTC)
BUCKETS = [one for one in truth_services.series(7, 50, ANCHOR) if one.namespace == "AWS/S3"]


@pytest.fixture
def storage(chain, tmp_path):
    """The chain with the sizes of buckets besides."""
    path = tmp_path / "collections.yaml"
    with path.open("a", encoding="utf-8") as file:
        file.write("  s3: {namespace: AWS/S3}\n")
    return chain


def expected(days):
    """Return what CloudWatch has of all buckets: by dimensions, metric and day."""
    return {
        (one.dimensions, one.metric, f"{day:%Y-%m-%d}"): truth_services.value(
            one, "Average", 86400, timegm(day.timetuple())
        )
        for one in BUCKETS
        for day in days
    }


def stored(client):
    """Return what is stored of AWS/S3, likewise."""
    return {
        (tuple(sorted(doc["aws"]["dimensions"].items())), metric, doc["@timestamp"][:10]): value
        for doc in sources(client).values()
        if doc["aws"]["cloudwatch"]["namespace"] == "AWS/S3"
        for metric, found in doc["aws"]["s3"]["metrics"].items()
        for value in found.values()
    }


def test_three_days_of_every_bucket_are_stored_and_the_newest_run_alone_lists_some(
    storage, elasticsearch, tmp_path, aws
):
    bucket = dict(BUCKETS[0].dimensions)["BucketName"]
    with (tmp_path / "collections.yaml").open("a", encoding="utf-8") as file:
        file.write(f"buckets: [{{connection: aws_default, name: {bucket}}}]\n")
    tell(aws.url, "POST", "counters/reset")
    now = datetime.now(UTC)
    run = storage("collect_storage", now)
    assert run.state == "success", states(run)
    end = last_settled(now, timedelta(days=1), STORAGE_SETTLES).end
    assert stored(elasticsearch) == expected([end - timedelta(days=back) for back in (3, 2, 1)])
    docs = [
        doc
        for doc in sources(elasticsearch).values()
        if doc["aws"]["cloudwatch"]["namespace"] == NAMESPACE
    ]
    assert {doc["aws"]["dimensions"]["BucketName"] for doc in docs} == {bucket}
    assert not list((tmp_path / "archive").glob(f"metrics/**/day={ANCHOR:%Y-%m-%d}/*"))

    start = TODAY - timedelta(days=6)
    old = storage(
        "collect_storage",
        datetime.now(UTC),
        start=start.isoformat(),
        end=(start + timedelta(days=1)).isoformat(),
    )
    assert old.state == "success", states(old)
    asked = tell(aws.url, "GET", "counters")["calls"]["ListObjectsV2"]
    [calls] = [
        value["ListCalls"]["sum"]
        for doc in docs
        for name, one in doc["aws"].items()
        if "s3" in name and "ListCalls" in (value := one["metrics"])
    ]
    assert sum(asked.values()) == calls
