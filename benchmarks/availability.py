"""Telling the availability of a large fleet: a day of 5-minute checks of each instance.

The checks and the inventory's versions are made up in memory; reading them of Elasticsearch is
measured by `queries`. Compared with looking at each instance's checks for itself in pandas.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.figures import Figure, at_least, at_most
from nephoscope.availability import slots
from nephoscope.chain.history import histories, replacements
from nephoscope.instances import Instance
from nephoscope.model import Window
from nephoscope.report.availability_groups import groups, instances
from nephoscope.store.inventory import Version

DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
ACCOUNT, REGION = "123456789012", "eu-west-1"
PERIOD, SLOTS = 300, 288


def run(small: bool) -> list[Figure]:
    """Measure."""
    count = 100 if small else 10_000
    versions, checks = _versions(count), _checks(count)
    taken, found = _timed(lambda: _told(versions, checks))
    some = checks[: SLOTS * max(1, count // 50)]
    alone, _ = _timed(lambda: some.groupby("dimensions", observed=True).apply(_alone))
    name = f"availability of {count:,} instances"
    wrong = int((found["up"] + found["impaired"] != SLOTS * PERIOD).sum())
    return [
        at_most(name, round(taken, 2), "s", "a day of 5-minute checks", 5),
        at_least(name, round(50 * alone / taken, 1), "times", "one instance at a time", 1),
        at_most(f"{name}: wrong", wrong, "instances", "planted", 0),
    ]


def _told(versions: list[Version], checks: pd.DataFrame) -> pd.DataFrame:
    known = histories(versions)
    fleet = instances(known, slots(known, checks, DAY, DAY.end), replacements(known))
    groups(fleet)
    return fleet


def _alone(one: pd.DataFrame) -> float:
    """Look at one instance: put its checks on a grid, and count."""
    grid = pd.date_range(DAY.start, DAY.end, freq=f"{PERIOD}s", inclusive="left")
    return float((one.set_index("timestamp")["failed"].reindex(grid) == 0).mean())


def _timed(measured: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = measured()
    return time.perf_counter() - begin, result


def _versions(count: int) -> list[Version]:
    found = []
    for n in range(count):
        tags = {"Name": f"web-{n}", "app": "abcdef"[n % 6], "env": "ps"[n % 2]}
        launched = datetime(2026, 1, 1, tzinfo=UTC)
        facts = (f"i-{n:017x}", f"web-{n}", "m5.large", f"{REGION}a", "running", launched)
        one = Instance(ACCOUNT, REGION, *facts, tags=tags)
        seen = DAY.start, DAY.end + timedelta(hours=1)
        found.append(Version(one.resource, one.attributes, *seen))
    return found


def _checks(count: int) -> pd.DataFrame:
    """Return the checks of a day, of which one in 10,000 failed."""
    rows = count * SLOTS
    keys = [one.resource.key for one in _versions(count)]
    same = np.zeros(rows, int)
    times = int(DAY.start.timestamp()) + PERIOD * np.arange(SLOTS)
    return pd.DataFrame(
        {
            "account": pd.Categorical.from_codes(same, pd.Index([ACCOUNT])),
            "region": pd.Categorical.from_codes(same, pd.Index([REGION])),
            "dimensions": pd.Categorical.from_codes(
                np.repeat(np.arange(count), SLOTS), pd.Index(keys)
            ),
            "period": np.full(rows, PERIOD, np.int32),
            "timestamp": pd.to_datetime(np.tile(times, count), unit="s", utc=True),
            "failed": (np.arange(rows) % 10_000 == 0).astype(float),
            "system": np.nan,
            "instance": np.nan,
        }
    )
