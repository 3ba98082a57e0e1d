"""A run of `collect_storage`: every bucket's size and number of objects, as CloudWatch has them."""

from calendar import timegm
from datetime import UTC, datetime, time, timedelta

import pytest

import truth_services
from clouds import ANCHOR
from dag_runs import sources, states

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


def test_three_days_of_every_bucket_are_stored_as_cloudwatch_has_them(storage, elasticsearch):
    end = TODAY - timedelta(days=4)
    run = storage("collect_storage", end + timedelta(hours=36))
    assert run.state == "success", states(run)
    days = [end - timedelta(days=back) for back in (3, 2, 1)]
    found = stored(elasticsearch)
    assert found == expected(days)
    assert {round(value) == value for value in found.values()} == {True}


def test_the_dags_of_metrics_leave_sizes_out(storage, elasticsearch):
    run = storage("collect_metrics", datetime.now(UTC))
    assert run.state == "success", states(run)
    assert stored(elasticsearch) == {}
