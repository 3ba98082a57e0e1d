"""R10: what CloudWatch fails to answer is told as such in the archive, never as idle or zero."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

import truth
from clouds import ANCHOR, BotoCloud, fleet_shard
from nephoscope.archive.landing import read_answers, read_points, write_points
from nephoscope.aws.pacing import Timer
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.extract.metrics import extract
from nephoscope.model import Window, dimensions_from_key

NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))
START = int(DAY.start.timestamp())
FLEET = Fleet(seed=7, count=50, anchor=ANCHOR)
STATISTICS = {"CPUUtilization": ("Maximum",), "NetworkIn": ("Sum",), "StatusCheckFailed": ("Sum",)}
QUICK = Timer(sleep=lambda _: None)


@pytest.fixture(scope="module")
def held():
    """What CloudWatch holds of each series: value by epoch second."""
    asked = [(metric, statistic) for metric, (statistic,) in STATISTICS.items()]
    found = {}
    for one in truth.instances(7, 50, ANCHOR):
        for metric, statistic in asked:
            values = {
                stamp: truth.value(one, metric, statistic, 300, stamp)
                for stamp in range(START, START + 86400, 300)
            }
            found[one.id, metric] = {t: v for t, v in values.items() if v is not None}
    return found


@pytest.fixture
def archived(aws, tmp_path):
    """Extract and archive both regions; read back the values and statuses of each series."""

    def run():
        cloud, values, statuses = BotoCloud(aws.url), {}, {}
        for number, region in enumerate(("eu-west-1", "us-east-1"), start=1):
            shard = fleet_shard(FLEET, region, DAY, STATISTICS)
            client = cloud.client(shard.connection, "cloudwatch", region)
            parts = extract(shard, client, lambda: NOW, QUICK)
            run = f"runs/test/{NOW:%Y%m%dT%H%M%SZ}"
            written = write_points(tmp_path, run, number, 1, shard, parts, NOW)
            points = pa.concat_tables(read_points(tmp_path, written.name))
            for row in read_answers(tmp_path, written.name).to_pylist():
                statuses[_series(row)] = row["status"]
                values[_series(row)] = {}
            for row in points.to_pylist():
                values[_series(row)][int(row["timestamp"].timestamp())] = row["value"]
        return values, statuses

    return run


def _series(row):
    [(_, instance_id)] = dimensions_from_key(row["dimensions"])
    return instance_id, row["metric"]


def test_a_tenth_of_internal_errors_is_asked_again_until_all_is_there(faults, archived, held):
    faults({"query_status": "InternalError", "share": 0.1})
    values, statuses = archived()
    assert set(statuses.values()) == {"Complete"}
    assert values == held


@pytest.mark.parametrize("status", ["InternalError", "Forbidden", "PartialData"])
def test_what_stays_unanswered_is_told_and_no_series_is_falsely_idle(
    faults, archived, held, status
):
    """A metric fails for good, and a tenth of the others for a while."""
    faults(
        {"query_status": status, "metric": "NetworkIn"},
        {"query_status": "InternalError", "share": 0.1},
    )
    values, statuses = archived()
    failed = {series for series, told in statuses.items() if told != "Complete"}
    assert failed == {series for series in held if series[1] == "NetworkIn"}
    assert {statuses[series] for series in failed} == {status}
    assert all(values[series] == {} for series in failed)
    whole = statuses.keys() - failed
    assert {s: values[s] for s in whole} == {s: held[s] for s in whole}
    idle = [series for series in whole if not values[series]]
    print(f"{len(failed)} unanswered, {len(whole)} whole, {len(idle)} of them truly without points")  # ruff: ignore[print]
