"""What runs beside the instances, against its specification in `truth_services`."""

import random

import numpy as np
import pytest

import truth_services
from asker import ANCHOR, DAY, FLEET, MIDNIGHT, STOPPED, points, query_of
from nephoscope.demo.aws.cloudwatch_series import namespaces
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_statistics import Bins
from truth_services import SERVICES

TRUTH = list(truth_services.series(7, 50, ANCHOR))
NAMES = [service[0] for service in SERVICES]
STATISTICS = ["Average", "Sum", "Minimum", "Maximum", "SampleCount", "p50", "p99.9", "p0"]
EVERY = [(name, metric[0]) for name in NAMES for metric in truth_services.METRICS[name]]


def of(namespace, metric=None, region="eu-west-1"):
    return [
        one
        for one in TRUTH
        if one.namespace == namespace and metric in {None, one.metric} and one.region == region
    ]


def table(result):
    return dict(sorted(points(result).items()))


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
@pytest.mark.parametrize("namespace", NAMES)
def test_what_is_listed_is_the_truth(ask, namespace, region) -> None:
    metrics = [
        metric
        for page in ask.pages("ListMetrics", Namespace=namespace, region=region)
        for metric in page["Metrics"]
    ]
    found = [
        (one["MetricName"], tuple((d["Name"], d["Value"]) for d in one["Dimensions"]))
        for one in metrics
    ]
    assert sorted(found) == sorted(
        (one.metric, one.dimensions)
        for one in of(namespace, region=region)
        if one.ended == float("inf") or one.ended > MIDNIGHT - 13 * DAY
    )


@pytest.mark.parametrize(("namespace", "metric"), EVERY)
def test_every_metric_and_statistic_is_the_truth_over_a_days_edge(ask, namespace, metric) -> None:
    one = random.Random(metric).choice(of(namespace, metric))
    period = max(300, one.native)
    start, end = MIDNIGHT - max(7200, 3 * period), MIDNIGHT + 3600
    asked = [query_of(f"q{n}", one, stat, period) for n, stat in enumerate(STATISTICS)]
    results = ask.data(asked, start, end)["MetricDataResults"]
    ended = [t for t in range(start, end, period) if t + period <= ask.now]
    for stat, result in zip(STATISTICS, results, strict=True):
        wanted = {t: truth_services.value(one, stat, period, t) for t in ended}
        assert table(result) == {t: v for t, v in wanted.items() if v is not None}, stat
        assert result["StatusCode"] == "Complete"


