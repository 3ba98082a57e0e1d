"""The tagging service of our own: GetResources of a fleet and of what runs beside it.

As at AWS, a resource that has no tag is not returned. The members that the stand-in does not know
(ResourceARNList, TagsPerPage, compliance) it refuses, and says so.
"""

from __future__ import annotations

import base64
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson

from nephoscope.demo.aws.ec2_described import tags
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.service_facts import resources
from nephoscope.demo.aws.service_table import SERVICES
from nephoscope.demo.aws.wire import Call, Refusal, Reply

AMZ_JSON = "application/x-amz-json-1.1"
PAGE = 50
LONGEST_PAGE = 100

_MEMBERS = {"ResourceTypeFilters", "TagFilters", "ResourcesPerPage", "PaginationToken"}


@dataclass(frozen=True, slots=True)
class Tagged:
    """A resource with its tags.

    Attributes:
        owner: the id of the instance that it is or goes with, "" if none.
    """

    arn: str
    tags: Mapping[str, str]
    owner: str

    def fits(self, request: Mapping[str, Any]) -> bool:
        """Tell whether it is of a type that is asked for, and has all the tags."""
        types = request.get("ResourceTypeFilters") or []
        return (not types or any(self._is(one) for one in types)) and all(
            self._has(one.get("Key"), one.get("Values")) for one in request.get("TagFilters") or []
        )

    def _is(self, wanted: str) -> bool:
        """Tell whether it is of a type, which is written as service or service:type."""
        _, _, service, _, _, rest = self.arn.split(":", 5)
        of, _, kind = wanted.partition(":")
        return service == of and (not kind or rest.startswith((f"{kind}:", f"{kind}/")))

    def _has(self, key: str, values: list[str] | None) -> bool:
        return key in self.tags and (not values or self.tags[key] in values)


class Tagging:
    """Answers the calls that it knows, from a fleet.

    Args:
        fleet: whose resources they are.
        removed: ids of instances that are gone; so are their volumes.
    """

    def __init__(self, fleet: Fleet, removed: Container[str]) -> None:
        self._fleet = fleet
        self._removed = removed
        self._region = cache(lambda region: list(self._tagged(region)))

    def knows(self, operation: str) -> bool:
        """Tell whether it answers the operation."""
        return operation == "GetResources"

    def answer(self, call: Call) -> Reply:
        """Answer a call in AWS JSON 1.1, or raise `Refusal`."""
        request = orjson.loads(call.body or b"{}")
        if unknown := sorted(set(request) - _MEMBERS):
            raise _invalid(f"The stand-in does not know {', '.join(unknown)}.")
        place, size = _begin(request), _size(request)
        found, rest = self._page(self._region(call.region), place, size, request)
        return Reply(
            orjson.dumps({"PaginationToken": _token(rest), "ResourceTagMappingList": found}),
            AMZ_JSON,
        )

    def _page(
        self, resources: list[Tagged], place: int, size: int, request: Mapping[str, Any]
    ) -> tuple[list[dict[str, Any]], int]:
        """Return what stands on a page, and where the next one begins, 0 if there is none."""
        found: list[dict[str, Any]] = []
        for number, one in enumerate(resources[place:], place):
            if one.owner not in self._removed and one.fits(request):
                if len(found) == size:
                    return found, number
                found.append(_written(one))
        return found, 0

    def _tagged(self, region: str) -> Iterator[Tagged]:
        """Return a region's resources that have tags."""
        fleet = self._fleet
        for one in fleet.region(region):
            arn = f"arn:aws:ec2:{region}:{fleet.account}:instance/{one.id}"
            yield Tagged(arn, tags(one), one.id)
        for number, service in enumerate(SERVICES, 1):
            for resource in resources(fleet, service, number) if service.arn else ():
                if resource.region == region and resource.tags:
                    yield Tagged(resource.arn, resource.tags, resource.owner)


def _written(one: Tagged) -> dict[str, Any]:
    pairs = [{"Key": key, "Value": value} for key, value in one.tags.items()]
    return {"ResourceARN": one.arn, "Tags": pairs}


def _size(request: Mapping[str, Any]) -> int:
    size: int = request.get("ResourcesPerPage", PAGE)
    if not 1 <= size <= LONGEST_PAGE:
        raise _invalid(f"ResourcesPerPage must be between 1 and {LONGEST_PAGE}.")
    return size


def _token(place: int) -> str:
    """Return what asks for the next page, "" if there is none."""
    return base64.b64encode(str(place).encode()).decode() if place else ""


def _begin(request: Mapping[str, Any]) -> int:
    try:
        return int(base64.b64decode(request.get("PaginationToken") or "MA=="))
    except ValueError as error:
        raise _invalid("The PaginationToken is not valid.") from error


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)
