"""Who calls the stand-in, and the temporary credentials that it gives."""

import pytest

from caller import FIRST, SECOND, THIRD, Caller

ROLE = f"arn:aws:iam::{SECOND}:role/reader"
HOUR = 3600


@pytest.fixture
def call() -> Caller:
    return Caller(external_ids={SECOND: "secret"})


@pytest.mark.parametrize(
    ("key", "account"),
    [("anything", FIRST), (FIRST, FIRST), (SECOND, SECOND), (THIRD, THIRD), ("1" * 12, FIRST)],
)
def test_an_access_key_tells_the_account(call, key, account) -> None:
    found = call.xml("sts", "GetCallerIdentity", key=key)
    assert (found["Account"], found["Arn"]) == (account, f"arn:aws:iam::{account}:user/nephoscope")


@pytest.mark.parametrize("name", ["reader", "a/path/reader"])
def test_an_assumed_role_is_of_its_account(call, name) -> None:
    key, token = call.role(THIRD, name)
    found = call.xml("sts", "GetCallerIdentity", key=key, token=token)
    assert key.startswith("ASIA")
    assert found["Account"] == THIRD
    assert found["Arn"] == f"arn:aws:sts::{THIRD}:assumed-role/reader/test"


def test_an_assumed_role_sees_the_fleet_of_its_account(call) -> None:
    key, token = call.role(SECOND, ExternalId="secret")
    body = call("ec2", "DescribeInstances", key=key, token=token).body.decode()
    seen = {
        one.id: one.id in body for fleet in call.accounts.by_id for one in fleet_of(call, fleet)
    }
    assert {one for one, there in seen.items() if there} == {
        one.id for one in fleet_of(call, SECOND)
    }
    assert f"<ownerId>{SECOND}</ownerId>" in body


def fleet_of(call, account):
    return call.accounts.by_id[account].fleet.region("eu-west-1")


@pytest.mark.parametrize(
    ("role", "request_"),
    [
        (ROLE, {"ExternalId": "wrong"}),
        (ROLE, {}),
        ("arn:aws:iam::999999999999:role/reader", {}),
    ],
    ids=["wrong external id", "no external id", "unknown account"],
)
def test_a_role_that_may_not_be_assumed_is_denied(call, role, request_) -> None:
    ask = {"RoleArn": role, "RoleSessionName": "test"} | request_
    reply = call("sts", "AssumeRole", **ask)
    found = call.xml("sts", "AssumeRole", **ask)
    assert (reply.status, found["Code"]) == (403, "AccessDenied")
    assert found["Message"] == (
        f"User: arn:aws:iam::{FIRST}:user/nephoscope is not authorized to perform: "
        f"sts:AssumeRole on resource: {role}"
    )


def test_an_external_id_that_is_not_demanded_does_no_harm(call) -> None:
    assert call.role(THIRD, ExternalId="anything")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"RoleArn": "reader"}, "'reader' at 'roleArn'"),
        ({"RoleSessionName": "x"}, "'x' at 'roleSessionName'"),
        ({"DurationSeconds": "899"}, "'899' at 'durationSeconds'"),
        ({"DurationSeconds": "43201"}, "less than or equal to 43200"),
        ({"DurationSeconds": "long"}, "'long' at 'durationSeconds'"),
    ],
    ids=str,
)
def test_a_wrong_argument_of_assume_role_is_named(call, wrong, says) -> None:
    ask = {"RoleArn": ROLE, "RoleSessionName": "test", "ExternalId": "secret"} | wrong
    found = call.xml("sts", "AssumeRole", **ask)
    assert found["Code"] == "ValidationError"
    assert says in found["Message"]


def test_assume_role_without_a_role_is_refused(call) -> None:
    found = call.xml("sts", "AssumeRole", RoleSessionName="test")
    assert "null at 'roleArn'" in found["Message"]


@pytest.mark.parametrize(
    ("asked", "duration"), [({}, HOUR), ({"DurationSeconds": "900"}, 900)], ids=str
)
def test_a_session_lasts_as_long_as_asked_by_the_clock(call, asked, duration) -> None:
    begin = int(call.accounts.clock())
    key, token = call.role(THIRD, **asked)
    call.accounts.clock.put(begin + duration - 1)
    assert call("sts", "GetCallerIdentity", key=key, token=token).status == 200
    call.accounts.clock.put(begin + duration + 1)
    assert call("sts", "GetCallerIdentity", key=key, token=token).status == 403


PROTOCOLS = {
    "query": ("sts", "GetCallerIdentity"),
    "EC2": ("ec2", "DescribeInstances"),
    "JSON": ("monitoring", "ListMetrics"),
    "REST": ("s3", "ListBuckets"),
}


@pytest.mark.parametrize(
    ("protocol", "status", "code"),
    [
        ("query", 403, "ExpiredToken"),
        ("EC2", 400, "RequestExpired"),
        ("JSON", 400, "ExpiredTokenException"),
        ("REST", 400, "ExpiredToken"),
    ],
)
def test_expired_credentials_are_refused_in_every_protocol(call, protocol, status, code) -> None:
    key, token = call.role(THIRD)
    call.accounts.clock.put(call.accounts.clock() + HOUR)
    reply = call(*PROTOCOLS[protocol], key=key, token=token)
    wanted = f'"__type":"com.amazonaws#{code}"' if protocol == "JSON" else f"<Code>{code}</Code>"
    assert reply.status == status
    assert wanted in reply.body.decode()


@pytest.mark.parametrize(
    ("protocol", "status", "code"),
    [
        ("query", 403, "InvalidClientTokenId"),
        ("EC2", 401, "AuthFailure"),
        ("JSON", 400, "UnrecognizedClientException"),
        ("REST", 400, "InvalidToken"),
    ],
)
@pytest.mark.parametrize("token", [None, "another"])
def test_a_temporary_key_without_its_token_is_refused(call, protocol, status, code, token) -> None:
    key, _ = call.role(THIRD)
    reply = call(*PROTOCOLS[protocol], key=key, token=token)
    assert reply.status == status
    assert code in reply.body.decode()
