"""What a report reads of coverage: a calendar of days, and the gaps that are confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from nephoscope.model import Window
from nephoscope.report.names import printable
from nephoscope.store.coverage.calendar import CoveredDay
from nephoscope.store.coverage.calendar import calendar as covered_days
from nephoscope.store.coverage.sums import refresh, worst

LEAST: Final = timedelta(days=28)
"""What a calendar shows at the least: one day of it tells nothing."""

_MOST = 1000
_COUNTS = ("expected", "stored", "confirmed", "lacking")


def calendar(client: Any, window: Window) -> pd.DataFrame:
    """Return a row a day and namespace, as `report.gaps.part` takes it."""
    refresh(client)
    shown = Window(min(window.start, window.end - LEAST), window.end)
    known = {(one.day, one.namespace): one for one in covered_days(client, shown)}
    namespaces = sorted({namespace for _, namespace in known})
    days = [day.start.date() for day in shown.days()]
    rows = [_row(day, name, known.get((day, name))) for day in days for name in namespaces]
    columns = ["day", "namespace", *_COUNTS, "percent"]
    return pd.DataFrame(rows, columns=columns).astype({"percent": float})


def _row(day: date, namespace: str, found: CoveredDay | None) -> dict[str, Any]:
    counts = {name: getattr(found, name) if found else 0 for name in _COUNTS}
    expected = counts["expected"]
    percent = 100 * (expected - counts["lacking"]) / expected if expected else np.nan
    return {"day": f"{day}", "namespace": printable(namespace), **counts, "percent": percent}


def confirmed(client: Any, window: Window) -> pd.DataFrame:
    """Return a row a resource and day with gaps that CloudWatch has confirmed."""
    columns = ["account", "region", "namespace", "resource", "day", "points"]
    return pd.DataFrame(_confirmed(client, window), columns=columns)


def _confirmed(client: Any, window: Window) -> Iterator[tuple[Any, ...]]:
    for one in worst(client, window, most=_MOST, of="confirmed"):
        whose = one.resource
        values = " ".join(value for _, value in whose.dimensions)
        names = map(printable, (whose.account, whose.region, whose.namespace, values))
        yield *names, f"{one.day.start:%Y-%m-%d}", one.confirmed
