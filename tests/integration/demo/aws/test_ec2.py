"""DescribeInstances of the stand-in AWS, asked by boto3."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from past_fleet import FLEET, NAME, code

DESCRIBED = [one for one in FLEET if one.ended is None]
"""The others are gone for days."""


def test_describe_instances_pages_over_the_region(client) -> None:
    pages = client("ec2").get_paginator("describe_instances")
    found = [
        one
        for page in pages.paginate(PaginationConfig={"PageSize": 7})
        for reservation in page["Reservations"]
        for one in reservation["Instances"]
    ]
    wanted = [one for one in DESCRIBED if one.region == "eu-west-1"]
    assert [one["InstanceId"] for one in found] == [one.id for one in wanted]
    for one, fact in zip(found, wanted, strict=True):
        assert one["LaunchTime"].timestamp() == (fact.started or fact.launched)
        assert one["InstanceType"] == fact.type
        assert one["Placement"]["AvailabilityZone"] == fact.zone
        assert one["Monitoring"]["State"] == ("enabled" if fact.detailed else "disabled")


def test_a_stopped_instance_says_since_when(client) -> None:
    stopped = FLEET[6]
    answer = client("ec2").describe_instances(InstanceIds=[stopped.id])
    (one,) = answer["Reservations"][0]["Instances"]
    moment = datetime.fromtimestamp(stopped.stopped, UTC)
    assert one["State"]["Name"] == "stopped"
    assert one["StateTransitionReason"] == f"User initiated ({moment:%Y-%m-%d %H:%M:%S} GMT)"


def test_a_planted_name_comes_through_unharmed(client) -> None:
    answer = client("ec2").describe_instances(InstanceIds=[FLEET[4].id])
    tags = {t["Key"]: t["Value"] for t in answer["Reservations"][0]["Instances"][0]["Tags"]}
    assert tags["Name"] == NAME


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"instance-id": [FLEET[0].id, FLEET[1].id]}, lambda one: one is FLEET[0]),
        ({"instance-state-name": ["stopped"]}, lambda one: one.role == "stopped"),
        ({"tag:env": ["prod"]}, lambda one: one.env == "prod"),
        ({"tag:Name": ["web-*"]}, lambda one: one.app == "web"),
        ({"tag-key": ["missing"]}, lambda _: False),
        (
            {"tag:env": ["prod"], "instance-type": ["t3.*"]},
            lambda one: one.env == "prod" and one.type.startswith("t3."),
        ),
    ],
    ids=["id", "state", "tag", "name with a star", "tag key", "two filters"],
)
def test_describe_instances_filters(client, filters, wanted) -> None:
    answer = client("ec2").describe_instances(
        Filters=[{"Name": name, "Values": values} for name, values in filters.items()]
    )
    found = {one["InstanceId"] for r in answer["Reservations"] for one in r["Instances"]}
    assert found == {one.id for one in DESCRIBED if one.region == "eu-west-1" and wanted(one)}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"InstanceIds": ["i-0123456789abcdef0"]}, "InvalidInstanceID.NotFound"),
        ({"InstanceIds": [FLEET[1].id]}, "InvalidInstanceID.NotFound"),
        ({"InstanceIds": ["i-1"]}, "InvalidInstanceID.Malformed"),
        ({"MaxResults": 4}, "InvalidParameterValue"),
        ({"MaxResults": 5, "InstanceIds": [FLEET[0].id]}, "InvalidParameterCombination"),
        ({"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
        ({"NextToken": "nonsense!"}, "InvalidNextToken"),
    ],
    ids=["unknown id", "id of another region", "no id", "page of 4", "both", "filter", "token"],
)
def test_describe_instances_refuses(client, request_, expected) -> None:
    with pytest.raises(ClientError) as caught:
        client("ec2").describe_instances(**request_)
    assert code(caught) == expected


def test_regions_and_zones_are_the_fleets(client) -> None:
    ec2 = client("ec2")
    regions = [one["RegionName"] for one in ec2.describe_regions()["Regions"]]
    zones = [one["ZoneName"] for one in ec2.describe_availability_zones()["AvailabilityZones"]]
    assert regions == ["eu-west-1", "us-east-1"]
    assert zones == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]
