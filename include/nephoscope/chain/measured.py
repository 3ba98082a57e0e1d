"""What a report reads of the fleet's CPU, now and a week before.

A day is read point by point. Of more, Elasticsearch makes bins, so that a quarter is read in the
time of a day; then a value is the mean of a bin's averages, and its highest is kept beside it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import pandas as pd

from nephoscope.chain.beside import CPU, read
from nephoscope.instances import described, names_one
from nephoscope.model import Window, dimensions_from_key
from nephoscope.plan.windows import DAY_SETTLES
from nephoscope.report.bands import step_for
from nephoscope.report.fleet import Fleet
from nephoscope.report.frames import fleet
from nephoscope.report.heat import step_of
from nephoscope.store.inventory import inventory
from nephoscope.store.read.totals import Totals

_COLUMNS: Final = {"Average": "avg", "Maximum": "max"}


def measured(client: Any, window: Window, asked_at: datetime, stored: Totals) -> Fleet:
    """Read the CPU of all instances that were there in a window of whole UTC days."""
    step = None if window.end - window.start <= timedelta(days=1) else step_of(window)
    points = _single(read(client, CPU, tuple(_COLUMNS), window, step))
    known = _instances(client, asked_at)
    settled = _settled(window, asked_at, stored)
    return fleet(points.rename(columns=_COLUMNS), known, window, settled, step)


def _settled(window: Window, asked_at: datetime, stored: Totals) -> datetime:
    """Return until when points are expected: to the newest, and where a day has settled to its end.

    Live runs collect all instances up to the same moment.
    """
    settled = asked_at - DAY_SETTLES
    if stored.newest is not None:
        settled = max(settled, stored.newest + timedelta(minutes=5))
    return min(settled, window.end)


def last_week(client: Any, window: Window) -> pd.Series[float]:
    """Return the median of the fleet a week before a window, by the start of its step (UTC)."""
    week = timedelta(days=7)
    then = Window(window.start - week, window.end - week)
    found = _single(read(client, CPU, ("Average",), then, step_for(window)))
    medians: pd.Series[float] = found.groupby("timestamp")["Average"].median()
    return medians


def _single(points: pd.DataFrame) -> pd.DataFrame:
    """Keep the points of single instances: AWS/EC2 has those of groups and types too."""
    keys = points["dimensions"].unique()
    single = [key for key in keys if names_one(dimensions_from_key(key))]
    return points if len(single) == len(keys) else points[points["dimensions"].isin(single)]


def _instances(client: Any, at: datetime) -> pd.DataFrame:
    """Return the instances of the inventory, as `report.frames.fleet` takes them."""
    versions = ((described(v.resource, v.attributes), v) for v in inventory(client, at))
    found = [(one, version) for one, version in versions if one is not None]
    return pd.DataFrame(
        {
            "account": [one.account for one, _ in found],
            "region": [one.region for one, _ in found],
            "dimensions": [version.resource.key for _, version in found],
            "instance_id": [one.instance_id for one, _ in found],
            "name": [one.name for one, _ in found],
            "type": [one.type for one, _ in found],
            "zone": [one.zone for one, _ in found],
            "state": [one.state for one, _ in found],
            "launch_time": [one.launched_at for one, _ in found],
            "stopped_at": [one.stopped_at for one, _ in found],
            "seen_at": [version.seen_at for _, version in found],
        }
    )
