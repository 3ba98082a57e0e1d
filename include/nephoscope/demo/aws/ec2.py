"""EC2 of our own: DescribeInstances, DescribeRegions and DescribeAvailabilityZones of the fleet.

One reservation holds one instance, so that MaxResults counts instances in every sense. What is
launched later than the clock is not there, and what is stopped later is running; LaunchTime is the
last start. What was terminated is described for an hour.
"""

from __future__ import annotations

import base64
import fnmatch
import re
from collections.abc import Callable, Container, Iterable, Mapping

from nephoscope.demo.aws.ec2_described import reservation, state, tags, there
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_facts import REGIONS, Instance
from nephoscope.demo.aws.wire import XML, Call, Refusal, Reply

PAGE = 1000
SMALLEST_PAGE = 5
OPT_IN = dict.fromkeys(REGIONS, "opt-in-not-required") | {"me-south-1": "not-opted-in"}

_ID = re.compile(r"i-([0-9a-f]{8}|[0-9a-f]{17})")


_FIELDS: dict[str, Callable[[Instance, float], str]] = {
    "instance-id": lambda one, _: one.id,
    "instance-state-name": state,
    "instance-type": lambda one, _: one.type,
    "availability-zone": lambda one, _: one.zone,
}


class Ec2:
    """Answers the calls that it knows, from a fleet, in EC2's query protocol.

    Args:
        fleet: whose instances they are.
        clock: returns seconds since 1970.
        removed: the ids of instances that are gone.
    """

    def __init__(
        self, fleet: Fleet, clock: Callable[[], float], removed: Container[str] = frozenset()
    ) -> None:
        self._fleet = fleet
        self._clock = clock
        self._removed = removed
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
        now = self._clock()
        found = [one for one in self._named(call, now) if _matches(one, call.form, now)]
        begin, size = _page(call.form)
        page = found[begin : begin + size]
        items = "".join(reservation(one, self._fleet.account, now) for one in page)
        rest = base64.b64encode(str(begin + size).encode()).decode()
        token = f"<nextToken>{rest}</nextToken>" if begin + size < len(found) else ""
        return f"<reservationSet>{items}</reservationSet>{token}"

    def _named(self, call: Call, now: float) -> Iterable[Instance]:
        """Return the instances that a call names by id, all of the region if it names none."""
        ids = [value for name, value in call.form.items() if name.startswith("InstanceId.")]
        known = [
            one
            for one in self._fleet.region(call.region)
            if there(one, now) and one.id not in self._removed
        ]
        if not ids:
            return known
        for one in ids:
            if not _ID.fullmatch(one):
                raise Refusal("InvalidInstanceID.Malformed", f'Invalid id: "{one}"')
        by_id = {one.id: one for one in known}
        if missing := set(ids) - set(by_id):
            named = ", ".join(sorted(missing))
            message = f"The instance IDs '{named}' do not exist"
            raise Refusal("InvalidInstanceID.NotFound", message)
        return [by_id[one] for one in ids]

    def _regions(self, call: Call) -> str:
        wanted = [value for name, value in call.form.items() if name.startswith("RegionName.")]
        shown = OPT_IN if call.form.get("AllRegions") == "true" else REGIONS
        items = (
            f"<item><regionName>{name}</regionName>"
            f"<regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint>"
            f"<optInStatus>{OPT_IN[name]}</optInStatus></item>"
            for name in shown
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


def _matches(instance: Instance, form: Mapping[str, str], now: float) -> bool:
    """Tell whether an instance fits all the filters of a call."""
    names = (name for name in form if re.fullmatch(r"Filter\.\d+\.Name", name))
    return all(_fits(instance, now, form[name], _values(form, name)) for name in names)


def _values(form: Mapping[str, str], name: str) -> list[str]:
    prefix = name.removesuffix("Name") + "Value."
    return [value for key, value in form.items() if key.startswith(prefix)]


def _fits(instance: Instance, now: float, name: str, patterns: list[str]) -> bool:
    """Tell whether an instance fits one filter, whose values may have * and ?."""
    if name.startswith("tag:"):
        found = [value for key, value in tags(instance).items() if key == name[4:]]
    elif name == "tag-key":
        found = list(tags(instance))
    elif name in _FIELDS:
        found = [_FIELDS[name](instance, now)]
    else:
        raise Refusal("InvalidParameterValue", f"The filter '{name}' is invalid")
    return any(fnmatch.fnmatchcase(value, pattern) for value in found for pattern in patterns)
