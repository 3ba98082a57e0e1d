"""What the accounts of the stand-in share, and what it answers about itself."""

import pytest

from caller import ANCHOR, FIRST, SECOND, THIRD, Caller
from nephoscope.demo.aws.accounts import Accounts
from nephoscope.demo.aws.fleet import Fleet


@pytest.fixture
def call() -> Caller:
    return Caller()


def instances(call, key=FIRST, region="eu-west-1"):
    """Return what of that region DescribeInstances shows, among all instances of all accounts."""
    body = call("ec2", "DescribeInstances", key=key, region=region).body.decode()
    every = [one.id for account in call.accounts.by_id.values() for one in account.fleet.instances]
    return [one for one in every if one in body]


def shown(call):
    """Return what CloudWatch lists and what is tagged, as a text each."""
    services = ("monitoring", "ListMetrics"), ("tagging", "GetResources")
    return [call(*service).body.decode() for service in services]


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
@pytest.mark.parametrize(("account", "seed"), [(FIRST, 7), (SECOND, 8), (THIRD, 9)])
def test_every_account_has_the_next_seeds_fleet(call, account, seed, region) -> None:
    fleet = Fleet(seed, 10, ANCHOR)
    assert instances(call, account, region) == [one.id for one in fleet.region(region)]


def test_the_fleet_of_an_account_can_be_read(call) -> None:
    _, found = call.about(f"GET fleet?account={SECOND}")
    assert (found["account"], found["seed"]) == (SECOND, "8")
    assert len(found["instances"]) == 10


def test_counters_are_one_accounts_or_those_of_all(call) -> None:
    for key, times in ((FIRST, 1), (SECOND, 2)):
        for _ in range(times):
            call("ec2", "DescribeInstances", key=key)
    call("ec2", "DescribeRegions", key=SECOND, region="us-east-1")
    described, regions = {"eu-west-1": 2}, {"us-east-1": 1}
    _, found = call.about(f"GET counters?account={SECOND}")
    assert found["calls"] == {"DescribeInstances": described, "DescribeRegions": regions}
    _, found = call.about("GET counters")
    assert found == {
        "calls": {"DescribeInstances": {"eu-west-1": 3}, "DescribeRegions": regions},
        "refused": {},
        "cloudwatch": {},
    }
    call.about("POST counters/reset")
    assert call.about("GET counters")[1] == {"calls": {}, "refused": {}, "cloudwatch": {}}


@pytest.mark.parametrize(
    ("asked", "body", "says"),
    [
        ("GET fleet?account=1", None, "no account 1: there are 123456789012"),
        ("GET counters?account=1", None, "no account 1"),
        ("POST clock", {"then": 1}, "then"),
        ("POST clock", {"now": "soon"}, "str"),
        ("POST quotas", {"cals": 1}, "no quota cals"),
        ("POST terminate", ["i-0123"], "no instance i-0123"),
        ("POST faults", [{"drop": "after"}], "before, middle"),
    ],
)
def test_a_wrong_word_is_answered_with_what_is_wrong(call, asked, body, says) -> None:
    status, found = call.about(asked, body)
    assert status == 400
    assert says in found["error"]


def test_terminated_instances_are_gone_and_come_back(call) -> None:
    gone, *rest = instances(call)
    others = instances(call, SECOND)
    call.about("POST terminate", [gone])
    assert (instances(call), instances(call, SECOND)) == (rest, others)
    found = call.xml("ec2", "DescribeInstances", **{"InstanceId.1": gone})
    assert found["Code"] == "InvalidInstanceID.NotFound"
    assert [gone in text for text in shown(call)] == [False, False]
    assert [rest[0] in text for text in shown(call)] == [True, True]
    assert call.about("GET terminate")[1] == [gone]
    call.about("DELETE terminate")
    assert instances(call) == [gone, *rest]
    assert [gone in text for text in shown(call)] == [True, True]


def test_more_and_more_instances_can_be_terminated(call) -> None:
    first, second, *rest = instances(call)
    call.about("POST terminate", [first])
    call.about("POST terminate", [second])
    assert instances(call) == rest


@pytest.mark.parametrize(
    "how",
    [{"linked": ["1"]}, {"external_ids": {"1": "secret"}}],
    ids=["linked", "external id"],
)
def test_an_account_that_there_is_not_is_named(how) -> None:
    with pytest.raises(ValueError, match="no account 1"):
        Caller(**how)


def test_an_account_that_is_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="named twice"):
        Accounts([Fleet(7, 2, ANCHOR), Fleet(8, 2, ANCHOR)])


def test_quotas_can_be_put_in_force_and_lifted(call) -> None:
    call.about("POST quotas", {"list": 25})
    assert call.about("GET quotas")[1] == {
        "calls": None,
        "points": None,
        "points_older": None,
        "list": 25,
        "describe": None,
        "resources": None,
        "logs": None,
    }
    call.about("DELETE quotas")
    assert set(call.about("GET quotas")[1].values()) == {None}
