"""Every panel of the fleet shows what the specification says that CloudWatch holds."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import truth
import truth_services
from clouds import ANCHOR
from grafana_day import BOTH, EC2, FLEET, KNOWN, RUNS
from grafana_queries import All
from grafana_truth import END, START, at, cpu, failing, series

PERIODS = pytest.mark.parametrize("period", [60, 300])
CPU = "aws.ec2.metrics.CPUUtilization.avg"
REGIONS = ("eu-west-1", "us-east-1")


@pytest.fixture
def fleet(look):
    return look("fleet.json")


def near(value):
    return pytest.approx(value, rel=1e-9)


def test_no_panel_is_left_out(fleet):
    titles = [one["title"] for one in fleet.dashboard["panels"] if one["type"] != "row"]
    text = Path(__file__).read_text(encoding="utf-8")
    assert [title for title in titles if f'"{title}"' not in text] == []


@PERIODS
def test_the_bands_are_percentiles_over_the_instances_of_one_period(fleet, period):
    stored = cpu(period)
    drawn = fleet.series("CPU of the fleet", step=period, period=str(period))
    assert set(drawn) == {"p5.0", "p25.0", "p50.0", "p75.0", "p95.0"}
    for name, points in drawn.items():
        percent = float(name[1:])
        assert points == {
            second: near(np.percentile(at(stored, second), percent))
            for second in range(START, END, period)
        }


@PERIODS
def test_the_highest_is_that_of_one_period(fleet, period):
    stored = cpu(period, "Maximum")
    drawn = fleet.series("CPU of the fleet", "B", step=period, period=str(period))
    assert drawn == {
        "highest": {second: max(at(stored, second)) for second in range(START, END, period)}
    }


def test_two_periods_that_are_mixed_are_neither(fleet):
    mixed = fleet.series("CPU of the fleet", period=All("*"))["p50.0"]
    alone = fleet.series("CPU of the fleet", period="300")["p50.0"]
    assert sum(mixed[second] != alone[second] for second in alone) > len(alone) / 2


def test_who_has_credits_alone_at_a_period_is_not_in_its_row(look):
    [one, *_] = [one for one in FLEET if one.detailed and one.type in truth.CREDITS]
    fleet = look("fleet.json", tag_key="Name", tag=[one.name])
    assert len(fleet.panel("Busiest", period="60")["A"]) == 1
    assert fleet.panel("Busiest", period="300")["A"] == []


def test_a_long_time_is_shown_in_longer_steps(fleet):
    stored = cpu(300)
    drawn = fleet.series("CPU of the fleet", step=3600, period="300")["p95.0"]
    assert drawn == {
        hour: near(
            np.percentile(
                np.concatenate([at(stored, second) for second in range(hour, hour + 3600, 300)]), 95
            )
        )
        for hour in range(START, END, 3600)
    }


@PERIODS
def test_the_distribution_counts_instances_in_each_5_percent(fleet, period):
    stored = cpu(period)
    drawn = fleet.series("CPU distribution", step=period, period=str(period))
    counted = Counter(
        (str(int(value // 5 * 5)), second)
        for values in stored.values()
        for second, value in values.items()
    )
    assert counted == {
        (name, second): count
        for name, points in drawn.items()
        for second, count in points.items()
        if count
    }
    assert list(drawn) == sorted(drawn, key=int)


@PERIODS
def test_the_busiest_are_by_the_95th_percentile_of_one_period(fleet, period):
    highest = cpu(period, "Maximum")
    expected = {
        whose: (np.percentile(list(values.values()), 95), np.median(list(values.values())))
        for whose, values in cpu(period).items()
    }
    rows = fleet.panel("Busiest", period=str(period))["A"]
    found = [row["aws.dimensions.InstanceId"] for row in rows]
    assert found == sorted(expected, key=expected.get, reverse=True)[:20]
    named = {one.id: one.name for one in KNOWN if period == 60 or one is not BOTH}
    for row, whose in zip(rows, found, strict=True):
        assert (row[f"p95.0 {CPU}"], row[f"p50.0 {CPU}"]) == near(expected[whose])
        assert row["Max"] == max(highest[whose].values())
        assert row["cloud.instance.name"] == named.get(whose, "—")


@PERIODS
def test_who_reports_is_counted_at_one_period(fleet, period):
    stored = cpu(period)
    places = {one.id: one.region for one in FLEET}
    drawn = fleet.series("Instances reporting", step=period, period=str(period))
    assert drawn == {
        region: {
            second: sum(second in values for one, values in stored.items() if places[one] == region)
            for second in range(START, END, period)
        }
        for region in REGIONS
    }


def test_an_instance_with_two_periods_is_counted_once(fleet):
    [row] = fleet.panel("Instances")["A"]
    assert row["Unique Count"] == len(FLEET)


def test_the_newest_point_is_that_of_all_periods(fleet):
    [row] = fleet.panel("Newest point")["A"]
    assert row["Max"] == 1000 * (END - 60)


def test_who_failed_a_status_check_is_found_with_when(fleet):
    failed = failing()
    assert len(failed) == 2
    [row] = fleet.panel("Failed a status check")["A"]
    assert row["Unique Count"] == len(failed)
    found = {
        (row["aws.dimensions.InstanceId"], row["cloud.instance.name"]): (row["Min"], row["Max"])
        for row in fleet.panel("Failed status checks")["A"]
    }
    assert found == {
        (one.id, one.name): (1000 * min(seconds), 1000 * max(seconds))
        for one, seconds in failed.items()
    }


def test_failing_instances_are_counted_by_region_and_time(fleet):
    expected = {}
    for one, seconds in failing().items():
        counted = expected.setdefault(one.region, dict.fromkeys(range(START, END, 300), 0))
        for second in {second // 300 * 300 for second in seconds}:
            counted[second] += 1
    assert fleet.series("Instances that fail a status check") == expected


def test_coverage_is_what_is_not_missing_of_what_there_should_be(fleet):
    expected = lacking = 0
    sure = [one for one in KNOWN if not one.started]  # who was started since may not have run
    for one in sure:
        for metric in set(one.metrics) & set(EC2):
            period = truth.native(one, metric)
            points = len(EC2[metric]) * 86_400 // period
            expected += points
            lacking += points - len(EC2[metric]) * len(series(one, metric, "Maximum", period))
    assert lacking
    percent = near(100 - 100 * lacking / expected)
    [whole] = fleet.panel("Coverage, newest day")["C"]
    assert whole.points == {START: percent}
    by_namespace = {
        one.labels["aws.cloudwatch.namespace"]: one.points
        for one in fleet.panel("Coverage by day")["C"]
    }
    assert by_namespace["AWS/EC2"] == {START: percent}
    assert fleet.series("Missing points by day")["AWS/EC2"] == {START: lacking}


def test_freshness_is_told_of_each_region_and_namespace(fleet):
    rows = fleet.panel("Freshness")["A"]
    found = {(row["cloud.region"], row["aws.cloudwatch.namespace"]): row["Max"] for row in rows}
    last = {"eu-west-1": END - 60, "us-east-1": END - 60}
    assert found == {
        **{(region, "AWS/EC2"): 1000 * second for region, second in last.items()},
        **{(region, "AWS/S3"): 1000 * START for region in REGIONS},
    }


def test_s3_is_added_up_by_storage_class(fleet):
    expected = Counter()
    for one in truth_services.series(7, 50, ANCHOR):
        if one.metric == "BucketSizeBytes":
            size = truth_services.value(one, "Average", 86_400, START)
            expected[dict(one.dimensions)["StorageType"]] += size
    assert len(expected) == 3
    drawn = fleet.series("S3 size by storage class")
    assert drawn == {name: {START: near(size)} for name, size in expected.items()}


def test_spending_and_what_was_refused_are_those_of_the_runs(fleet):
    spent = fleet.series("Spending by day")
    assert spent == {dag: {START: dollars} for dag, dollars, _ in RUNS}
    refused = sum(refused for *_, refused in RUNS)
    assert fleet.series("Rejected documents by day") == {"rejected": {START: refused}}
