"""After live and daily runs overlapped, DuckDB and pandas find each point once, and the truth."""

from datetime import UTC, datetime, timedelta

import duckdb
import pandas as pd
import pytest

import truth
from clouds import ANCHOR, BotoCloud, fleet_shard
from nephoscope.archive import landing
from nephoscope.archive.days import compact
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.extract.metrics import extract
from nephoscope.model import Window, dimensions_from_key
from unit.archive.landed import run_at

NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))
FLEET = Fleet(seed=7, count=50, anchor=ANCHOR)
STATISTICS = {"CPUUtilization": ("Average", "Maximum"), "NetworkIn": ("Sum",)}
REGIONS = ("eu-west-1", "us-east-1")
QUARTER = timedelta(hours=6)


@pytest.fixture(scope="module")
def metrics(aws, tmp_path_factory):
    """The folder of day files: of four live runs, compacted, and of the daily one."""
    root, cloud = tmp_path_factory.mktemp("archive"), BotoCloud(aws.url)
    live = [Window(DAY.start + n * QUARTER, DAY.start + (n + 1) * QUARTER) for n in range(4)]
    for dag, windows in (("live", live), ("daily", [DAY])):
        for window in windows:
            for number, region in enumerate(REGIONS, start=1):
                one = fleet_shard(FLEET, region, window, STATISTICS)
                batches = extract(one, cloud.client("a", "cloudwatch", region), lambda: NOW)
                run = run_at(window.end, dag)
                landing.write_points(root, run, number, 1, one, batches, NOW)
        compact(root, DAY, NOW)
    return root / "metrics"


@pytest.fixture(scope="module")
def expected():
    """Every value of the day, by instance, metric, statistic and moment."""
    found = {}
    for one in truth.instances(7, 50, ANCHOR):
        for metric, statistics in STATISTICS.items():
            for statistic in statistics:
                for n in range(288):
                    moment = DAY.start + n * timedelta(minutes=5)
                    value = truth.value(one, metric, statistic, 300, int(moment.timestamp()))
                    if value is not None:
                        found[one.id, metric, statistic, moment] = value
    return found


def instance(dimensions):
    [(_, found)] = dimensions_from_key(dimensions)
    return found


def test_pandas_reads_each_point_once(metrics, expected):
    frame = pd.read_parquet(metrics)
    columns = (frame[name] for name in ("dimensions", "metric", "statistic", "timestamp", "value"))
    rows = {
        (instance(dimensions), metric, statistic, moment.to_pydatetime()): value
        for dimensions, metric, statistic, moment, value in zip(*columns, strict=True)
    }
    assert len(frame) == len(rows)
    assert rows == expected
    assert set(frame["region"]) == set(REGIONS)
    assert set(frame["namespace"]) == {"AWS/EC2"}
    assert set(frame["period"]) == {300}


def test_duckdb_counts_each_point_once_and_its_averages_are_the_fleets(metrics, expected):
    found = duckdb.sql(
        "select metric, statistic, count(*), avg(value), count(distinct (dimensions, timestamp)) "
        f"from read_parquet('{metrics}/**/*.parquet', hive_partitioning=true) "
        f"where namespace = 'AWS/EC2' and day = '{DAY.start:%Y-%m-%d}' group by all"
    ).fetchall()
    assert len(found) == 3
    for metric, statistic, count, average, different in found:
        values = [v for key, v in expected.items() if key[1:3] == (metric, statistic)]
        assert count == different == len(values)
        assert average == pytest.approx(sum(values) / len(values))


def test_duckdb_reads_what_pandas_reads(metrics):
    [[points]] = duckdb.sql(
        f"select count(*) from read_parquet('{metrics}/**/*.parquet', hive_partitioning=true)"
    ).fetchall()
    assert points == len(pd.read_parquet(metrics))
