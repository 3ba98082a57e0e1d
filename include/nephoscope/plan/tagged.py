"""GetResources of the tagging API: the tags of what is no EC2 instance."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nephoscope.config.catalogue import KnownNamespace
from nephoscope.model import Dimensions

if TYPE_CHECKING:
    from mypy_boto3_resourcegroupstaggingapi import ResourceGroupsTaggingAPIClient

Tags = dict[str, str]


def tags_of_resources(
    tagging: ResourceGroupsTaggingAPIClient, known: KnownNamespace
) -> Callable[[Dimensions], Tags]:
    """Ask for the tagged resources of a namespace whose ARNs the catalogue can read.

    AWS returns what has, or once had, a tag: a resource that it does not return has none.

    Returns:
        The tags of the resource that dimensions name. A part of it, such as a target group of a
        load balancer, has those of the whole.
    """
    assert known.arn is not None
    assert known.resource_type is not None
    tags: dict[Dimensions, Tags] = {}
    pages = tagging.get_paginator("get_resources")
    for page in pages.paginate(
        ResourceTypeFilters=[known.resource_type], PaginationConfig={"PageSize": 100}
    ):
        for resource in page["ResourceTagMappingList"]:
            if named := known.dimensions_of(resource["ResourceARN"]):
                tags[named] = {tag["Key"]: tag["Value"] for tag in resource["Tags"]}
    names = known.arn.groupindex

    def of(dimensions: Dimensions) -> Tags:
        return tags.get(tuple(pair for pair in dimensions if pair[0] in names), {})

    return of
