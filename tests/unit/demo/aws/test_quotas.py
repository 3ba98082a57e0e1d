"""The token buckets of the stand-in, by a clock that a test holds."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from caller import FIRST, SECOND, Caller
from nephoscope.demo.aws.quotas import Bucket, Limits, Quotas
from nephoscope.demo.aws.wire import Refusal

MILLISECOND = 10**6
HOUR = 3600


class Ticks:
    """A monotonic clock in nanoseconds that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = 10**15

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def spent(limits, account=FIRST, region="eu-west-1", points=1, age=0.0) -> bool:
    """Tell whether points pass."""
    try:
        limits.spend(account)(region, points, age)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("rate", [1, 7, 50, 997])
@pytest.mark.parametrize("step", [1, 2, 8])
def test_exactly_the_quota_passes(ticks, rate, step) -> None:
    """In 21 seconds of a call every 1, 2 or 8 ms: a full bucket, and the quota of each second."""
    bucket = Bucket(rate, ticks)
    begin, passed = ticks.now, 0
    for elapsed in range(0, 21_001, step):
        ticks.now = begin + elapsed * MILLISECOND
        passed += bucket.take(1)
    assert passed == min(22 * rate, 1 + 21_000 // step)


def test_exactly_the_points_of_a_quota_pass(ticks) -> None:
    """Calls of 101 points in 10 seconds: what is left in the bucket is less than one of them."""
    bucket = Bucket(180_000, ticks)
    begin, passed = ticks.now, 0
    for elapsed in range(10_001):
        ticks.now = begin + elapsed * MILLISECOND
        while bucket.take(101):
            passed += 1
    assert passed == 11 * 180_000 // 101


def test_a_bucket_holds_one_second_however_long_it_rests(ticks) -> None:
    bucket = Bucket(5, ticks)
    ticks.now += 3600 * 1000 * MILLISECOND
    assert [bucket.take(1) for _ in range(6)] == [True] * 5 + [False]


def test_what_is_refused_takes_nothing(ticks) -> None:
    bucket = Bucket(100, ticks)
    assert not bucket.take(101)
    assert bucket.take(100)


class Slow(int):
    """One that lets other threads go first whenever it is counted with."""

    def __mul__(self, other: int) -> int:
        time.sleep(0)
        return int(self) * other


def test_many_threads_take_no_more_than_there_is(ticks) -> None:
    bucket = Bucket(500, ticks)
    with ThreadPoolExecutor(8) as threads:
        taken = threads.map(lambda _: sum(bucket.take(Slow(1)) for _ in range(100)), range(8))
        assert sum(taken) == 500


@pytest.mark.parametrize(
    ("age", "points"),
    [(0, 100), (3 * HOUR, 100), (3 * HOUR + 1, 200)],
    ids=["now", "3 hours", "older"],
)
def test_points_have_a_bucket_by_the_age_of_their_start(ticks, age, points) -> None:
    limits = Limits(Quotas(points=100, points_older=200), ticks)
    assert spent(limits, points=points, age=age)
    assert not spent(limits, points=1, age=age)
    assert spent(limits, points=1, age=0 if age > 3 * HOUR else 4 * HOUR)


@pytest.mark.parametrize(
    "other", [{"account": SECOND}, {"region": "us-east-1"}], ids=["account", "region"]
)
def test_every_account_and_region_has_its_own_bucket(ticks, other) -> None:
    limits = Limits(Quotas(points=100), ticks)
    assert spent(limits, points=100)
    assert not spent(limits)
    assert spent(limits, **other)


def test_no_quota_limits_nothing(ticks) -> None:
    limits = Limits(ticks=ticks)
    assert all(spent(limits, points=10**9) for _ in range(100))


def test_quotas_put_in_force_come_with_full_buckets(ticks) -> None:
    limits = Limits(Quotas(points=1), ticks)
    assert [spent(limits), spent(limits)] == [True, False]
    limits.put(Quotas(points=2))
    assert [spent(limits) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("quota", "service", "operation", "status", "says"),
    [
        ("list", "monitoring", "ListMetrics", 400, b"ThrottlingException"),
        ("describe", "ec2", "DescribeInstances", 503, b"<Code>RequestLimitExceeded</Code>"),
    ],
)
def test_a_call_too_many_is_refused_and_counted(quota, service, operation, status, says) -> None:
    call = Caller()
    call.accounts.limits = Limits(Quotas(**{quota: 1}), Ticks())
    replies = [call(service, operation) for _ in range(3)]
    assert [reply.status for reply in replies] == [200, status, status]
    assert says in replies[1].body
    assert call.about("GET counters")[1]["refused"] == {operation: {"eu-west-1": 2}}


@pytest.mark.parametrize(
    "quotas", [Quotas(), Quotas(calls=50), Quotas(1, 2, 3, 4, 5, 6)], ids=["none", "one", "all"]
)
def test_quotas_are_read_as_they_are_written(quotas) -> None:
    assert Quotas.parse(str(quotas)) == quotas


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cals=50", "no quota cals: there are calls, points"),
        ("calls=0", "quota calls is 0"),
        ("calls=many", "many"),
        ("calls", "invalid literal"),
    ],
)
def test_wrong_quotas_are_named(text, says) -> None:
    with pytest.raises(ValueError, match=says):
        Quotas.parse(text)


@pytest.mark.parametrize("rate", [True, 1.5, "5", -1])
def test_what_is_no_whole_number_is_no_quota(rate) -> None:
    with pytest.raises(ValueError, match="whole number"):
        Quotas.of({"calls": rate})


def test_accounts_spend_points_of_their_own() -> None:
    call = Caller(quotas=Quotas(points_older=24))
    statuses = {}
    for account in (FIRST, SECOND):
        fleet = call.accounts.one(account).fleet
        metric = {
            "Namespace": "AWS/EC2",
            "MetricName": "NetworkIn",
            "Dimensions": [{"Name": "InstanceId", "Value": fleet.instances[0].id}],
        }
        asked = {"Id": "a", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}}
        end = call.accounts.clock() // HOUR * HOUR
        window = {"StartTime": end - 24 * HOUR, "EndTime": end}
        reply = call("monitoring", "GetMetricData", account, MetricDataQueries=[asked], **window)
        statuses[account] = reply.status
    assert statuses == {FIRST: 200, SECOND: 200}
