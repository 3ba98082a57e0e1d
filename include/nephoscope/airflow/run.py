"""What a DAG run collects: its windows, from its data interval, its params or the clock."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import ObjectStoragePath

from nephoscope.airflow.params import chosen
from nephoscope.config.collections import Collection, Collections, load_collections
from nephoscope.config.settings import ROOT, Settings
from nephoscope.errors import ConfigError
from nephoscope.model import Window
from nephoscope.plan.windows import (
    DAY_SETTLES,
    LOG_DAY_SETTLES,
    STORAGE_DAYS,
    STORAGE_SETTLES,
    last_settled,
    settled_in,
)


@dataclass(frozen=True, slots=True)
class Cadence:
    """How windows are collected: each collection's own way, or by whole days.

    Attributes:
        pool: of Airflow, which bounds how many shards are read at once.
        fresh_for: how old the last look at the fleet may be; zero is none at all.
        every: where it is not the collection's own.
        settle: at the least.
        windows: how many a run takes: the newest, and those before it once more.
        storage: whether it is of the collections of storage, or of all others.
    """

    pool: str
    fresh_for: timedelta
    every: timedelta | None = None
    settle: timedelta = timedelta(0)
    windows: int = 1
    storage: bool = False

    def of(self, collection: Collection) -> tuple[timedelta, timedelta]:
        """Return ``every`` and ``settle`` of a collection."""
        return self.every or collection.every, max(self.settle, collection.settle)

    def taken(self, collections: Collections) -> Collections:
        """Return the same with the collections alone that are collected so."""
        there = collections.collections.items()
        return collections.only(name for name, one in there if one.of_storage is self.storage)


TICK = timedelta(minutes=5)
"""Of the DAGs that run often."""

CADENCES = {
    "live": Cadence("aws_live", fresh_for=timedelta(hours=1)),
    "daily": Cadence("aws_history", timedelta(0), every=timedelta(days=1), settle=DAY_SETTLES),
    "storage": Cadence(
        "aws_history",
        timedelta(0),
        every=timedelta(days=1),
        settle=STORAGE_SETTLES,
        windows=STORAGE_DAYS,
        storage=True,
    ),
}


def now() -> datetime:
    """Read the wall clock: the only place that does."""
    return datetime.now(UTC)


def settings() -> Settings:
    """Read the settings from the environment."""
    return Settings.read(os.environ)


def collections() -> Collections:
    """Read ``collections.yaml``."""
    return load_collections(settings().collections)


def slots(pool: str) -> int:
    """Return the slots of a pool, as ``include/pools.json`` makes them.

    A task can't ask Airflow for a pool's slots; who changes them in the UI changes the file too.
    """
    pools = json.loads((ROOT / "include" / "pools.json").read_text(encoding="utf-8"))
    return int(pools[pool]["slots"])


def archive() -> Any:
    """Return the archive's root."""
    return ObjectStoragePath(settings().archive_url)


def reports() -> Any:
    """Return the reports' root."""
    return ObjectStoragePath(settings().reports_url)


def windows(
    cadence: Cadence, collections: Collections, context: Mapping[str, Any], asked_at: datetime
) -> dict[str, Window]:
    """Return the window of each collection that has one in this run.

    A scheduled or backfilled run takes what settles in its data interval. A manual one takes
    its params, or the last settled window. The params also choose among the collections, which
    are those of the cadence.

    Raises:
        ConfigError: the params are no window, not one of whole ``every``, or name a collection
            that there is not.
    """
    found = {}
    for name, collection in chosen(collections, context.get("params") or {}).items():
        every, settle = cadence.of(collection)
        if stated := _stated(context.get("params") or {}, every):
            found[name] = stated
        elif window := _settled(context, every, settle, asked_at):
            found[name] = Window(window.start - (cadence.windows - 1) * every, window.end)
    return found


def lists(cadence: Cadence, context: Mapping[str, Any], asked_at: datetime) -> bool:
    """Tell whether a run lists buckets: of history there is no list, so only the newest run does.

    A manual run does too, but for one that is given a window.
    """
    params, end = context.get("params") or {}, context.get("data_interval_end")
    run_type = context["dag_run"].run_type
    if not cadence.storage or run_type == "backfill" or params.get("start") or params.get("end"):
        return False
    newest = end is None or asked_at < _utc(end) + timedelta(days=1)
    return newest or run_type == "manual"


_LOGS = {"live": (TICK, timedelta(0)), "daily": (timedelta(days=1), LOG_DAY_SETTLES)}


def log_window(cadence: str, context: Mapping[str, Any], asked_at: datetime) -> Window | None:
    """Return the window of log events that a run reads; None where none ends in its interval.

    Raises:
        ConfigError: the params are no window, or not one of whole minutes or days.
    """
    every, settle = _LOGS[cadence]
    stated = _stated(context.get("params") or {}, every)
    return stated or _settled(context, every, settle, asked_at)


def _settled(
    context: Mapping[str, Any], every: timedelta, settle: timedelta, asked_at: datetime
) -> Window | None:
    start, end = context.get("data_interval_start"), context.get("data_interval_end")
    if context["dag_run"].run_type == "manual" or start is None:
        return last_settled(min(_utc(end or asked_at), asked_at), every, settle)
    return settled_in(Window(_utc(start), _utc(end)), every, settle)


def _stated(params: Mapping[str, Any], every: timedelta) -> Window | None:
    """Return the window that params state, if they do."""
    if not (params.get("start") or params.get("end")):
        return None
    try:
        window = Window(_utc(params["start"]), _utc(params["end"]))
    except (ValueError, TypeError, KeyError) as error:
        raise ConfigError(
            "the params start and end are no window: give both, as 2026-11-20T00:00:00Z, "
            f"the start before the end ({error})"
        ) from error
    midnight = Window.day(window.start).start
    if (window.start - midnight) % every or (window.end - midnight) % every:
        raise ConfigError(f"the params start and end must be whole multiples of {every}")
    return window


def _utc(moment: Any) -> datetime:
    """Return a plain datetime in UTC, of a pendulum one or of text."""
    if not isinstance(moment, datetime):
        moment = datetime.fromisoformat(str(moment))
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return datetime.fromtimestamp(moment.timestamp(), UTC)
