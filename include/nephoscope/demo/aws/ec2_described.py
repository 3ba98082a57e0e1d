"""How EC2 shows an instance: its state, its tags, and what DescribeInstances writes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from nephoscope.demo.aws.fleet_facts import Instance

SHOWN = 3600
"""How many seconds EC2 still describes an instance that is terminated; about an hour."""

_CODES = {"running": 16, "terminated": 48, "stopped": 80}


def state(instance: Instance, now: float) -> str:
    """Return an instance's state at a time, in seconds since 1970."""
    if instance.ended is not None and instance.ended <= now:
        return "terminated"
    rests = instance.stopped is not None and instance.stopped <= now
    wakes = instance.started is not None and instance.started <= now
    return "stopped" if rests and not wakes else "running"


def there(instance: Instance, now: float) -> bool:
    """Tell whether EC2 describes an instance: it is launched, and not long terminated."""
    return instance.launched <= now < (instance.ended or now) + SHOWN


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
    status = state(one, now)
    start = one.launched if one.started is None or one.started > now else one.started
    launched = datetime.fromtimestamp(start, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    monitoring = "enabled" if one.detailed else "disabled"
    address = f"10.{one.index >> 16 & 255}.{one.index >> 8 & 255}.{one.index & 255}"
    return f"""<item><reservationId>r-{one.id[2:]}</reservationId><ownerId>{owner}</ownerId>
<instancesSet><item><instanceId>{one.id}</instanceId>
<imageId>ami-0{one.draw(16):016x}</imageId>
<instanceState><code>{_CODES[status]}</code><name>{status}</name></instanceState>
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
    since = {"stopped": one.stopped, "terminated": one.ended}.get(state(one, now))
    if since is None:
        return "<reason/>"
    moment = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%d %H:%M:%S GMT")
    code = "Client.UserInitiatedShutdown"
    return (
        f"<reason>User initiated ({moment})</reason><stateReason><code>{code}</code>"
        f"<message>{code}: User initiated shutdown</message></stateReason>"
    )
