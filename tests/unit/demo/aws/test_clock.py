"""The clock of the stand-in, and the EC2 states that follow it."""

import time

import pytest

from caller import Caller

DAY = 86400


@pytest.fixture
def call() -> Caller:
    return Caller()


def test_a_clock_that_is_set_runs_on(call) -> None:
    call.about("POST clock", {"now": 1000})
    first = call.about("GET clock")[1]["now"]
    second = call.about("GET clock")[1]["now"]
    assert 1000 <= first <= second < 2000


def test_a_clock_that_was_set_goes_back_to_the_wall_clock(call) -> None:
    call.about("POST clock", {"now": 1000})
    call.about("POST clock", {"now": None})
    before = time.time()
    assert before <= call.about("GET clock")[1]["now"] <= time.time()


def described(call, one) -> dict[str, str]:
    return call.xml("ec2", "DescribeInstances", region=one.region, **{"InstanceId.1": one.id})


@pytest.mark.parametrize(("after", "state"), [(-60, "running"), (60, "stopped")])
def test_an_instance_runs_until_it_is_stopped(call, after, state) -> None:
    stopped = call.accounts.one(None).fleet.instances[6]
    call.accounts.clock.put(stopped.stopped + after)
    found = described(call, stopped)
    assert found["name"] == state
    assert (found["reason"] is None) is (state == "running")
    by_state = {"Filter.1.Name": "instance-state-name", "Filter.1.Value.1": state}
    assert stopped.id in call("ec2", "DescribeInstances", **by_state).body.decode()
    facts = call.about("GET fleet")[1]["instances"]
    assert facts[6]["state"] == state


@pytest.mark.parametrize(
    ("after", "state"),
    [(-60, "running"), (60, "terminated"), (3540, "terminated"), (3660, None)],
)
def test_a_terminated_instance_is_described_for_an_hour(after, state) -> None:
    call = Caller(count=48)
    one = call.accounts.one(None).fleet.instances[47]
    call.accounts.clock.put(one.ended + after)
    assert described(call, one).get("name") == state


def test_a_restarted_instance_tells_its_last_start_alone() -> None:
    call = Caller(count=48)
    one = call.accounts.one(None).fleet.instances[45]
    found = []
    for moment in (one.stopped - 60, one.stopped + 60, one.started + 60):
        call.accounts.clock.put(moment)
        found.append(described(call, one))
    assert [each["name"] for each in found] == ["running", "stopped", "running"]
    assert found[0]["launchTime"] == found[1]["launchTime"] < found[2]["launchTime"]
    assert [each["reason"] is None for each in found] == [True, False, True]


@pytest.mark.parametrize(("after", "there"), [(-60, False), (60, True)])
def test_an_instance_is_not_there_before_its_launch(call, after, there) -> None:
    one = call.accounts.one(None).fleet.instances[0]
    call.accounts.clock.put(one.launched + after)
    assert (described(call, one).get("instanceId") == one.id) is there
    assert (one.id in call("ec2", "DescribeInstances").body.decode()) is there


def test_cloudwatch_follows_the_clock(call) -> None:
    one = call.accounts.one(None).fleet.instances[0]
    call.accounts.clock.put(one.launched - DAY)
    assert one.id not in call("monitoring", "ListMetrics").body.decode()
