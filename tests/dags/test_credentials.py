"""A connection's role is assumed with its ExternalId, and credentials that expire are renewed."""

import datetime as dt
import json
import urllib.request
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import boto3
import pytest

from clouds import ANCHOR, fleet_shard
from nephoscope.airflow.connections import AirflowCloud
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.errors import AccessDenied, SourceError
from nephoscope.extract.metrics import extract
from nephoscope.model import Window

OTHER = "210987654321"
EXTERNAL_ID = "demanded-of-all"
ROLE = f"arn:aws:iam::{OTHER}:role/reader"
REGION = "eu-west-1"
NOW = datetime.now(UTC)
DAY = Window.day(NOW - timedelta(days=2))
QUARTER = 900
"""Seconds that the shortest session lasts."""


class Aws:
    """A stand-in whose clock, and botocore's if it is told, can be set ahead."""

    def __init__(self, url, monkeypatch):
        self.url = url
        self._monkeypatch = monkeypatch

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_standin/{path}", data, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def count(self, kind, operation):
        return sum(self.ask("GET", "counters")[kind].get(operation, {}).values())

    def set_ahead(self, span, botocore_too):
        moment = datetime.now(UTC) + span
        self.ask("POST", "clock", {"now": moment.timestamp()})
        if botocore_too:
            ahead = type("Ahead", (datetime,), {"now": lambda tz=None: moment.astimezone(tz)})
            names = SimpleNamespace(**vars(dt) | {"datetime": ahead})
            self._monkeypatch.setattr("botocore.credentials.datetime", names)

    def connect(self, conn_id, login="key", **extra):
        where = {
            "endpoint_url": self.url,
            "region_name": REGION,
            # Airflow's hook assumes roles at AWS itself if the endpoint is not also named here.
            "service_config": {"sts": {"endpoint_url": self.url}},
        }
        stated = {
            "conn_type": "aws",
            "login": login,
            "password": "secret",
            "extra": {**where, **extra},
        }
        self._monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(stated))

    def session(self):
        """Return the login and the extra of a session's connection that somebody rotates."""
        keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
        sts = boto3.client("sts", REGION, endpoint_url=self.url, **keys)
        made = sts.assume_role(
            RoleArn=ROLE,
            RoleSessionName="rotated",
            ExternalId=EXTERNAL_ID,
            DurationSeconds=QUARTER,
        )["Credentials"]
        sts.close()
        return {"login": made["AccessKeyId"], "aws_session_token": made["SessionToken"]}


@pytest.fixture(scope="module")
def stand_in():
    external_ids = {OTHER: EXTERNAL_ID}
    with StandIn(10, 7, ANCHOR, accounts=[OTHER], external_ids=external_ids) as service:
        yield service


@pytest.fixture
def aws(stand_in, monkeypatch):
    aws = Aws(stand_in.url, monkeypatch)
    aws.ask("POST", "counters/reset")
    yield aws
    aws.ask("POST", "clock", {"now": None})


def role(**more):
    kwargs = {"ExternalId": EXTERNAL_ID, "DurationSeconds": QUARTER, **more}
    return {"role_arn": ROLE, "assume_role_kwargs": kwargs}


def read(conn_id):
    """Extract a shard as a task does; return its answers' statuses."""
    fleet = Fleet(seed=8, count=10, anchor=ANCHOR, account=OTHER)
    shard = fleet_shard(fleet, REGION, DAY, {"CPUUtilization": ("Average",)})
    client = AirflowCloud().client(conn_id, "cloudwatch", REGION)
    parts = list(extract(shard, client, lambda: NOW))
    assert sum(table.num_rows for table, _ in parts) > 100
    return {answer.status for _, answers in parts for answer in answers}


def test_the_role_of_a_connection_is_assumed_with_its_external_id(aws):
    aws.connect("aws_role", **role())
    assert AirflowCloud().account("aws_role") == OTHER
    assert read("aws_role") == {"Complete"}


def test_a_wrong_external_id_is_denied_and_the_connection_is_named(aws):
    aws.connect("aws_wrong_id", **role(ExternalId="wrong"))
    with pytest.raises(AccessDenied, match="'aws_wrong_id': AWS refuses AssumeRole"):
        AirflowCloud().client("aws_wrong_id", "cloudwatch", REGION)


@pytest.mark.parametrize("minutes", [1, 10, 20])
def test_quarter_hour_sessions_of_a_role_outlast_three_hours(aws, minutes):
    """R12: whatever the time between calls, botocore renews before they expire."""
    conn_id = f"aws_every_{minutes}_minutes"
    aws.connect(conn_id, **role())
    calls = range(0, 180, minutes)
    for minute in calls:
        aws.set_ahead(timedelta(minutes=minute), botocore_too=True)
        assert read(conn_id) == {"Complete"}
        listed = AirflowCloud().client(conn_id, "cloudwatch", REGION).get_paginator("list_metrics")
        assert sum(len(page["Metrics"]) for page in listed.paginate(Namespace="AWS/EC2")) > 50
    assert aws.ask("GET", "counters")["refused"] == {}
    print(f"{len(calls)} times in 3 hours, {aws.count('calls', 'AssumeRole')} sessions")  # ruff: ignore[print]


@pytest.mark.parametrize("service", ["cloudwatch", "ec2", "sts"])
def test_a_session_that_aws_ends_early_is_made_anew_once(aws, service):
    """botocore believes that the session lasts; AWS's clock says that it doesn't."""
    calls = {
        "cloudwatch": ("list_metrics", "ListMetrics"),
        "ec2": ("describe_instances", "DescribeInstances"),
        "sts": ("get_caller_identity", "GetCallerIdentity"),
    }
    method, operation = calls[service]
    conn_id = f"aws_ended_{service}"
    aws.connect(conn_id, **role(DurationSeconds=3600))
    client = AirflowCloud().client(conn_id, service, REGION)
    aws.set_ahead(timedelta(hours=2), botocore_too=False)
    assert getattr(client, method)()
    assert (aws.count("calls", operation), aws.count("refused", operation)) == (2, 1)


def test_rotated_tokens_are_read_from_the_connection_in_the_middle_of_a_listing(aws):
    aws.connect("aws_rotated", **aws.session())
    client = AirflowCloud().client("aws_rotated", "cloudwatch", REGION)
    pages = client.get_paginator("list_metrics").paginate(Namespace="AWS/EC2")
    assert len(list(pages)) == 1
    aws.set_ahead(timedelta(hours=1), botocore_too=False)
    aws.connect("aws_rotated", **aws.session())
    assert len(list(pages)) == 1
    assert read("aws_rotated") == {"Complete"}
    assert aws.ask("GET", "counters")["refused"] == {"ListMetrics": {REGION: 1}}


def test_tokens_that_nobody_rotates_are_tried_once_more_and_then_told(aws):
    aws.connect("aws_stale", **aws.session())
    assert read("aws_stale") == {"Complete"}
    aws.set_ahead(timedelta(hours=1), botocore_too=False)
    before = aws.count("calls", "GetMetricData")
    with pytest.raises(SourceError, match="ExpiredToken"):
        read("aws_stale")
    assert aws.count("calls", "GetMetricData") - before == 2


def test_a_process_has_one_client_of_a_connection_service_and_region(aws):
    aws.connect("aws_once")
    first, again, elsewhere = (
        AirflowCloud().client("aws_once", "cloudwatch", region)
        for region in (REGION, REGION, "us-east-1")
    )
    assert first is again
    assert first is not elsewhere
