"""What CloudWatch rounds, forgets and refuses."""

import pytest

from asker import BASIC, DAY, DETAILED, MIDNIGHT, NOON, Asker, expected, points, query, refusal
from nephoscope.demo.aws.timing import Timing


@pytest.mark.parametrize(
    ("index", "metric", "period", "count"),
    [
        (DETAILED, "CPUUtilization", 60, 60),
        (DETAILED, "CPUUtilization", 300, 12),
        (BASIC, "CPUUtilization", 60, 0),
        (BASIC, "CPUUtilization", 120, 0),
        (BASIC, "CPUUtilization", 300, 12),
        (BASIC, "CPUUtilization", 3600, 1),
        (DETAILED, "CPUUtilization", 30, 0),
    ],
)
def test_nothing_finer_than_the_native_period_is_answered(
    ask, index, metric, period, count
) -> None:
    result = ask.one(index, MIDNIGHT - 3600, MIDNIGHT, metric=metric, period=period)
    assert len(result["Values"]) == count


@pytest.mark.parametrize(
    ("age_days", "period", "count"),
    [
        (14.9, 60, 1440),
        (15.1, 60, 0),
        (15.1, 300, 288),
        (15.1, 420, 0),
        (62.9, 300, 288),
        (63.1, 300, 0),
        (63.1, 3600, 24),
        (455.5, 3600, 12),
        (460, 3600, 0),
    ],
)
def test_points_are_kept_by_the_age_of_the_start(ask, age_days, period, count) -> None:
    """Beyond 455 days, which end at noon here, only the points that are younger are left."""
    start = int(NOON - age_days * DAY) // 3600 * 3600
    result = ask.one(DETAILED, start, start + DAY, period=period)
    assert (len(result["Values"]), result["StatusCode"]) == (count, "Complete")


@pytest.mark.parametrize(
    ("age_days", "period", "rounded"),
    [(1, 60, 2 * 60), (1, 300, 2 * 60), (20, 300, 0), (70, 3600, 0)],
    ids=["to the minute", "bins begin at it", "to five minutes", "to the hour"],
)
def test_the_start_is_rounded_down_by_its_age(ask, age_days, period, rounded) -> None:
    hour = NOON - age_days * DAY
    stamps = ask.one(DETAILED, hour + 2 * 60 + 34, hour + 7200, period=period)["Timestamps"]
    assert min(stamps) == hour + rounded


def test_bins_that_begin_off_the_grid_are_the_truth(ask) -> None:
    for index in (DETAILED, BASIC):
        start = MIDNIGHT - 7200 + 120
        result = ask.one(index, start, start + 3600)
        assert points(result) == expected(
            index, "CPUUtilization", "Average", 300, start, start + 3600
        )


@pytest.mark.parametrize(
    ("lag", "seconds", "newest"),
    [(0, 0, -300), (0, -1, -600), (0, 299, -300), (600, 599, -600), (600, 600, -300)],
)
def test_a_point_appears_when_its_period_and_the_lag_are_over(lag, seconds, newest) -> None:
    ask = Asker(timing=Timing(lag))
    ask.now = NOON + seconds
    stamps = ask.one(BASIC, NOON - 3600, NOON + 3600)["Timestamps"]
    assert max(stamps) == NOON + newest


@pytest.mark.parametrize(
    ("queries", "times", "code"),
    [
        ([query(f"q{n}", 0) for n in range(501)], {}, "ValidationException"),
        ([], {}, "ValidationException"),
        ([query("a", 0), query("a", 2)], {}, "ValidationException"),
        ([query("A", 0)], {}, "ValidationException"),
        ([query("a-b", 0)], {}, "ValidationException"),
        ([query("a", 0, period=90)], {}, "ValidationException"),
        ([query("a", 0, period=0)], {}, "ValidationException"),
        ([query("a", 0, stat="average")], {}, "ValidationException"),
        ([query("a", 0, stat="p101")], {}, "ValidationException"),
        ([{"Id": "a", "Expression": "SUM(b)"}], {}, "ValidationException"),
        ([query("a", 0)], {"EndTime": MIDNIGHT - DAY}, "ValidationException"),
        ([query("a", 0)], {"StartTime": MIDNIGHT + 1}, "ValidationException"),
        ([query("a", 0)], {"MaxDatapoints": 0}, "ValidationException"),
        ([query("a", 0)], {"MaxDatapoints": 100_801}, "ValidationException"),
        ([query("a", 0)], {"ScanBy": "Timestamp"}, "ValidationException"),
        ([query("a", 0)], {"NextToken": "nonsense"}, "InvalidNextToken"),
        ([query("a", 0)], {"StartTime": None}, "MissingRequiredParameterException"),
    ],
    ids=[
        "501 queries",
        "no query",
        "an Id twice",
        "a capital Id",
        "a hyphen in an Id",
        "period of 90 s",
        "period of 0 s",
        "statistic in lower case",
        "percentile above 100",
        "metric math",
        "empty window",
        "end before start",
        "page of no points",
        "page too long",
        "unknown order",
        "token that is none",
        "no start",
    ],
)
def test_a_wrong_request_is_refused(ask, queries, times, code) -> None:
    request = {"StartTime": MIDNIGHT - DAY, "EndTime": MIDNIGHT} | times
    assert refusal(ask, "GetMetricData", MetricDataQueries=queries, **request) == code


def test_the_token_of_another_request_is_refused(ask) -> None:
    times = {"StartTime": MIDNIGHT - DAY, "EndTime": MIDNIGHT}
    token = ask.data([query("a", 0)], *times.values(), MaxDatapoints=5)["NextToken"]
    asked = {"MetricDataQueries": [query("b", 0)], "NextToken": token, "MaxDatapoints": 5}
    assert refusal(ask, "GetMetricData", **asked, **times) == "InvalidNextToken"
