"""botocore's own validator takes our requests, and they ask what is meant."""

from datetime import UTC, datetime

import botocore.session
import pytest
from botocore.validate import ParamValidator

from nephoscope.extract.request import request
from nephoscope.model import Window
from nephoscope.plan.shards import Series
from shards import DAY, shard


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
