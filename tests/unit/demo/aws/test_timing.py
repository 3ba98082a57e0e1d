"""Late and revised points, against their specification in `truth_timing`."""

import statistics

import numpy as np
import pytest

import truth
import truth_services
import truth_timing
from asker import (
    ANCHOR,
    BASIC,
    DAY,
    DETAILED,
    FLEET,
    MIDNIGHT,
    NOON,
    TRUTH,
    Asker,
    expected,
    points,
    query,
    query_of,
)
from nephoscope.demo.aws.timing import LATE, Timing

STATISTICS = ("Average", "Sum", "Maximum", "SampleCount", "p90")


@pytest.fixture
def ask() -> Asker:
    return Asker(timing=LATE)


def shown(index, metric, stat, period, start, end, now):
    """Return what must stand in an answer of an instance's series by now."""
    one, k = TRUTH[index], truth.METRICS.index(metric)
    found = {
        stamp: truth_timing.as_of(
            now, value, stat, one.key, k, period, stamp, truth.native(one, metric)
        )
        for stamp, value in expected(index, metric, stat, period, start, end).items()
    }
    return {stamp: value for stamp, value in found.items() if value is not None}


@pytest.mark.parametrize("stat", STATISTICS)
@pytest.mark.parametrize(("index", "period"), [(BASIC, 300), (DETAILED, 60), (DETAILED, 3600)])
def test_a_late_series_is_the_truth_of_its_time(ask, index, period, stat) -> None:
    window = (NOON - DAY, NOON + 3600)
    for now in (NOON, NOON + 61, NOON + 299.5, NOON + 3600, NOON + 3 * 3600):
        ask.now = now
        result = ask.one(index, *window, metric="NetworkIn", stat=stat, period=period)
        wanted = shown(index, "NetworkIn", stat, period, *window, now)
        assert points(result) == wanted
        assert result["StatusCode"] == "Complete"


def test_points_come_out_of_order_and_some_are_revised(ask) -> None:
    """Else the tests here prove nothing: something is late, something shows another value."""
    revised = []
    for ask.now in range(NOON, NOON + DAY, 3600):
        window = (ask.now - 7200, ask.now)
        final = expected(DETAILED, "NetworkIn", "Sum", 60, *window)
        found = points(ask.one(DETAILED, *window, metric="NetworkIn", stat="Sum", period=60))
        assert min(final.keys() - found.keys()) < max(found)
        revised += [(value, final[stamp]) for stamp, value in found.items()]
    revised = [(value, last) for value, last in revised if value != last]
    assert len(revised) > 10
    assert all(value == last * 7 / 8 for value, last in revised)


def test_lags_have_a_median_of_4_minutes_and_99_percent_within_40() -> None:
    lags = [truth_timing.lag(one.key, 0, NOON + 300 * n) for one in TRUTH for n in range(400)]
    percent = statistics.quantiles(lags, n=100)
    print(f"lag of {len(lags):,} points: median {percent[49]} s, p99 {percent[98]} s")  # ruff: ignore[print] - the figure
    assert 225 <= percent[49] <= 255
    assert 2200 <= percent[98] <= 2600
    assert min(lags) >= 30
    assert max(lags) <= 5100


def test_five_percent_are_revised() -> None:
    drawn = [
        truth_timing.provisional(one.key, 1, 300, NOON + 300 * n, 300)
        for one in TRUTH
        for n in range(400)
    ]
    print(f"revised: {100 * sum(drawn) / len(drawn):.2f} %")  # ruff: ignore[print] - the figure
    assert 0.045 <= sum(drawn) / len(drawn) <= 0.055


def test_after_two_hours_all_is_final(ask) -> None:
    ask.now = NOON + 7200
    for metric in ("CPUUtilization", "StatusCheckFailed"):
        result = ask.one(BASIC, MIDNIGHT, NOON, metric=metric)
        assert points(result) == expected(BASIC, metric, "Average", 300, MIDNIGHT, NOON)


