"""The fleet report of a run's days, drawn from what is stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from nephoscope.archive import runs
from nephoscope.archive.spending import kept_spending
from nephoscope.instances import NAMESPACE, described, names_one
from nephoscope.model import Window, dimensions_from_key
from nephoscope.place import Place
from nephoscope.plan.planning import Plan
from nephoscope.plan.windows import DAY_SETTLES
from nephoscope.report.frames import fleet
from nephoscope.report.page import Facts
from nephoscope.report.write import FIGURES, update_latest, write_day
from nephoscope.spending import Spending
from nephoscope.store.inventory import inventory
from nephoscope.store.read import queries
from nephoscope.store.read.totals import totals

_COLUMNS = {"Average": "avg", "Maximum": "max"}


def report(
    archive: Place, run: str, client: Any, root: Place, asked_at: datetime, *, final: bool
) -> list[str]:
    """Draw the days of a run, and return the pages.

    Args:
        archive: its root.
        run: the run's folder.
        client: the official client.
        root: where the reports are.
        asked_at: now, in UTC.
        final: whether the days have settled. Else a day that has is left to the daily run, and
            the fleet alone is drawn.
    """
    plan, spending = runs.read_plan(archive, run), kept_spending(archive, run)
    queries.refresh(client)
    pages = []
    for day, settled in _days(plan).items():
        if not final and day.end + DAY_SETTLES <= asked_at:
            continue
        drawn = fleet(_points(client, day), _instances(client, asked_at), day, settled)
        facts = _facts(client, day, asked_at, spending)
        pages.append(write_day(root, drawn, facts, FIGURES if final else 0).page)
    if pages:
        update_latest(root)
    return sorted(pages)


def _days(plan: Plan) -> dict[Window, datetime]:
    """Return the days that the run collected of EC2, and until when it did."""
    days: dict[Window, datetime] = {}
    for shard in plan.shards:
        if shard.namespace == NAMESPACE:
            day = Window.day(shard.window.start)
            days[day] = max(shard.window.end, days.get(day, shard.window.end))
    return days


def _points(client: Any, day: Window) -> pd.DataFrame:
    table = queries.series(
        client, namespace=NAMESPACE, metric="CPUUtilization", statistics=tuple(_COLUMNS), window=day
    )
    points: pd.DataFrame = table.to_pandas()
    single = [key for key in points["dimensions"].unique() if names_one(dimensions_from_key(key))]
    points = points[points["dimensions"].isin(single)]
    return points.rename(columns=_COLUMNS)


def _instances(client: Any, at: datetime) -> pd.DataFrame:
    """Return the instances of the inventory, as `report.frames.fleet` takes them."""
    versions = (described(one.resource, one.attributes) for one in inventory(client, at))
    found = [one for one in versions if one is not None]
    return pd.DataFrame(
        {
            "account": [one.account for one in found],
            "region": [one.region for one in found],
            "dimensions": [one.resource.key for one in found],
            "instance_id": [one.instance_id for one in found],
            "name": [one.name for one in found],
            "type": [one.type for one in found],
            "zone": [one.zone for one in found],
            "state": [one.state for one in found],
            "launch_time": [one.launched_at for one in found],
            "stopped_at": [one.stopped_at for one in found],
        }
    )


def _facts(client: Any, day: Window, asked_at: datetime, spending: Spending | None) -> Facts:
    stored = totals(client, namespace=NAMESPACE, window=day)
    return Facts(
        asked_at=asked_at,
        newest=stored.newest,
        ingested=stored.ingested,
        documents=stored.documents,
        spending=spending,
    )
