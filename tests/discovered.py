"""Discoveries for tests: instances and other resources that a place may have."""

from datetime import UTC, datetime

from nephoscope.config.accounts import Account
from nephoscope.instances import Instance
from nephoscope.model import Resource, Seen
from nephoscope.plan.discovery import Discovery, Place

OWNER = "123456789012"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
PLACE = Place(Account(connection="aws_default", regions=["eu-west-1"]), "eu-west-1")
LAUNCHED = datetime(2025, 1, 1, tzinfo=UTC)


def instance(number, metrics=("CPUUtilization", "NetworkIn"), account=OWNER, **other):
    """Return an instance as discovery saw it; by default it runs since long ago."""
    facts = {"state": "running", "launched_at": LAUNCHED, **other}
    one = Instance(
        account=account,
        region="eu-west-1",
        instance_id=f"i-{number:017x}",
        name=f"web-{number}",
        type="m5.large",
        zone="eu-west-1a",
        **facts,
    )
    return Seen(one.resource, tuple(sorted(metrics)), one.attributes)


def queue(name, metrics=("ApproximateNumberOfMessagesVisible",), tags=None):
    """Return a queue."""
    resource = Resource(OWNER, "eu-west-1", "AWS/SQS", (("QueueName", name),))
    return Seen(resource, metrics, {} if tags is None else {"tags": tags})


def discovery(*seen):
    """Return a discovery of the place."""
    return Discovery(PLACE, OWNER, "asked", NOW, seen)