def test_services_are_as_late(ask) -> None:
    for one in truth_services.series(7, 50, ANCHOR):
        if one.metric in {"RequestCount", "Invocations"} and one.region == "eu-west-1":
            result = ask.data([query_of("a", one, "Sum", 60)], NOON - 7200, NOON)
            wanted = {}
            for stamp in range(NOON - 7200, NOON, 60):
                value = truth_services.value(one, "Sum", 60, stamp)
                value = truth_timing.as_of(NOON, value, "Sum", one.keys[0], one.k, 60, stamp, 60)
                wanted |= {} if value is None else {stamp: value}
            assert points(result["MetricDataResults"][0]) == wanted


def test_a_group_is_as_late_as_its_first_instance(ask) -> None:
    group = query("a", 0, "NetworkIn", "Maximum")
    name = FLEET.instances[0].group
    group["MetricStat"]["Metric"]["Dimensions"] = [{"Name": "AutoScalingGroupName", "Value": name}]
    (result,) = ask.data([group], NOON - 3600, NOON)["MetricDataResults"]
    seen = [
        stamp
        for stamp in range(NOON - 3600, NOON, 300)
        if truth_timing.visible_at(TRUTH[0].key, 1, 300, stamp, 300) <= NOON
    ]
    assert sorted(result["Timestamps"]) == seen


def test_get_metric_statistics_is_as_late(ask) -> None:
    found = ask(
        "GetMetricStatistics",
        Namespace="AWS/EC2",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "InstanceId", "Value": FLEET.instances[BASIC].id}],
        StartTime=NOON - 7200,
        EndTime=NOON,
        Period=300,
        Statistics=["Average"],
    )["Datapoints"]
    wanted = shown(BASIC, "CPUUtilization", "Average", 300, NOON - 7200, NOON, NOON)
    assert {point["Timestamp"]: point["Average"] for point in found} == wanted


def test_pages_merge_to_the_truth_of_the_first_page(ask) -> None:
    request = {"MetricDataQueries": [query("a", DETAILED, "NetworkIn", "Sum", 60)]}
    merged = {}
    for page in ask.pages(
        "GetMetricData", **request, StartTime=NOON - 7200, EndTime=NOON, MaxDatapoints=50
    ):
        merged |= points(page["MetricDataResults"][0])
        ask.now += 600
    assert merged == shown(DETAILED, "NetworkIn", "Sum", 60, NOON - 7200, NOON, NOON)


def test_a_constant_lag_is_added_to_what_is_drawn() -> None:
    ask = Asker(timing=Timing(lag=3600, drawn=True))
    result = ask.one(BASIC, NOON - 10800, NOON)
    wanted = shown(BASIC, "CPUUtilization", "Average", 300, NOON - 10800, NOON, NOON - 3600)
    assert points(result) == wanted


def test_a_new_instance_is_listed_up_to_15_minutes_late(ask) -> None:
    delays = []
    for one in FLEET.region("eu-west-1"):
        dimensions = [{"Name": "InstanceId", "Value": one.id}]
        wanted = truth_timing.listed_at(one.key, one.launched)
        for ask.now in (wanted - 1, wanted):
            found = ask("ListMetrics", Namespace="AWS/EC2", Dimensions=dimensions)["Metrics"]
            assert bool(found) is (ask.now == wanted)
        delays.append(wanted - one.launched)
    assert 0 <= min(delays) < 200
    assert 700 < max(delays) <= 900


def test_every_lag_and_revision_equals_the_specification() -> None:
    """Of 20,000 points at a time, so that the rare long lags are among them."""
    keys = np.array([one.key for one in TRUTH], dtype=np.uint64)
    ended = NOON - 60 * np.arange(400)
    for number in (0, 11):
        factors = LATE.factors(keys, number, ended, NOON)
        for key, row in zip(keys.tolist(), factors.tolist(), strict=True):
            for end, factor in zip(ended.tolist(), row, strict=True):
                wanted = truth_timing.as_of(NOON, 1.0, "Sum", key, number, 60, end - 60, 60)
                assert (None if np.isnan(factor) else factor) == wanted
