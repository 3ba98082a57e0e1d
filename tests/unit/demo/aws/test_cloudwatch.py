"""GetMetricData: what it answers, page by page."""

from itertools import starmap

import pytest

from asker import (
    BASIC,
    DAY,
    DETAILED,
    FLEET,
    GAP,
    MIDNIGHT,
    NOON,
    STOPPED,
    TRUTH,
    expected,
    points,
    query,
)
from nephoscope.demo.aws import cloudwatch_rules as rules


@pytest.mark.parametrize("index", [BASIC, STOPPED])
@pytest.mark.parametrize("stat", ["Average", "Sum", "Minimum", "Maximum", "SampleCount", "p99.9"])
def test_a_day_of_points_is_the_truth(ask, index, stat) -> None:
    result = ask.one(index, MIDNIGHT - 2 * DAY, MIDNIGHT - DAY, metric="NetworkIn", stat=stat)
    wanted = expected(index, "NetworkIn", stat, 300, MIDNIGHT - 2 * DAY, MIDNIGHT - DAY)
    assert points(result) == wanted
    assert result["StatusCode"] == "Complete"


def test_start_is_inclusive_and_end_exclusive(ask) -> None:
    result = ask.one(BASIC, MIDNIGHT - 600, MIDNIGHT)
    assert sorted(result["Timestamps"]) == [MIDNIGHT - 600, MIDNIGHT - 300]


@pytest.mark.parametrize(
    ("order", "stamps"),
    [
        ({}, [MIDNIGHT - 300, MIDNIGHT - 600]),
        ({"ScanBy": "TimestampDescending"}, [MIDNIGHT - 300, MIDNIGHT - 600]),
        ({"ScanBy": "TimestampAscending"}, [MIDNIGHT - 600, MIDNIGHT - 300]),
    ],
    ids=["default", "descending", "ascending"],
)
def test_scan_by_orders_the_points(ask, order, stamps) -> None:
    answer = ask.data([query("a", BASIC)], MIDNIGHT - 600, MIDNIGHT, **order)
    assert answer["MetricDataResults"][0]["Timestamps"] == stamps


def test_the_order_of_dimensions_means_nothing() -> None:
    one, other = {"Name": "b", "Value": "1"}, {"Name": "a", "Value": "2"}
    assert rules.dimensions([one, other]) == rules.dimensions([other, one])


@pytest.mark.parametrize(
    "change",
    [
        {"Namespace": "AWS/EBS"},
        {"MetricName": "Unheard"},
        {"Dimensions": []},
        {"Dimensions": [{"Name": "InstanceId", "Value": "i-0123456789abcdef0"}]},
        {"Dimensions": [{"Name": "InstanceId", "Value": FLEET.instances[1].id}]},
        {"Dimensions": [{"Name": name, "Value": "x"} for name in ("InstanceId", "ImageId")]},
    ],
    ids=["namespace", "metric", "no dimension", "id", "other region", "one dimension more"],
)
def test_what_is_unknown_is_empty_and_complete(ask, change) -> None:
    asked = query("a", BASIC)
    asked["MetricStat"]["Metric"] |= change
    (result,) = ask.data([asked], MIDNIGHT - 600, MIDNIGHT)["MetricDataResults"]
    assert (result["Values"], result["StatusCode"]) == ([], "Complete")


def test_credits_are_unknown_where_the_type_has_none(ask) -> None:
    index = next(i for i in range(0, 50, 2) if not TRUTH[i].type.startswith("t3"))
    assert ask.one(index, MIDNIGHT - 600, MIDNIGHT, metric="CPUCreditBalance")["Values"] == []


def test_a_gap_has_no_points(ask) -> None:
    request = {"StartTime": MIDNIGHT - DAY, "EndTime": MIDNIGHT, "region": "us-east-1"}
    (result,) = ask("GetMetricData", MetricDataQueries=[query("a", GAP)], **request)[
        "MetricDataResults"
    ]
    assert len(result["Values"]) == 288 - 36


