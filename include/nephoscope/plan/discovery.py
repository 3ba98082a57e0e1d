"""What there is to collect: the metrics that CloudWatch lists and the instances that EC2 has."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection as Names
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nephoscope.model import Dimensions, Instance

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ec2.type_defs import InstanceTypeDef

_STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) GMT\)")


def listed_metrics(
    cloudwatch: CloudWatchClient, namespace: str, dimensions: Names[str], metrics: Names[str]
) -> dict[Dimensions, set[str]]:
    """List the resources of exactly this dimension set, and which of the metrics each has.

    ListMetrics knows what had data in the last two weeks.
    """
    found: dict[Dimensions, set[str]] = defaultdict(set)
    pages = cloudwatch.get_paginator("list_metrics")
    for metric in metrics:
        for page in pages.paginate(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=[{"Name": name} for name in dimensions],
        ):
            for listed in page["Metrics"]:
                named = tuple(sorted((d["Name"], d["Value"]) for d in listed["Dimensions"]))
                if {name for name, _ in named} == set(dimensions):
                    found[named].add(metric)
    return found


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
