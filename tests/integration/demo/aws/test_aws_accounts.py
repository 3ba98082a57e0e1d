"""Several accounts of the stand-in AWS over a socket, reached by boto3 as the collectors do."""

import json
import time
import urllib.request
from http.client import IncompleteRead

import boto3
import pytest
from botocore.config import Config
from botocore.credentials import RefreshableCredentials
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.session import get_session

import truth
from nephoscope.demo.aws.stand_in import StandIn
from past_fleet import ANCHOR, DAY, END, code, query

FIRST, SECOND, THIRD = "123456789012", "210987654321", "321098765432"
REGIONS = ("eu-west-1", "us-east-1")
FLEETS = {a: truth.instances(7 + n, 10, ANCHOR) for n, a in enumerate((FIRST, SECOND, THIRD))}
HOUR = 3600


class Cloud:
    """A stand-in with three accounts; Airflow's connections would have these keys."""

    def __init__(self, url) -> None:
        self.url = url
        self.made = []

    def client(self, service, account=FIRST, region="eu-west-1", attempts=1, **keys):
        keys = keys or {"aws_access_key_id": account, "aws_secret_access_key": "none"}
        config = Config(retries={"total_max_attempts": attempts})
        self.made.append(
            boto3.client(service, region, endpoint_url=self.url, config=config, **keys)
        )
        return self.made[-1]

    def assume(self, account, **more):
        """Assume a role; returns what boto3.client() takes."""
        arn = f"arn:aws:iam::{account}:role/reader"
        answer = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="test", **more)
        return keys_of(answer["Credentials"])

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_standin/{path}", data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def keys_of(credentials):
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    log = tmp_path_factory.mktemp("aws") / "log"
    external_ids = {SECOND: "a secret & more"}
    how = {"accounts": (SECOND, THIRD), "linked": (SECOND,), "external_ids": external_ids}
    with StandIn(10, 7, ANCHOR, log=log, **how) as service:
        yield service.url
    assert "Traceback" not in log.read_text()


@pytest.fixture
def cloud(url):
    cloud = Cloud(url)
    cloud.ask("POST", "counters/reset")
    yield cloud
    cloud.ask("DELETE", "faults")
    cloud.ask("DELETE", "quotas")
    cloud.ask("POST", "clock", {"now": None})
    for client in cloud.made:
        client.close()


def seen(cloud, account, region):
    """Return the instances that a place shows, with a day of one metric of each."""
    pages = cloud.client("ec2", account, region).get_paginator("describe_instances").paginate()
    ids = [
        one["InstanceId"]
        for page in pages
        for reservation in page["Reservations"]
        for one in reservation["Instances"]
    ]
    fleet = [one for one in FLEETS[account] if one.id in ids]
    asked = [query(f"q{n}", one, "NetworkIn", "Sum", 3600) for n, one in enumerate(fleet)]
    answer = cloud.client("cloudwatch", account, region).get_metric_data(
        MetricDataQueries=asked, StartTime=END - DAY, EndTime=END, ScanBy="TimestampAscending"
    )
    return dict(zip(ids, (r["Values"] for r in answer["MetricDataResults"]), strict=True))


def held(account, region):
    """Return the same from the specification."""
    start = int((END - DAY).timestamp())
    return {
        one.id: [
            value
            for stamp in range(start, start + 86400, 3600)
            if (value := truth.value(one, "NetworkIn", "Sum", 3600, stamp)) is not None
        ]
        for one in FLEETS[account]
        if one.region == region
    }


def test_three_accounts_in_two_regions_of_which_one_is_denied(cloud) -> None:
    """The denied place says so, the other five answer whole."""
    rule = {"account": SECOND, "region": "us-east-1", "code": "AccessDeniedException"}
    cloud.ask("POST", "faults", [rule | {"status": 403}])
    places = [(account, region) for account in FLEETS for region in REGIONS]
    denied = SECOND, "us-east-1"
    with pytest.raises(ClientError) as caught:
        seen(cloud, *denied)
    assert code(caught) == "AccessDenied"
    found = {place: seen(cloud, *place) for place in places if place != denied}
    assert found == {place: held(*place) for place in places if place != denied}
    assert len(found) == 5
    counted = cloud.ask("GET", f"counters?account={SECOND}")
    assert counted["refused"] == {"DescribeInstances": {"us-east-1": 1}}
    assert counted["calls"]["GetMetricData"] == {"eu-west-1": 1}


@pytest.mark.parametrize(
    ("account", "owners"), [(FIRST, {FIRST, SECOND}), (SECOND, {SECOND}), (THIRD, {THIRD})]
)
def test_only_the_default_account_sees_those_linked_to_it(cloud, account, owners) -> None:
    pages = cloud.client("cloudwatch", account).get_paginator("list_metrics")
    found = [
        owner
        for page in pages.paginate(IncludeLinkedAccounts=True)
        for owner in page["OwningAccounts"]
    ]
    assert set(found) == owners