def test_a_page_has_100_800_points(ask) -> None:
    asked = [query(f"q{n}", n % 22 * 2, stat=f"p{n // 22}") for n in range(351)]
    del asked[STOPPED // 2 :: 22]  # the stopped one fills no page
    asked += [query(f"r{n}", BASIC, stat=f"p{n}.5") for n in range(351 - len(asked))]
    request = {"StartTime": MIDNIGHT - DAY, "EndTime": MIDNIGHT, "MetricDataQueries": asked}
    sizes = [
        sum(len(result["Values"]) for result in page["MetricDataResults"])
        for page in ask.pages("GetMetricData", **request)
    ]
    assert sizes == [100_800, 288]


@pytest.mark.parametrize("order", ["TimestampAscending", "TimestampDescending"])
@pytest.mark.parametrize("limit", [7, 100, 288, 1000])
def test_pages_merge_by_id_to_the_truth(ask, order, limit) -> None:
    indices = {"a": BASIC, "b": STOPPED, "unknown": 1, "c": DETAILED}
    merged = {name: {} for name in indices}
    last = {}
    for page in ask.pages(
        "GetMetricData",
        MetricDataQueries=list(starmap(query, indices.items())),
        StartTime=MIDNIGHT - 2 * DAY,
        EndTime=MIDNIGHT - DAY,
        MaxDatapoints=limit,
        ScanBy=order,
    ):
        results = page["MetricDataResults"]
        assert sum(len(result["Values"]) for result in results) <= limit
        for result in results:
            assert last.get(result["Id"]) != "Complete"
            assert not merged[result["Id"]].keys() & points(result).keys()
            merged[result["Id"]] |= points(result)
            last[result["Id"]] = result["StatusCode"]
    for name in ("a", "b", "c"):
        window = MIDNIGHT - 2 * DAY, MIDNIGHT - DAY
        assert merged[name] == expected(indices[name], "CPUUtilization", "Average", 300, *window)
    assert not merged["unknown"]
    assert set(last.values()) == {"Complete"}


def test_pages_stand_still_while_time_passes(ask) -> None:
    request = {"MetricDataQueries": [query("a", BASIC)], "MaxDatapoints": 6}
    times = {"StartTime": NOON - 3600, "EndTime": NOON + 3600}
    stamps = []
    for page in ask.pages("GetMetricData", **request, **times):
        stamps += page["MetricDataResults"][0]["Timestamps"]
        ask.now += 900
    assert stamps == list(range(NOON - 300, NOON - 3900, -300))


def test_what_is_not_returned_is_not_in_the_answer(ask) -> None:
    asked = [query("a", BASIC, ReturnData=False), query("b", BASIC, Label="mine")]
    (result,) = ask.data(asked, MIDNIGHT - 600, MIDNIGHT)["MetricDataResults"]
    assert (result["Id"], result["Label"]) == ("b", "mine")


def test_500_queries_are_answered(ask) -> None:
    asked = [query(f"q{n}", n % 25 * 2, stat=f"p{n // 25}") for n in range(500)]
    assert len(ask.data(asked, MIDNIGHT - 600, MIDNIGHT)["MetricDataResults"]) == 500


def test_a_group_is_counted_beside_its_instances(ask) -> None:
    members = [one.index for one in FLEET.groups["eu-west-1", "group-0001"]]
    asked = [query(f"q{index}", index, "NetworkIn", "Sum") for index in members]
    group = query("all", 0, "NetworkIn", "Sum")
    group["MetricStat"]["Metric"]["Dimensions"] = [
        {"Name": "AutoScalingGroupName", "Value": "group-0001"}
    ]
    *apart, together = ask.data([*asked, group], MIDNIGHT - DAY, MIDNIGHT)["MetricDataResults"]
    assert [sum(column) for column in zip(*(r["Values"] for r in apart), strict=True)] == together[
        "Values"
    ]


def test_counters_tell_what_is_billed_and_what_is_limited(ask) -> None:
    asked = [query("a", BASIC), query("b", BASIC, stat="Maximum"), query("c", STOPPED)]
    request = {"StartTime": MIDNIGHT - 600, "EndTime": MIDNIGHT, "MaxDatapoints": 2}
    assert len(list(ask.pages("GetMetricData", MetricDataQueries=asked, **request))) == 3
    assert ask.counters.snapshot()["cloudwatch"] == {
        "queries_asked": {"eu-west-1": 3},
        "metrics_asked": {"eu-west-1": 2},
        "points_estimated": {"eu-west-1": 6},
        "points_answered": {"eu-west-1": 4},
    }
