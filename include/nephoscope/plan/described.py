"""DescribeInstances: what EC2 says of a region's instances."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nephoscope.instances import Instance

if TYPE_CHECKING:
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef

_STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) GMT\)")


def described_instances(ec2: EC2Client, account: str, region: str) -> list[Instance]:
    """Describe the region's instances as they are now, stopped ones too."""
    return [
        _instance(answer, account, region)
        for page in ec2.get_paginator("describe_instances").paginate()
        for reservation in page["Reservations"]
        for answer in reservation["Instances"]
    ]


def _instance(answer: InstanceTypeDef, account: str, region: str) -> Instance:
    tags = {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}
    return Instance(
        account=account,
        region=region,
        instance_id=answer["InstanceId"],
        name=tags.get("Name", ""),
        type=answer.get("InstanceType", ""),
        zone=answer.get("Placement", {}).get("AvailabilityZone", ""),
        state=answer["State"]["Name"],
        launched_at=answer["LaunchTime"].astimezone(UTC),
        stopped_at=_stopped_at(answer.get("StateTransitionReason", "")),
        detailed=answer.get("Monitoring", {}).get("State") == "enabled",
        tags=tags,
    )


def _stopped_at(reason: str) -> datetime | None:
    found = _STOPPED_AT.search(reason)
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None
