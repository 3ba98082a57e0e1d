"""How EC2 shows an instance: its state, its tags, and what DescribeInstances writes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from nephoscope.demo.aws.fleet_facts import Instance


def state(instance: Instance, now: float) -> str:
    """Return an instance's state at a time, in seconds since 1970."""
    return "running" if instance.stopped is None or instance.stopped > now else "stopped"


def tags(instance: Instance) -> dict[str, str]:
    """Return an instance's tags."""
    return {
        "Name": instance.name,
        "env": instance.env,
        "app": instance.app,
        "aws:autoscaling:groupName": instance.group,
    }


def reservation(one: Instance, owner: str, now: float) -> str:
    """Write the reservation of an instance alone, as its owner sees it at a time."""
    launched = datetime.fromtimestamp(one.launched, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    status = state(one, now)
    code = {"running": 16, "stopped": 80}[status]
    monitoring = "enabled" if one.detailed else "disabled"
    address = f"10.{one.index >> 16 & 255}.{one.index >> 8 & 255}.{one.index & 255}"
    return f"""<item><reservationId>r-{one.id[2:]}</reservationId><ownerId>{owner}</ownerId>
<instancesSet><item><instanceId>{one.id}</instanceId>
<imageId>ami-0{one.draw(16):016x}</imageId>
<instanceState><code>{code}</code><name>{status}</name></instanceState>
<privateDnsName>ip-{address.replace(".", "-")}.{one.region}.compute.internal</privateDnsName>
<privateIpAddress>{address}</privateIpAddress>{_reason(one, now)}
<amiLaunchIndex>0</amiLaunchIndex><instanceType>{one.type}</instanceType>
<launchTime>{launched}</launchTime><architecture>x86_64</architecture>
<placement><availabilityZone>{one.zone}</availabilityZone><tenancy>default</tenancy></placement>
<monitoring><state>{monitoring}</state></monitoring><tagSet>{_tag_set(one)}</tagSet>
</item></instancesSet></item>"""


def _tag_set(one: Instance) -> str:
    return "".join(
        f"<item><key>{escape(key)}</key><value>{escape(value)}</value></item>"
        for key, value in tags(one).items()
    )


def _reason(one: Instance, now: float) -> str:
    if one.stopped is None or one.stopped > now:
        return "<reason/>"
    moment = datetime.fromtimestamp(one.stopped, UTC).strftime("%Y-%m-%d %H:%M:%S GMT")
    code = "Client.UserInitiatedShutdown"
    return (
        f"<reason>User initiated ({moment})</reason><stateReason><code>{code}</code>"
        f"<message>{code}: User initiated shutdown</message></stateReason>"
    )
