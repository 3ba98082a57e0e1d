"""What a report reads of some instances: what goes beside their CPU, and whether they are idle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from nephoscope.instances import DIMENSION, NAMESPACE
from nephoscope.model import Resource, Window
from nephoscope.report.busiest import DAYS, LITTLE, Evidence
from nephoscope.report.fleet import Instance
from nephoscope.store.read import queries
from nephoscope.store.read.bins import DAY, binned

CPU: Final = "CPUUtilization"

_BESIDE: Final = {
    "network_in": ("NetworkIn", "Sum"),
    "network_out": ("NetworkOut", "Sum"),
    "disk_read": ("EBSReadBytes", "Sum"),
    "disk_write": ("EBSWriteBytes", "Sum"),
    "credits": ("CPUCreditBalance", "Average"),
    "failed": ("StatusCheckFailed", "Maximum"),
}
_TOGETHER = 100  # resources of one query
_WHOSE: Final = ["account", "region", "dimensions"]

Beside = Mapping[str, "pd.Series[float]"]
"""Values by timestamp (UTC), by the columns of `report.plots.PANELS`."""


def evidence(client: Any, of: Sequence[Instance], window: Window) -> list[Evidence]:
    """Return what is stored of instances, of the days by which idle is told."""
    if not of:
        return []
    days = Window(window.end - timedelta(days=DAYS), window.end)
    cpu = _by_instance(read(client, CPU, ("Average",), days, DAY, of))
    moved = pd.concat(
        read(client, metric, ("Sum",), days, DAY, of) for metric in ("NetworkIn", "NetworkOut")
    )
    bytes_ = moved.groupby([*_WHOSE, "timestamp"], observed=True)["Sum"].sum().reset_index()
    network = _by_instance(bytes_)
    return [_evidence(one, cpu.get(key(one)), network.get(key(one))) for one in of]


def failing(client: Any, window: Window) -> set[tuple[str, str, str]]:
    """Return account, region and dimensions of what failed a status check in a window."""
    found = read(client, "StatusCheckFailed", ("Maximum",), window, DAY)
    failed = found[found["highest"] > 0]
    return set(failed[_WHOSE].astype(str).itertuples(index=False, name=None))


def _evidence(one: Instance, cpu: pd.DataFrame | None, network: pd.DataFrame | None) -> Evidence:
    covered, highest, most, quiet = 0.0, np.nan, np.nan, 0
    if cpu is not None:
        covered = float((cpu["points"] * cpu["period"]).sum()) / (DAYS * DAY) * 100
        highest = float(cpu["highest"].max())
    if network is not None:
        most, quiet = float(network["Sum"].max()), int((network["Sum"] < LITTLE).sum())
    return Evidence(one, min(covered, 100), highest, quiet, most)


def beside(
    client: Any, of: Sequence[Instance], window: Window
) -> Iterator[tuple[Instance, Beside]]:
    """Yield instances with what is stored of them beside CPU."""
    for some in _parts(of):
        step = some[0].step if window.end - window.start > timedelta(days=1) else None
        stored = {
            column: _by_instance(read(client, metric, (statistic,), window, step, some))
            for column, (metric, statistic) in _BESIDE.items()
        }
        for one in some:
            yield (
                one,
                {
                    column: found[key(one)].set_index("timestamp")[_BESIDE[column][1]]
                    for column, found in stored.items()
                    if key(one) in found
                },
            )


def read(
    client: Any,
    metric: str,
    statistics: tuple[str, ...],
    window: Window,
    step: int | None,
    of: Sequence[Instance] | None = None,
) -> pd.DataFrame:
    """Read a metric of all resources or of some, in bins or point by point."""
    asked: dict[str, Any] = {
        "namespace": NAMESPACE, "metric": metric, "statistics": statistics, "window": window,
    }  # fmt: skip
    groups = [None] if of is None else [[*map(_resource, some)] for some in _parts(of)]
    tables = [
        queries.series(client, **asked, resources=some)
        if step is None
        else binned(client, **asked, step=step, resources=some)
        for some in groups
    ]
    found: pd.DataFrame = pd.concat([table.to_pandas() for table in tables], ignore_index=True)
    return found


def _parts(of: Sequence[Instance]) -> Iterator[Sequence[Instance]]:
    for first in range(0, len(of), _TOGETHER):
        yield of[first : first + _TOGETHER]


def _resource(one: Instance) -> Resource:
    return Resource(one.account, one.region, NAMESPACE, ((DIMENSION, one.instance_id),))


def key(one: Instance) -> tuple[str, str, str]:
    """Return what the store finds an instance by: account, region, dimensions."""
    return one.account, one.region, _resource(one).key


def _by_instance(points: pd.DataFrame) -> dict[Any, pd.DataFrame]:
    return dict(iter(points.groupby(_WHOSE, observed=True, sort=False)))
