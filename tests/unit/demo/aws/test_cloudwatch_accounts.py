"""Linked accounts, what is gone, quotas of points, and results that fail on purpose."""

import pytest

import truth
from asker import (
    ANCHOR,
    BASIC,
    DAY,
    DETAILED,
    FLEET,
    MIDNIGHT,
    TRUTH,
    Asker,
    points,
    query,
    refusal,
)
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.wire import Refusal

OTHER = "210987654321"
LINKED = Fleet(8, 30, ANCHOR, account=OTHER)
WINDOW = (MIDNIGHT - DAY, MIDNIGHT)


@pytest.fixture
def ask() -> Asker:
    return Asker(linked=[LINKED])


def listed(ask, **request):
    found = []
    for page in ask.pages("ListMetrics", **request):
        owners = page.get("OwningAccounts", [None] * len(page["Metrics"]))
        assert len(owners) == len(page["Metrics"])
        for owner, metric in zip(owners, page["Metrics"], strict=True):
            ((_, value),) = (dimension.values() for dimension in metric["Dimensions"])
            found.append((owner, value))
    return found


def ids_of(fleet):
    return [one.id for one in fleet.region("eu-west-1")]


IDS = {"Namespace": "AWS/EC2", "MetricName": "NetworkIn", "Dimensions": [{"Name": "InstanceId"}]}


def test_linked_accounts_are_listed_where_they_are_asked_for(ask) -> None:
    assert listed(ask, **IDS) == [(None, one) for one in ids_of(FLEET)]
    both = listed(ask, **IDS, IncludeLinkedAccounts=True)
    assert both == [(fleet.account, one) for fleet in (FLEET, LINKED) for one in ids_of(fleet)]


@pytest.mark.parametrize("fleet", [FLEET, LINKED], ids=["own", "linked"])
def test_one_account_can_be_listed_alone(ask, fleet) -> None:
    found = listed(ask, **IDS, IncludeLinkedAccounts=True, OwningAccount=fleet.account)
    assert found == [(fleet.account, one) for one in ids_of(fleet)]


def test_all_namespaces_of_linked_accounts_are_listed(ask) -> None:
    pages = ask.pages("ListMetrics", IncludeLinkedAccounts=True)
    found = {
        (owner, metric["Namespace"])
        for page in pages
        for owner, metric in zip(page["OwningAccounts"], page["Metrics"], strict=True)
    }
    assert len(found) == 2 * 10


def of_account(name, fleet, index, account):
    asked = query(name, 0, AccountId=account)
    dimensions = [{"Name": "InstanceId", "Value": fleet.instances[index].id}]
    asked["MetricStat"]["Metric"]["Dimensions"] = dimensions
    return asked


def test_a_query_is_answered_from_the_account_that_it_names(ask) -> None:
    asked = [
        of_account("own", FLEET, BASIC, FLEET.account),
        of_account("linked", LINKED, BASIC, OTHER),
        of_account("stranger", FLEET, BASIC, "999999999999"),
        of_account("mistaken", FLEET, BASIC, OTHER),
        query("unnamed", BASIC),
    ]
    results = {one["Id"]: one for one in ask.data(asked, *WINDOW)["MetricDataResults"]}
    stamps = range(*WINDOW, 300)
    for name, one in (
        ("own", TRUTH[BASIC]),
        ("unnamed", TRUTH[BASIC]),
        ("linked", truth.instances(8, 30, ANCHOR)[BASIC]),
    ):
        values = {t: truth.value(one, "CPUUtilization", "Average", 300, t) for t in stamps}
        assert points(results[name]) == values
        assert "Messages" not in results[name]
    assert (results["mistaken"]["Values"], results["mistaken"]["StatusCode"]) == ([], "Complete")
    stranger = results["stranger"]
    assert (stranger["Values"], stranger["StatusCode"]) == ([], "Forbidden")
    assert [message["Code"] for message in stranger["Messages"]] == ["Forbidden"]