def test_a_linked_accounts_values_are_its_own(cloud) -> None:
    start = int((END - DAY).timestamp())
    one = FLEETS[SECOND][0]
    asked = query("a", one, "NetworkIn", "Sum", 3600) | {"AccountId": SECOND}
    answer = cloud.client("cloudwatch").get_metric_data(
        MetricDataQueries=[asked], StartTime=END - DAY, EndTime=END, ScanBy="TimestampAscending"
    )
    assert answer["MetricDataResults"][0]["Values"] == [
        truth.value(one, "NetworkIn", "Sum", 3600, stamp)
        for stamp in range(start, start + 86400, 3600)
    ]


@pytest.mark.parametrize("account", [FIRST, SECOND, THIRD])
def test_a_role_is_assumed_in_its_account(cloud, account) -> None:
    keys = cloud.assume(account, ExternalId="a secret & more")
    identity = cloud.client("sts", **keys).get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/reader/test"
    reservations = cloud.client("ec2", **keys).describe_instances()["Reservations"]
    assert {one["OwnerId"] for one in reservations} == {account}
    assert len(reservations) == 5


@pytest.mark.parametrize("more", [{"ExternalId": "wrong"}, {}], ids=["wrong", "missing"])
def test_a_role_is_not_assumed_without_its_external_id(cloud, more) -> None:
    with pytest.raises(ClientError, match="is not authorized to perform: sts:AssumeRole") as caught:
        cloud.assume(SECOND, **more)
    assert code(caught) == "AccessDenied"


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("cloudwatch", "list_metrics", "ExpiredTokenException"),
        ("resourcegroupstaggingapi", "get_resources", "ExpiredTokenException"),
        ("logs", "describe_log_groups", "ExpiredTokenException"),
        ("ec2", "describe_instances", "RequestExpired"),
        ("sts", "get_caller_identity", "ExpiredToken"),
        ("s3", "list_buckets", "ExpiredToken"),
    ],
)
def test_credentials_expire_by_the_clock(cloud, service, operation, expected) -> None:
    begin = time.time()
    cloud.ask("POST", "clock", {"now": begin})
    client = cloud.client(service, **cloud.assume(THIRD, DurationSeconds=HOUR))
    cloud.ask("POST", "clock", {"now": begin + HOUR - 60})
    assert getattr(client, operation)()
    cloud.ask("POST", "clock", {"now": begin + HOUR + 60})  # the clock runs on since `begin`
    with pytest.raises(ClientError, match="expired") as caught:
        getattr(client, operation)()
    assert code(caught) == expected


def test_boto3_renews_what_will_soon_expire(cloud) -> None:
    """Credentials with a minute left are renewed before each call, those with an hour are kept."""
    sts, renewed = cloud.client("sts"), []

    def refresh():
        arn = f"arn:aws:iam::{THIRD}:role/reader"
        new = sts.assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        renewed.append(new["AccessKeyId"])
        return {
            "access_key": new["AccessKeyId"],
            "secret_key": new["SecretAccessKey"],
            "token": new["SessionToken"],
            "expiry_time": new["Expiration"].isoformat(),
        }

    cloud.ask("POST", "clock", {"now": time.time() - HOUR + 60})
    session = get_session()
    session._credentials = RefreshableCredentials.create_from_metadata(
        refresh(), refresh, "sts-assume-role"
    )
    ec2 = boto3.Session(botocore_session=session).client("ec2", "eu-west-1", endpoint_url=cloud.url)
    cloud.made.append(ec2)
    ec2.describe_instances()
    cloud.ask("POST", "clock", {"now": None})
    for _ in range(3):
        ec2.describe_instances()
    assert len(renewed) == len(set(renewed)) == 3
    refused = cloud.ask("GET", "counters")["refused"]
    assert refused == {}


def test_buckets_of_s3_are_their_accounts(cloud) -> None:
    names = {
        account: {one["Name"] for one in cloud.client("s3", account).list_buckets()["Buckets"]}
        for account in FLEETS
    }
    assert all(names.values())
    assert len(set.union(*names.values())) == sum(map(len, names.values()))


def many_times(call) -> None:
    """Call more than once a second, if the machine is not asleep."""
    for _ in range(1000):
        call()


