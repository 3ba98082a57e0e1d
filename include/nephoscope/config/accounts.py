"""The accounts that are read: a connection each, their regions, and what AWS lets them ask."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from nephoscope.config.values import Entry, Linked, Regions, Text

_Rate = Annotated[int, Field(ge=1, strict=True)]


class Quotas(Entry):
    """What AWS lets an account ask a second in each region; a plan stays below it."""

    calls: Annotated[_Rate, Field(examples=[500])] = 50
    """GetMetricData calls a second. The only one of these that AWS raises on request."""
    points: Annotated[_Rate, Field(examples=[180_000])] = 180_000
    """Points a second of windows that begin in the last 3 hours. AWS does not raise it."""
    points_older: Annotated[_Rate, Field(examples=[396_000])] = 396_000
    """Points a second of older windows. AWS does not raise it."""
    list: Annotated[_Rate, Field(examples=[25])] = 25
    """ListMetrics calls a second. AWS does not raise it."""
    logs: Annotated[_Rate, Field(examples=[25])] = 5
    """FilterLogEvents calls a second: 5 to 25 by region. AWS does not raise it."""


class Account(Entry):
    """One Airflow AWS connection and what is read through it."""

    connection: Annotated[Text, Field(examples=["aws_default"])]
    """The id of an Airflow connection of type `aws`; role and external id stand in it."""
    regions: Annotated[Regions, Field(examples=[["eu-west-1", "us-east-1"], "all"])]
    """The regions to read, or `all` that are enabled in the account."""
    linked: Annotated[Linked, Field(examples=[["210987654321"], "all"])] = ()
    """Source accounts whose metrics are read through this one, a monitoring account of CloudWatch
    cross-account observability: `all`, or ids in quotes."""
    quotas: Quotas = Quotas()
    """What AWS lets the account ask a second in each region; a plan stays below it."""
