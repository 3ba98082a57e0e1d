"""Buckets whose objects are listed, so that their sums are exact."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nephoscope.config.values import Entry, Text

MEASURED = "AWS/S3"
"""Where CloudWatch has the sizes of buckets."""

LISTED = "Nephoscope/S3"
"""The namespace, our own, of the sums of listed buckets; it is kept as long as `MEASURED`."""


class Bucket(Entry):
    """Buckets of one account, which `collect_storage` lists object by object once a day."""

    connection: Annotated[Text, Field(examples=["aws_default"])]
    """The id of an Airflow connection of type `aws` of the account that they are in."""
    name: Annotated[Text, Field(examples=["shop-orders", "shop-*"])]
    """A bucket's name, or a pattern (`*`, `?`) of names. A pattern needs `s3:ListAllMyBuckets`."""
    depth: Annotated[int, Field(ge=1, le=4, strict=True, examples=[2])] = 1
    """Levels of prefixes, parted by `/`, each of which is listed by itself, several at a time. Sums
    are told of the first level."""
