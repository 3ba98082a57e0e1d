"""EC2 of our own: DescribeInstances, DescribeRegions and DescribeAvailabilityZones of the fleet.

One reservation holds one instance, so that MaxResults counts instances in every sense.
"""

from __future__ import annotations

import base64
import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import ACCOUNT, REGIONS, Instance
from nephoscope.demo.aws.wire import XML, Call, Refusal, Reply

PAGE = 1000
SMALLEST_PAGE = 5

_ID = re.compile(r"i-([0-9a-f]{8}|[0-9a-f]{17})")


def state(instance: Instance) -> str:
    """Return an instance's state; what will be stopped counts as stopped."""
    return "running" if instance.stopped is None else "stopped"


_FIELDS: dict[str, Callable[[Instance], str]] = {
    "instance-id": lambda one: one.id,
    "instance-state-name": state,
    "instance-type": lambda one: one.type,
    "availability-zone": lambda one: one.zone,
}


def tags(instance: Instance) -> dict[str, str]:
    """Return an instance's tags."""
    return {
        "Name": instance.name,
        "env": instance.env,
        "app": instance.app,
        "aws:autoscaling:groupName": instance.group,
    }


class Ec2:
    """Answers the calls that it knows, from a fleet, in EC2's query protocol."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._operations = {
            "DescribeInstances": self._instances,
            "DescribeRegions": self._regions,
            "DescribeAvailabilityZones": self._zones,
        }

    def knows(self, operation: str) -> bool:
        """Tell whether it answers the operation."""
        return operation in self._operations

    def answer(self, call: Call) -> Reply:
        """Answer a call, or raise `Refusal`."""
        name = f"{call.operation}Response"
        inner = self._operations[call.operation](call)
        space = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"'
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        return Reply(f"{head}<{name} {space}>{inner}</{name}>".encode(), XML)

    def _instances(self, call: Call) -> str:
        found = [one for one in self._named(call) if _matches(one, call.form)]
        begin, size = _page(call.form)
        items = "".join(_reservation(one) for one in found[begin : begin + size])
        rest = base64.b64encode(str(begin + size).encode()).decode()
        token = f"<nextToken>{rest}</nextToken>" if begin + size < len(found) else ""
        return f"<reservationSet>{items}</reservationSet>{token}"

    def _named(self, call: Call) -> Iterable[Instance]:
        """Return the instances that a call names by id, all of the region if it names none."""
        ids = [value for name, value in call.form.items() if name.startswith("InstanceId.")]
        if not ids:
            return self._fleet.region(call.region)
        for one in ids:
            if not _ID.fullmatch(one):
                raise Refusal("InvalidInstanceID.Malformed", f'Invalid id: "{one}"')
        found = [self._fleet.by_id.get(one) for one in ids]
        here = [one for one in found if one is not None and one.region == call.region]
        if missing := set(ids) - {one.id for one in here}:
            named = ", ".join(sorted(missing))
            message = f"The instance IDs '{named}' do not exist"
            raise Refusal("InvalidInstanceID.NotFound", message)
        return here

    def _regions(self, call: Call) -> str:
        wanted = [value for name, value in call.form.items() if name.startswith("RegionName.")]
        items = (
            f"<item><regionName>{name}</regionName>"
            f"<regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint>"
            "<optInStatus>opt-in-not-required</optInStatus></item>"
            for name in REGIONS
            if not wanted or name in wanted
        )
        return f"<regionInfo>{''.join(items)}</regionInfo>"

    def _zones(self, call: Call) -> str:
        items = (
            f"<item><zoneName>{call.region}{letter}</zoneName><zoneState>available</zoneState>"
            f"<regionName>{call.region}</regionName></item>"
            for letter in "abc"
        )
        return f"<availabilityZoneInfo>{''.join(items)}</availabilityZoneInfo>"


def _page(form: Mapping[str, str]) -> tuple[int, int]:
    """Return where a page begins and how long it is."""
    size = int(form.get("MaxResults", PAGE))
    if not SMALLEST_PAGE <= size <= PAGE:
        message = f"Value ( {size} ) for parameter maxResults is invalid."
        raise Refusal("InvalidParameterValue", message)
    if "MaxResults" in form and any(name.startswith("InstanceId.") for name in form):
        message = "The parameter instancesSet cannot be used with the parameter maxResults"
        raise Refusal("InvalidParameterCombination", message)
    try:
        return int(base64.b64decode(form.get("NextToken", "MA=="))), size
    except ValueError as error:
        raise Refusal("InvalidNextToken", "The token is invalid.") from error


def _matches(instance: Instance, form: Mapping[str, str]) -> bool:
    """Tell whether an instance fits all the filters of a call."""
    names = (name for name in form if re.fullmatch(r"Filter\.\d+\.Name", name))
    return all(_fits(instance, form[name], _values(form, name)) for name in names)


def _values(form: Mapping[str, str], name: str) -> list[str]:
    prefix = name.removesuffix("Name") + "Value."
    return [value for key, value in form.items() if key.startswith(prefix)]


def _fits(instance: Instance, name: str, patterns: list[str]) -> bool:
    """Tell whether an instance fits one filter, whose values may have * and ?."""
    if name.startswith("tag:"):
        found = [value for key, value in tags(instance).items() if key == name[4:]]
    elif name == "tag-key":
        found = list(tags(instance))
    elif name in _FIELDS:
        found = [_FIELDS[name](instance)]
    else:
        raise Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")
    return any(fnmatch.fnmatchcase(value, pattern) for value in found for pattern in patterns)


def _reservation(one: Instance) -> str:
    launched = datetime.fromtimestamp(one.launched, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    code = 16 if one.stopped is None else 80
    monitoring = "enabled" if one.detailed else "disabled"
    address = f"10.{one.index >> 16 & 255}.{one.index >> 8 & 255}.{one.index & 255}"
    return f"""<item><reservationId>r-{one.id[2:]}</reservationId><ownerId>{ACCOUNT}</ownerId>
<instancesSet><item><instanceId>{one.id}</instanceId>
<imageId>ami-0{one.draw(16):016x}</imageId>
<instanceState><code>{code}</code><name>{state(one)}</name></instanceState>
<privateDnsName>ip-{address.replace(".", "-")}.{one.region}.compute.internal</privateDnsName>
<privateIpAddress>{address}</privateIpAddress>{_reason(one)}
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


def _reason(one: Instance) -> str:
    if one.stopped is None:
        return "<reason/>"
    moment = datetime.fromtimestamp(one.stopped, UTC).strftime("%Y-%m-%d %H:%M:%S GMT")
    code = "Client.UserInitiatedShutdown"
    return (
        f"<reason>User initiated ({moment})</reason><stateReason><code>{code}</code>"
        f"<message>{code}: User initiated shutdown</message></stateReason>"
    )
