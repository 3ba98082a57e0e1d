import pytest

from asker import BASIC, DAY, FLEET, MIDNIGHT, expected, refusal

STATISTICS = {
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "InstanceId", "Value": FLEET.instances[BASIC].id}],
    "StartTime": MIDNIGHT - DAY,
    "EndTime": MIDNIGHT,
    "Period": 300,
    "Statistics": ["Average", "Maximum"],
}


def test_points_are_the_truth(ask) -> None:
    request = STATISTICS | {"ExtendedStatistics": ["p90"]}
    found = ask("GetMetricStatistics", **request)["Datapoints"]
    window = (MIDNIGHT - DAY, MIDNIGHT)
    for name in ("Average", "Maximum"):
        wanted = expected(BASIC, "CPUUtilization", name, 300, *window)
        assert {point["Timestamp"]: point[name] for point in found} == wanted
    wanted = expected(BASIC, "CPUUtilization", "p90", 300, *window)
    extended = {point["Timestamp"]: point["ExtendedStatistics"]["p90"] for point in found}
    assert extended == wanted
    assert {point["Unit"] for point in found} == {"Percent"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (
            {"Period": 60, "StartTime": MIDNIGHT - 2 * DAY},
            "InvalidParameterCombinationException",
        ),
        ({"Statistics": []}, "InvalidParameterCombinationException"),
        ({"StartTime": MIDNIGHT}, "InvalidParameterValueException"),
        ({"Period": 90}, "InvalidParameterValueException"),
        ({"Statistics": ["Median"]}, "InvalidParameterValueException"),
        ({"MetricName": None}, "MissingRequiredParameterException"),
    ],
    ids=["2,880 points", "no statistic", "empty window", "period", "statistic", "no metric"],
)
def test_a_wrong_request_is_refused(ask, change, code) -> None:
    assert refusal(ask, "GetMetricStatistics", **STATISTICS | change) == code


def test_another_unit_finds_nothing(ask) -> None:
    request = STATISTICS | {"Unit": "Bytes"}
    assert ask("GetMetricStatistics", **request)["Datapoints"] == []