@pytest.mark.parametrize("namespace", NAMES)
def test_random_bins_equal_the_specification(namespace) -> None:
    """Bins of any length and place, about creation, end and midnight above all."""
    draw = random.Random(namespace)
    held = namespaces(FLEET)[namespace]
    for _ in range(120):
        one = draw.choice([series for series in TRUTH if series.namespace == namespace])
        found = held.find(one.region, one.metric, one.dimensions)
        period = one.native * draw.choice([1, 1, 2, 5, 60])
        edges = [one.created, MIDNIGHT, MIDNIGHT if one.ended == float("inf") else one.ended]
        start = (draw.choice(edges) // 60 + draw.randint(-90, 90)) * 60
        bins, stat = Bins(start, period, 3), draw.choice(STATISTICS)
        values = held.statistics.many(np.array([found.rows]), one.metric, one.native, bins, [stat])[
            stat
        ][0]
        for place, value in enumerate(values):
            wanted = truth_services.value(one, stat, period, start + place * period)
            assert (None if np.isnan(value) else value) == wanted, (one, stat, period, start)


def test_another_fleet_has_its_own_resources() -> None:
    """A small fleet has one of each, and no fleet has none."""
    for seed, count in ((0, 0), (2**64 - 1, 1), (3, 24)):
        held = namespaces(Fleet(seed, count, ANCHOR))
        for name in NAMES:
            found = {
                (one.metric, one.dimensions)
                for region in ("eu-west-1", "us-east-1")
                for one in held[name].all(region)
            }
            assert found == {
                (one.metric, one.dimensions)
                for one in truth_services.series(seed, count, ANCHOR)
                if one.namespace == name
            }


@pytest.mark.parametrize("namespace", NAMES)
def test_units_are_those_of_the_specification(ask, namespace) -> None:
    for one in of(namespace):
        if one.ended == float("inf"):
            days = range(MIDNIGHT - 3 * DAY, MIDNIGHT, DAY)
            found = ask(
                "GetMetricStatistics",
                Namespace=namespace,
                MetricName=one.metric,
                Dimensions=[{"Name": name, "Value": value} for name, value in one.dimensions],
                StartTime=days.start,
                EndTime=days.stop,
                Period=DAY,
                Statistics=["Maximum"],
            )["Datapoints"]
            assert {point["Unit"] for point in found} == {truth_services.unit(one)}


@pytest.mark.parametrize("metric", ["RequestCount", "HTTPCode_Target_5XX_Count"])
def test_a_load_balancer_is_the_sum_of_its_zones_and_of_its_targets(ask, metric) -> None:
    (whole, *_) = (one for one in of("AWS/ApplicationELB", metric) if len(one.dimensions) == 1)
    sums = {"": {}, "AvailabilityZone": {}, "TargetGroup": {}}
    for one in of("AWS/ApplicationELB", metric):
        if set(whole.dimensions) <= set(one.dimensions):
            axis = next((name for name, _ in one.dimensions if name != "LoadBalancer"), "")
            asked = [query_of("a", one, "Sum", 60)]
            (result,) = ask.data(asked, MIDNIGHT - 7200, MIDNIGHT)["MetricDataResults"]
            for stamp, value in points(result).items():
                sums[axis][stamp] = sums[axis].get(stamp, 0) + value
    assert sums[""]
    assert sums[""] == sums["AvailabilityZone"] == sums["TargetGroup"]


def test_a_part_dimension_of_another_resource_finds_nothing(ask) -> None:
    one, other = (
        of("AWS/ApplicationELB", "RequestCount", region)[1] for region in ("eu-west-1", "us-east-1")
    )
    asked = query_of("a", one)
    asked["MetricStat"]["Metric"]["Dimensions"] = [
        {"Name": name, "Value": dict(source.dimensions)[name]}
        for name, source in (("LoadBalancer", one), ("TargetGroup", other))
    ]
    (result,) = ask.data([asked], MIDNIGHT - 600, MIDNIGHT)["MetricDataResults"]
    assert (result["Values"], result["StatusCode"]) == ([], "Complete")


def test_buckets_have_one_point_a_day_that_32_bits_cannot_hold(ask) -> None:
    for one in of("AWS/S3", "BucketSizeBytes"):
        asked = [query_of("a", one, "Average", DAY)]
        (result,) = ask.data(asked, MIDNIGHT - 10 * DAY, MIDNIGHT)["MetricDataResults"]
        assert sorted(result["Timestamps"]) == list(range(MIDNIGHT - 10 * DAY, MIDNIGHT, DAY))
        values = np.array(result["Values"])
        assert values.min() > 2**40
        assert not np.isin(values, values.astype(np.float32).astype(float)).any()
        assert (np.diff(values) < 0).all()  # it grows, and the newest comes first


def test_buckets_have_nothing_finer_than_a_day(ask) -> None:
    asked = [query_of("a", of("AWS/S3")[0], "Average", 3600)]
    (result,) = ask.data(asked, MIDNIGHT - DAY, MIDNIGHT)["MetricDataResults"]
    assert (result["Values"], result["StatusCode"]) == ([], "Complete")


@pytest.mark.parametrize(
    ("namespace", "metric", "low", "high"),
    [
        ("AWS/RDS", "CPUUtilization", 1, 1),
        ("AWS/Lambda", "Invocations", 0.5, 0.95),
        ("AWS/Lambda", "Errors", 0.001, 0.06),
        ("AWS/DynamoDB", "ConsumedReadCapacityUnits", 0.9, 1),
        ("AWS/DynamoDB", "ThrottledRequests", 0.001, 0.05),
        ("Custom/Orders", "Orders.Lost", 0.01, 0.08),
    ],
)
def test_sparse_metrics_have_points_only_where_something_happened(
    ask, namespace, metric, low, high
) -> None:
    for one in of(namespace, metric):
        asked = [query_of("a", one, "Sum", 60)]
        (result,) = ask.data(asked, MIDNIGHT - 3 * DAY, MIDNIGHT)["MetricDataResults"]
        assert low <= len(result["Values"]) / (3 * 1440) <= high
        assert min(result["Values"]) > 0


def test_a_volume_ends_with_its_instance(ask) -> None:
    one = of("AWS/EBS", "VolumeReadOps")[STOPPED // 2]
    stopped = FLEET.instances[STOPPED].stopped
    asked = [query_of("a", one, "Sum", 60)]
    (result,) = ask.data(asked, stopped - DAY, stopped + DAY)["MetricDataResults"]
    assert max(result["Timestamps"]) == stopped // 60 * 60 - 60


def test_percentages_are_below_100(ask) -> None:
    for one in TRUTH:
        if truth_services.unit(one) == "Percent" and one.region == "eu-west-1":
            asked = [query_of("a", one, "Maximum", DAY)]
            (result,) = ask.data(asked, MIDNIGHT - 7 * DAY, MIDNIGHT)["MetricDataResults"]
            assert all(0 <= value <= 100 for value in result["Values"])
