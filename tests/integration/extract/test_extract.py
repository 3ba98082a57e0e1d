"""What extract reads over the wire is the truth, at the period that CloudWatch still holds."""

from datetime import UTC, datetime, timedelta

import pytest

import truth
from clouds import ANCHOR, BotoCloud, fleet_shard
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.errors import AccessDenied, SourceError
from nephoscope.extract.metrics import extract
from nephoscope.model import Window, dimensions_from_key

NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))
FLEET = Fleet(seed=7, count=50, anchor=ANCHOR)
SHARED = "210987654321"
STATISTICS = {
    "CPUUtilization": ("Average", "Maximum", "p99"),
    "NetworkIn": ("Sum", "SampleCount"),
    "CPUCreditBalance": ("Minimum",),
}


@pytest.fixture(scope="module")
def cloud(aws):
    return BotoCloud(aws.url)


def asked(cloud, shard):
    client = cloud.client(shard.connection, "cloudwatch", shard.region)
    return list(extract(shard, client, lambda: NOW))


def compared(parts, seed):
    """Compare every value with the specification; return how many there are."""
    known = {i.id: i for i in truth.instances(seed, 50, ANCHOR)}
    rows = [row for table, _ in parts for row in table.to_pylist()]
    for row in rows:
        [(_, instance_id)] = dimensions_from_key(row["dimensions"])
        about = row["metric"], row["statistic"], row["period"], int(row["timestamp"].timestamp())
        assert row["value"] == truth.value(known[instance_id], *about), row
    assert all(answer.complete for _, answers in parts for answer in answers)
    return len(rows)


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_every_value_of_a_day_equals_the_specification(cloud, region):
    parts = asked(cloud, fleet_shard(FLEET, region, DAY, STATISTICS))
    assert compared(parts, seed=7) > 25_000


@pytest.mark.parametrize(
    ("days", "period"), [(10, 300), (40, 300), (70, 3600)], ids=["10-days", "40-days", "70-days"]
)
def test_a_shard_that_waited_is_asked_at_the_finest_period_that_is_held(cloud, days, period):
    window = Window.day(NOW - timedelta(days=days))
    parts = asked(cloud, fleet_shard(FLEET, "eu-west-1", window, STATISTICS))
    assert {answer.period for _, answers in parts for answer in answers} == {period}
    assert compared(parts, seed=7) > 100 * 86400 / period / 3


def test_a_linked_accounts_series_are_its_own():
    with StandIn(50, 7, ANCHOR, accounts=[SHARED], linked=[SHARED]) as aws:
        linked = Fleet(seed=8, count=50, anchor=ANCHOR, account=SHARED)
        shard = fleet_shard(
            linked, "eu-west-1", DAY, STATISTICS, linked=True, connection=FLEET.account
        )
        parts = asked(BotoCloud(aws.url), shard)
    assert compared(parts, seed=8) > 25_000
    assert {a for table, _ in parts for a in table["account"].to_pylist()} == {SHARED}


def test_a_denied_call_is_explained(faults, cloud):
    faults({"operation": "GetMetricData", "code": "AccessDenied", "status": 403})
    with pytest.raises(AccessDenied, match="123456789012/eu-west-1: AWS refuses GetMetricData"):
        asked(cloud, fleet_shard(FLEET, "eu-west-1", DAY, STATISTICS))


def test_a_broken_endpoint_is_a_source_error():
    cloud = BotoCloud("http://127.0.0.1:1", attempts=2)
    with pytest.raises(SourceError, match="123456789012/eu-west-1"):
        asked(cloud, fleet_shard(FLEET, "eu-west-1", DAY, STATISTICS))
