"""Logs: the errors that are stored, and the CPU of the instances that wrote them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from nephoscope.instances import NAMESPACE
from nephoscope.model import Resource, Window
from nephoscope.report import logs
from nephoscope.report.heat import step_of
from nephoscope.report.part import Part
from nephoscope.store.logs import read
from nephoscope.store.read.queries import series


def part(client: Any, window: Window, asked_at: datetime) -> Part | None:
    """Draw the part; `order` says what it takes."""
    if not read.refresh(client):
        return None
    step = max(step_of(window), logs.FINEST)
    groups = read.counts(client, window, step)
    if groups.empty:
        return None
    by = ("account", "region", "instance_id")
    instances = logs.loudest(read.counts(client, window, step, by))
    cpu = _cpu(client, window, instances)
    messages = read.patterns(client, window, logs.MESSAGES)
    until = min(window.end, asked_at)
    return logs.part(groups, instances, cpu, messages, window, step, until)


def _cpu(client: Any, window: Window, instances: pd.DataFrame) -> pd.DataFrame:
    """Return the average CPU of instances: account, region, instance_id, timestamp, cpu."""
    whose = instances[["account", "region", "instance_id"]].drop_duplicates()
    resources = {
        Resource(account, region, NAMESPACE, (("InstanceId", one),)): one
        for account, region, one in whose.itertuples(index=False, name=None)
    }
    if not resources:
        return pd.DataFrame(columns=["account", "region", "instance_id", "timestamp", "cpu"])
    table = series(
        client,
        namespace=NAMESPACE,
        metric="CPUUtilization",
        statistics=("Average",),
        window=window,
        resources=[*resources],
    )
    points: pd.DataFrame = table.to_pandas()
    ids = {one.key: name for one, name in resources.items()}
    points["instance_id"] = points["dimensions"].map(ids)
    return points.dropna(subset=["instance_id"]).rename(columns={"Average": "cpu"})
