"""Calls are as few as the limits allow, and botocore's own validator takes them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import botocore.session
import pytest
from botocore.validate import ParamValidator

from nephoscope.aws.pacing import Pace
from nephoscope.extract.calls import CALL_POINTS, CALL_QUERIES, batches, request
from nephoscope.model import Window
from nephoscope.plan.shards import Series
from shards import DAY, shard


@pytest.mark.parametrize(
    ("count", "minutes", "calls"),
    [
        pytest.param(1, 5, 1, id="one"),
        pytest.param(166, 5, 1, id="498-queries-fit"),
        pytest.param(167, 5, 2, id="501-do-not"),
        pytest.param(116, 1440, 1, id="348-queries-of-a-day-fill-a-page"),
        pytest.param(117, 1440, 2, id="351-do-not"),
    ],
)
def test_calls_are_as_few_as_the_limits_allow(count, minutes, calls):
    window = Window(DAY.start, DAY.start + timedelta(minutes=minutes))
    one = shard(count, window)
    parts = list(batches(one))
    assert len(parts) == calls
    assert [q for part in parts for q in part] == list(one.queries())
    for part in parts:
        assert len(part) <= CALL_QUERIES
        assert len(part) * window.points(300) <= CALL_POINTS


def test_a_call_asks_for_no_more_points_than_the_pace_has_a_second():
    one = replace(shard(100), pace=Pace(calls=10, points=10_000))
    parts = list(batches(one))
    assert [q for part in parts for q in part] == list(one.queries())
    assert max(map(len, parts)) == 33  # 11 whole resources; a 35th query is over 10,000 points


def test_a_resource_with_more_queries_than_a_call_takes_is_cut():
    metrics = tuple(f"m{n}" for n in range(1100))
    one = shard(
        0,
        Window(DAY.start, DAY.start + timedelta(minutes=5)),
        statistics=dict.fromkeys(metrics, ("Sum",)),
        series=(Series((("QueueName", "q"),), metrics),),
    )
    assert [len(part) for part in batches(one)] == [500, 500, 100]


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({}, id="plain"),
        pytest.param({"linked": True}, id="linked"),
        pytest.param(
            {"statistics": {"CPUUtilization": ("p99.9",), "NetworkIn": ("tm90",)}}, id="percentile"
        ),
        pytest.param({"series": (Series((), ("NetworkIn",)),)}, id="no-dimension"),
    ],
)
def test_botocores_validator_takes_our_requests(how):
    model = botocore.session.get_session().get_service_model("cloudwatch")
    one = shard(3, **how)
    asked = request(one, 300, list(one.queries()))
    shape = model.operation_model("GetMetricData").input_shape
    assert not ParamValidator().validate(asked, shape).has_errors()
    broken = {**asked, "StartTime": None}
    assert ParamValidator().validate(broken, shape).has_errors()


@pytest.mark.parametrize(("linked", "account"), [(True, "123456789012"), (False, None)])
def test_only_linked_series_name_the_account_that_owns_them(linked, account):
    one = shard(2, linked=linked)
    asked = request(one, 300, list(one.queries()))["MetricDataQueries"]
    assert {query.get("AccountId") for query in asked} == {account}


def test_the_bins_of_a_coarser_period_begin_at_its_first_multiple_in_the_window():
    start = datetime(2026, 11, 20, 0, 5, tzinfo=UTC)
    asked = request(shard(1, Window(start, DAY.end)), 3600, [])
    assert asked["StartTime"] == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert asked["EndTime"] == DAY.end
