"""What extract reads over the wire is the truth, and the fast decoder reads what botocore does."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

import truth
from clouds import ANCHOR, BotoCloud
from nephoscope import archive, chain
from nephoscope.config.collections import load_collections
from nephoscope.config.settings import ROOT
from nephoscope.errors import AccessDenied, NephoscopeError, SourceError
from nephoscope.extract.metrics import extract, read
from nephoscope.model import Window, dimensions_from_key
from nephoscope.plan.planning import make_plan

NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))


@pytest.fixture(scope="module")
def cloud(aws):
    return BotoCloud(aws.url)


@pytest.fixture(scope="module")
def plan(cloud):
    collections = load_collections(ROOT / "include" / "collections.yaml")
    return make_plan(collections, {"ec2": DAY}, cloud, NOW)


def test_every_value_of_a_day_equals_the_specification(cloud, plan):
    known = {i.id: i for i in truth.instances(seed=7, count=50, anchor=ANCHOR)}
    compared = 0
    for shard in plan.shards:
        client = cloud.client(shard.connection, "cloudwatch", shard.region)
        for table, answers in extract(shard, client, NOW):
            assert all(answer.complete for answer in answers)
            for row in table.to_pylist():
                [(_, instance_id)] = dimensions_from_key(row["dimensions"])
                expected = truth.value(
                    known[instance_id],
                    row["metric"],
                    row["statistic"],
                    row["period"],
                    int(row["timestamp"].timestamp()),
                )
                assert row["value"] == expected, row
                compared += 1
    print(f"{compared} values compared")  # ruff: ignore[print] - the figure of this test
    assert compared > 100_000


def test_the_fast_decoder_reads_what_the_plain_parser_reads(aws, cloud, plan):
    shard = min(plan.shards, key=lambda s: s.points)
    queries = list(shard.queries())[:500]
    plain = boto3.client(
        "cloudwatch",
        region_name=shard.region,
        endpoint_url=aws.url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    fast = cloud.client(shard.connection, "cloudwatch", shard.region)
    asked = [
        read(client, shard.window, shard.period, shard.namespace, queries)
        for client in (plain, fast)
    ]
    assert asked[0] == asked[1]
    assert sum(len(answer.values) for answer in asked[1]) > 1000


def test_a_denied_call_is_explained(faults, cloud, plan):
    faults({"operation": "GetMetricData", "code": "AccessDenied", "status": 403})
    shard = plan.shards[0]
    client = cloud.client(shard.connection, "cloudwatch", shard.region)
    where = f"{shard.account}/{shard.region}: AWS refuses GetMetricData"
    with pytest.raises(AccessDenied, match=where):
        list(extract(shard, client, NOW))


def test_a_broken_endpoint_is_a_source_error(plan):
    cloud = BotoCloud("http://127.0.0.1:1", attempts=2)
    shard = plan.shards[0]
    with pytest.raises(SourceError, match=shard.region):
        list(extract(shard, cloud.client("a", "cloudwatch", shard.region), NOW))


def test_what_is_extracted_is_read_back_from_the_archive(tmp_path, cloud, plan):
    folder = tmp_path / archive.run_folder("collect_metrics_daily", plan)
    archive.write_plan(folder, plan)
    assert archive.read_plan(folder) == plan
    number = min(range(len(plan.shards)), key=lambda n: plan.shards[n].points)
    file = archive.shard_name(number)
    assert archive.read_shard(folder, file) == plan.shards[number]
    name, written = chain.extract(folder, file, 1, cloud, NOW)
    rows = sum(table.num_rows for table in archive.read_points(folder, name))
    assert rows == written.points > 0
    assert written.metrics_asked == plan.shards[number].metrics_asked
    assert written.unanswered == 0


def test_unanswered_queries_are_counted_and_the_others_kept(tmp_path, faults, cloud, plan):
    faults({"query_status": "InternalError", "metric": "NetworkIn", "share": 1.0})
    folder = tmp_path / "run"
    archive.write_plan(folder, plan)
    number = min(range(len(plan.shards)), key=lambda n: plan.shards[n].points)
    shard = plan.shards[number]
    _, written = chain.extract(folder, archive.shard_name(number), 1, cloud, NOW)
    asked = sum("NetworkIn" in one.metrics for one in shard.series)
    assert written.unanswered == asked > 0
    assert written.points > 0


def test_a_refused_shard_fails_with_its_reason(tmp_path, faults, cloud):
    faults({"operation": "DescribeInstances", "region": "us-east-1", "code": "AuthFailure"})
    collections = load_collections(ROOT / "include" / "collections.yaml")
    refused = make_plan(collections, {"ec2": DAY}, cloud, NOW)
    folder = tmp_path / "run"
    archive.write_plan(folder, refused)
    [number] = [n for n, shard in enumerate(refused.shards) if shard.refusal]
    with pytest.raises(NephoscopeError, match="AuthFailure"):
        chain.extract(folder, archive.shard_name(number), 1, cloud, NOW)
