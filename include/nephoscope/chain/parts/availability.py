"""Availability: status checks that are stored, and the states that the inventory saw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from nephoscope.availability import History, slots
from nephoscope.chain.history import histories, replacements
from nephoscope.config.catalogue import catalogue
from nephoscope.instances import NAMESPACE, names_one
from nephoscope.model import Resource, Window, dimensions_from_key
from nephoscope.plan.fleet import BETWEEN_LOOKS
from nephoscope.report import availability
from nephoscope.report.availability_groups import instances
from nephoscope.report.availability_services import functions, services, target_groups
from nephoscope.report.part import Part
from nephoscope.store.inventory import versions
from nephoscope.store.read.checks import status_checks
from nephoscope.store.read.queries import series

LOAD_BALANCERS = {"ALB": "AWS/ApplicationELB", "NLB": "AWS/NetworkELB"}


def part(client: Any, window: Window, asked_at: datetime) -> Part | None:
    """Draw the part; `chain.parts` says what it takes."""
    checks = status_checks(client, window)
    seen = versions(client, window.start - BETWEEN_LOOKS)
    known = histories(one for one in seen if one.valid_from <= asked_at)
    known += _unseen(checks, known)
    found = slots(known, checks, window, asked_at - catalogue()[NAMESPACE].settle)
    fleet = instances(known, found, replacements(known))
    return availability.part(fleet, found, _services(client, window))


def _services(client: Any, window: Window) -> pd.DataFrame:
    """Return the health of target groups and functions, as far as it is collected."""

    def stored(namespace: str, metric: str, statistic: str) -> pd.DataFrame:
        table = series(
            client, namespace=namespace, metric=metric, statistics=(statistic,), window=window
        )
        points: pd.DataFrame = table.to_pandas()
        return points.rename(columns={statistic: "value"})

    groups = (
        target_groups(
            name,
            stored(namespace, "HealthyHostCount", "Minimum"),
            stored(namespace, "UnHealthyHostCount", "Maximum"),
        )
        for name, namespace in LOAD_BALANCERS.items()
    )
    sums = (stored("AWS/Lambda", one, "Sum") for one in ("Invocations", "Errors", "Throttles"))
    return services([*groups, functions(*sums)])


def _unseen(checks: pd.DataFrame, known: list[History]) -> list[History]:
    """Return a history of each instance that has checks and that discovery never saw."""
    whose = checks[["account", "region", "dimensions"]].drop_duplicates()
    stored = (
        Resource(account, region, NAMESPACE, dimensions_from_key(key))
        for account, region, key in whose.itertuples(index=False, name=None)
    )
    seen = {one.resource for one in known}
    return [History(one) for one in stored if names_one(one.dimensions) and one not in seen]