@pytest.mark.parametrize(
    ("quota", "service", "operation", "expected"),
    [
        ("list", "cloudwatch", "list_metrics", ("Throttling", 400)),
        ("describe", "ec2", "describe_instances", ("RequestLimitExceeded", 503)),
        ("resources", "resourcegroupstaggingapi", "get_resources", ("ThrottledException", 400)),
    ],
)
def test_calls_above_their_quota_are_told_so(cloud, quota, service, operation, expected) -> None:
    call = getattr(cloud.client(service), operation)
    cloud.ask("POST", "quotas", {quota: 1})
    with pytest.raises(ClientError) as caught:
        many_times(call)
    status = caught.value.response["ResponseMetadata"]["HTTPStatusCode"]
    assert (code(caught), status) == expected


@pytest.mark.parametrize(("quota", "throttled"), [(23, True), (24, False)])
def test_points_above_their_quota_are_told_so(cloud, quota, throttled) -> None:
    cloud.ask("POST", "quotas", {"points_older": quota, "points": 1})
    asked = [query("a", FLEETS[FIRST][0], "NetworkIn", "Sum", 3600)]
    ask = {"MetricDataQueries": asked, "StartTime": END - DAY, "EndTime": END}
    if not throttled:
        assert cloud.client("cloudwatch").get_metric_data(**ask)["MetricDataResults"]
        return
    with pytest.raises(ClientError, match="Rate exceeded") as caught:
        cloud.client("cloudwatch").get_metric_data(**ask)
    assert code(caught) == "Throttling"
    refused = cloud.ask("GET", "counters")["refused"]
    assert refused == {"GetMetricData": {"eu-west-1": 1}}


@pytest.mark.parametrize(
    ("service", "operation"),
    [("cloudwatch", "list_metrics"), ("ec2", "describe_instances"), ("s3", "list_buckets")],
)
def test_boto3_asks_again_when_a_connection_is_closed_before_it_answers(
    cloud, service, operation
) -> None:
    wanted = getattr(cloud.client(service), operation)()
    cloud.ask("POST", "faults", [{"drop": "before", "times": 2}])
    found = getattr(cloud.client(service, attempts=3), operation)()
    assert found.pop("ResponseMetadata")["RetryAttempts"] == 2
    assert wanted.pop("ResponseMetadata")
    assert found == wanted
    cloud.ask("POST", "faults", [{"drop": "before", "times": 1}])
    with pytest.raises(ConnectionClosedError):
        getattr(cloud.client(service), operation)()


def test_half_an_answer_is_sent_before_a_connection_is_closed_in_the_middle(cloud) -> None:
    cloud.ask("POST", "faults", [{"drop": "middle", "operation": "DescribeRegions"}])
    scope = "AK/20261122/eu-west-1/ec2/aws4_request"
    request = urllib.request.Request(cloud.url, b"Action=DescribeRegions&Version=2016-11-15")
    request.add_header("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0")
    with urllib.request.urlopen(request) as answer, pytest.raises(IncompleteRead) as caught:
        answer.read()
    assert caught.value.partial.startswith(b"<?xml")
    assert 0 <= caught.value.expected - len(caught.value.partial) <= 1


def test_boto3_takes_half_an_answer_in_json_for_an_empty_one(cloud) -> None:
    """botocore asks urllib3 not to compare Content-Length, and its JSON parser swallows the rest.

    So whoever collects by boto3 must compare it, else a drop is a shorter list.
    """
    cloudwatch = cloud.client("cloudwatch", attempts=3)
    assert cloudwatch.list_metrics()["Metrics"]
    cloud.ask("POST", "faults", [{"drop": "middle", "times": 1}])
    found = cloudwatch.list_metrics()
    assert "Metrics" not in found
    assert found["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(("where", "kept"), [("before", []), ("middle", ["a"])])
def test_what_is_dropped_before_is_not_done_and_in_the_middle_is(cloud, where, kept) -> None:
    s3 = cloud.client("s3", region="us-east-1")
    s3.create_bucket(Bucket=f"drop-{where}")
    cloud.ask("POST", "faults", [{"drop": where, "times": 1}])
    with pytest.raises(ConnectionClosedError):
        s3.put_object(Bucket=f"drop-{where}", Key="a", Body=b"x")
    found = s3.list_objects_v2(Bucket=f"drop-{where}").get("Contents", [])
    assert [one["Key"] for one in found] == kept


def test_only_all_regions_shows_what_is_not_opted_in(cloud) -> None:
    ec2 = cloud.client("ec2")
    usual = {one["RegionName"]: one["OptInStatus"] for one in ec2.describe_regions()["Regions"]}
    every = ec2.describe_regions(AllRegions=True)["Regions"]
    assert usual == dict.fromkeys(REGIONS, "opt-in-not-required")
    assert {one["RegionName"]: one["OptInStatus"] for one in every} == usual | {
        "me-south-1": "not-opted-in"
    }