def test_pages_hold_accounts_side_by_side(ask) -> None:
    asked = [
        of_account("linked", LINKED, BASIC, OTHER),
        of_account("stranger", FLEET, BASIC, "999999999999"),
        of_account("own", FLEET, BASIC, FLEET.account),
    ]
    request = {"StartTime": WINDOW[0], "EndTime": WINDOW[1], "MaxDatapoints": 100}
    counts, statuses = {}, {}
    for page in ask.pages("GetMetricData", MetricDataQueries=asked, **request):
        for one in page["MetricDataResults"]:
            counts[one["Id"]] = counts.get(one["Id"], 0) + len(one["Values"])
            statuses[one["Id"]] = one["StatusCode"]
    assert counts == {"linked": 288, "stranger": 0, "own": 288}
    assert statuses == {"linked": "Complete", "stranger": "Forbidden", "own": "Complete"}


def test_metrics_of_two_accounts_are_counted_apart(ask) -> None:
    one = {"Name": "InstanceId", "Value": "i-0123456789abcdef0"}
    asked = [query("a", BASIC), query("b", BASIC, AccountId=OTHER), query("c", BASIC, stat="Sum")]
    for each in asked:
        each["MetricStat"]["Metric"]["Dimensions"] = [one]
    ask.data(asked, *WINDOW)
    counts = ask.counters.snapshot()["cloudwatch"]
    assert counts["metrics_asked"] == {"eu-west-1": 2}
    assert counts["queries_asked"] == {"eu-west-1": 3}


def test_what_is_removed_has_no_series_and_is_not_listed() -> None:
    gone = set()
    ask = Asker(removed=gone)
    volumes = {"Namespace": "AWS/EBS", "MetricName": "VolumeReadOps"}
    before = len(listed(ask, **IDS)), len(listed(ask, **volumes))
    gone.add(FLEET.instances[BASIC].id)
    result = ask.one(BASIC, *WINDOW)
    assert (result["Values"], result["StatusCode"]) == ([], "Complete")
    assert ask.one(DETAILED, *WINDOW)["Values"]
    assert FLEET.instances[BASIC].id not in {one for _, one in listed(ask, **IDS)}
    after = len(listed(ask, **IDS)), len(listed(ask, **volumes))
    assert after == (before[0] - 1, before[1] - 1)


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_a_result_that_fails_says_why_in_its_messages(ask, status) -> None:
    ask.faults.plan([{"query_status": status, "metric": "NetworkIn"}])
    asked = [query("a", BASIC, "NetworkIn"), query("b", BASIC)]
    failed, fine = ask.data(asked, *WINDOW)["MetricDataResults"]
    assert (failed["StatusCode"], failed["Values"]) == (status, [])
    assert [message["Code"] for message in failed["Messages"]] == [status]
    assert all(message["Value"] for message in failed["Messages"])
    assert (fine["StatusCode"], "Messages" in fine) == ("Complete", False)


class Quota:
    def __init__(self, left):
        self.left = left
        self.spent = []

    def __call__(self, region, points, age):
        if points > self.left:
            raise Refusal("ThrottlingException", "Rate exceeded")
        self.left -= points
        self.spent.append((region, points, age))


def test_each_call_spends_its_estimated_points_once() -> None:
    quota = Quota(10_000)
    ask = Asker(spend=quota)
    request = {"StartTime": MIDNIGHT - 3601, "EndTime": MIDNIGHT, "MaxDatapoints": 5}
    asked = [query("a", BASIC), query("b", 1), query("c", DETAILED, period=60)]
    assert len(list(ask.pages("GetMetricData", MetricDataQueries=asked, **request))) > 10
    age = ask.now - (MIDNIGHT - 3601)
    assert quota.spent == [("eu-west-1", 13 + 13 + 61, age)]


def test_a_call_above_the_quota_is_refused_and_counts_nothing() -> None:
    ask = Asker(spend=Quota(287))
    asked = {"MetricDataQueries": [query("a", BASIC)]}
    times = {"StartTime": WINDOW[0], "EndTime": WINDOW[1]}
    assert refusal(ask, "GetMetricData", **asked, **times) == "ThrottlingException"
    assert ask.counters.snapshot()["cloudwatch"] == {}
