"""Planned faults."""

from collections import Counter

import pytest

from asker import BASIC, DAY, MIDNIGHT, query, refusal
from caller import FIRST, SECOND, Caller


def test_a_fault_takes_the_place_of_a_share_of_the_queries(ask) -> None:
    rule = {"query_status": "InternalError", "metric": "CPUUtilization", "share": 0.1}
    ask.faults.plan([rule])
    asked = [query(f"c{n}", BASIC, stat=f"p{n}") for n in range(50)]
    asked += [query(f"n{n}", BASIC, "NetworkIn", f"p{n}") for n in range(50)]
    results = ask.data(asked, MIDNIGHT - DAY, MIDNIGHT)["MetricDataResults"]
    failed = [result for result in results if result["StatusCode"] == "InternalError"]
    assert [result["Id"] for result in failed] == ["c9", "c19", "c29", "c39", "c49"]
    assert all(result["Values"] == [] for result in failed)
    assert sum(len(result["Values"]) for result in results) == 95 * 288


def test_a_failed_query_has_nothing_on_later_pages(ask) -> None:
    ask.faults.plan([{"query_status": "Forbidden", "times": 1}])
    request = {"StartTime": MIDNIGHT - DAY, "EndTime": MIDNIGHT, "MaxDatapoints": 100}
    asked = [query("a", BASIC), query("b", BASIC)]
    ids = Counter(
        (result["Id"], result["StatusCode"])
        for page in ask.pages("GetMetricData", MetricDataQueries=asked, **request)
        for result in page["MetricDataResults"]
    )
    assert ids == {("a", "Forbidden"): 1, ("b", "PartialData"): 2, ("b", "Complete"): 1}


@pytest.mark.parametrize(
    ("rule", "region", "refused"),
    [
        ({"operation": "GetMetricData"}, "eu-west-1", True),
        ({"operation": "ListMetrics"}, "eu-west-1", False),
        ({"region": "us-east-1"}, "eu-west-1", False),
        ({"region": "us-east-1"}, "us-east-1", True),
        ({"access_key": "AK"}, "eu-west-1", True),
        ({"access_key": "other"}, "eu-west-1", False),
        ({"times": 0}, "eu-west-1", False),
        ({}, "eu-west-1", True),
    ],
)
def test_a_fault_refuses_the_calls_that_it_names(ask, rule, region, refused) -> None:
    ask.faults.plan([{"code": "AccessDeniedException"} | rule])
    request = {
        "MetricDataQueries": [query("a", BASIC)],
        "StartTime": MIDNIGHT - 600,
        "EndTime": MIDNIGHT,
        "region": region,
    }
    if refused:
        assert refusal(ask, "GetMetricData", **request) == "AccessDeniedException"
    else:
        assert ask("GetMetricData", **request)["MetricDataResults"]


def test_a_fault_is_spent_after_its_times(ask) -> None:
    ask.faults.plan([{"code": "ThrottlingException", "times": 2}])
    codes = [refusal(ask, "ListMetrics") for _ in range(2)]
    assert codes == ["ThrottlingException"] * 2
    assert ask("ListMetrics")["Metrics"]


@pytest.mark.parametrize(
    "rule",
    [
        {},
        {"code": "A", "query_status": "Forbidden"},
        {"code": "A", "drop": "before"},
        {"drop": "after"},
        {"cod": "A"},
    ],
    ids=str,
)
def test_a_fault_rule_that_says_nothing_is_refused(ask, rule) -> None:
    with pytest.raises((TypeError, ValueError)):
        ask.faults.plan([rule])


@pytest.mark.parametrize("where", ["before", "middle"])
def test_a_fault_drops_the_connection_of_a_share_of_the_calls(where) -> None:
    call = Caller()
    call.accounts.faults.plan([{"drop": where, "share": 0.5, "operation": "ListMetrics"}])
    replies = [call("monitoring", "ListMetrics") for _ in range(4)]
    assert [reply.drop for reply in replies] == [None, where, None, where]
    assert call("ec2", "DescribeInstances").drop is None


def test_a_call_that_is_dropped_before_does_no_work() -> None:
    call = Caller()
    call.accounts.faults.plan([{"drop": "before", "operation": "AssumeRole"}])
    assert not call("sts", "AssumeRole").body
    assert call.about("GET counters")[1]["refused"] == {}


def test_a_refusal_is_dropped_in_the_middle_too() -> None:
    call = Caller()
    call.accounts.faults.plan([{"drop": "middle", "operation": "AssumeRole"}])
    reply = call("sts", "AssumeRole")
    assert (reply.drop, reply.status) == ("middle", 400)


@pytest.mark.parametrize(("key", "status"), [(FIRST, 200), (SECOND, 403), ("another", 200)])
def test_a_fault_names_an_account(key, status) -> None:
    call = Caller()
    call.accounts.faults.plan([{"code": "AccessDenied", "status": 403, "account": SECOND}])
    assert call("ec2", "DescribeInstances", key=key).status == status
