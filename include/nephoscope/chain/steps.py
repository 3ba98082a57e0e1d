"""The steps of a run, one after another: plan, extract, load, compact.

Each takes the archive's root, the clients and the clock as arguments, and leaves its result in
the archive or the store, so that any step can be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from nephoscope.archive import landing, runs
from nephoscope.archive.days import compact as compact_day
from nephoscope.archive.inventory import newest_inventory, write_inventory
from nephoscope.archive.sweep import sweep
from nephoscope.aws.cloud import Cloud
from nephoscope.chain import rejected
from nephoscope.chain.held import held
from nephoscope.chain.listings import listings
from nephoscope.config.collections import Collections
from nephoscope.errors import ConfigError, NephoscopeError
from nephoscope.extract import metrics, storage
from nephoscope.model import Resource, Window
from nephoscope.place import Place
from nephoscope.plan import discovery
from nephoscope.plan.cost import Cost, cost
from nephoscope.plan.discovery import Discovery
from nephoscope.plan.fleet import Memory, Remembered
from nephoscope.plan.held import Held
from nephoscope.plan.planning import Planner
from nephoscope.plan.shards import Shard
from nephoscope.plan.unasked import Reason, left_out
from nephoscope.store import inventory
from nephoscope.store.labels import document_fields
from nephoscope.store.load import loader
from nephoscope.store.load.report import LoadReport

MOST_SHARDS = 1000
"""Of one run: Airflow maps a task over 1,024 at the most (core.max_map_length)."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan put into the archive.

    ``run`` is its folder, below the archive's root. ``shards`` have the few words of each that a
    scheduler shows and passes on. ``unasked`` counts the resource days that are not asked, by the
    reason.
    """

    run: str
    shards: list[dict[str, Any]]
    cost: Cost
    unasked: Mapping[Reason, int]


def plan(
    root: Place,
    dag_id: str,
    collections: Collections,
    windows: Mapping[str, Window],
    cloud: Cloud,
    client: Any,
    asked_at: datetime,
    *,
    fresh_for: timedelta,
    slots: int,
    force: bool = False,
    listed: bool = False,
) -> Planned:
    """Plan a run and write the plan into a folder of its own.

    Args:
        root: the archive's.
        dag_id: whose run it is.
        collections: what to collect.
        windows: the window of each collection that has one in this run.
        cloud: the clients of AWS.
        client: the official client of Elasticsearch.
        asked_at: now, in UTC.
        fresh_for: how old the last look at the fleet may be. Zero looks again, and asks what
            the inventory remembers besides: what a run over the past wants.
        slots: how many shards may be read at once.
        force: whether to ask what is there already.
        listed: whether to list buckets, whose objects of now are all that can be listed.

    Raises:
        ConfigError: it would be more shards than a run can have.
    """

    def look(place: discovery.Place) -> Discovery:
        return _look(root, collections, cloud, place, asked_at, fresh_for)

    memory = Memory() if fresh_for or not windows else remembered(client, windows, asked_at)
    there = Held() if fresh_for or force else held(root, client, collections, windows, asked_at)
    made = Planner(collections, cloud, look, asked_at, memory, slots, there).plan(windows)
    if listed:
        buckets = listings(collections, cloud, client, asked_at)
        made = replace(made, shards=(*made.shards, *buckets))
    if len(made.shards) > MOST_SHARDS:
        raise ConfigError(
            f"this run would have {len(made.shards)} shards, more than {MOST_SHARDS}: collect a "
            "long range by `airflow backfill create`, which makes a run of each day"
        )
    run = runs.write_plan(root, dag_id, made)
    shards = [_words(run, number, shard) for number, shard in enumerate(made.shards, start=1)]
    return Planned(run, shards, cost(made.shards, slots), left_out(made.unasked))


def _words(run: str, number: int, shard: Shard) -> dict[str, Any]:
    """Return what a scheduler shows of a shard and passes on."""
    return {
        "run": run,
        "number": number,
        "name": shard.name,
        "account": shard.account or shard.connection,
        "region": shard.region,
    }


def _look(
    root: Place,
    collections: Collections,
    cloud: Cloud,
    place: discovery.Place,
    asked_at: datetime,
    fresh_for: timedelta,
) -> Discovery:
    """Return what there is in a place, as it was seen not long ago, or as AWS says now."""
    question = discovery.question(collections, place.account)
    key = (place.account.connection, place.region, question)
    if fresh_for and (known := newest_inventory(root, *key, since=asked_at - fresh_for)):
        owner = cloud.account(place.account.connection)
        return Discovery(place, owner, question, known[0], tuple(known[1]))
    found = discovery.discover(place, collections, cloud, asked_at)
    write_inventory(root, *key, found.seen_at, found.seen)
    return found


def remembered(client: Any, windows: Mapping[str, Window], asked_at: datetime) -> Memory:
    """Return what the inventory knew last of each resource, and when the first window began."""
    first = min(window.start for window in windows.values())
    return Memory(
        last={
            version.resource: Remembered(version.seen, version.seen_at)
            for version in inventory.inventory(client, asked_at)
        },
        then={
            version.resource: version.seen.attributes
            for version in inventory.inventory(client, first)
        },
    )


def extract(
    root: Place, run: str, number: int, attempt: int, cloud: Cloud, clock: Callable[[], datetime]
) -> landing.Written:
    """Read one shard of a run from CloudWatch, or of S3's lists, into the archive.

    Raises:
        NephoscopeError: the plan says that the shard is refused, and why.
    """
    shard = runs.read_shard(root, run, number)
    if shard.refusal:
        raise NephoscopeError(shard.refusal)
    if shard.listing:
        s3 = cloud.client(shard.connection, "s3", shard.region)
        batches = storage.extract(shard, shard.listing, s3, clock)
    else:
        cloudwatch = cloud.client(shard.connection, "cloudwatch", shard.region)
        batches = metrics.extract(shard, cloudwatch, clock)
    return landing.write_points(root, run, number, attempt, shard, batches, clock())


def load(root: Place, run: str, number: int, name: str, client: Any) -> LoadReport:
    """Load what an attempt read into Elasticsearch, and keep what it rejects in the archive.

    Args:
        root: the archive's.
        run: the run's folder.
        number: of the shard.
        name: of the attempt, as `extract` returned it.
        client: the official client.

    Raises:
        Rejected: Elasticsearch rejects too much of it; the attempt does not count as loaded.
    """
    shard = runs.read_shard(root, run, number)
    attributes = {
        Resource(shard.account, shard.region, shard.namespace, one.dimensions): document_fields(
            one.attributes
        )
        for one in shard.series
    }
    done = loader.store(client, landing.read_points(root, name), attributes=attributes)
    rejected.keep(root, name, done)
    counts = {"documents": done.produced, "rejected": len(done.rejected)}
    landing.mark_loaded(root, name, {"points": done.points, **counts})
    return done


@dataclass(frozen=True, slots=True)
class Compacted:
    """What a compaction wrote: files, and the points and bytes that they hold."""

    files: int
    points: int
    bytes: int


def compact(root: Place, run: str, asked_at: datetime) -> Compacted:
    """Write what was read of a run's days into one file each, and drop landing that is in them.

    A day that is not over is left to the runs that come after it.

    Args:
        root: the archive's.
        run: the run's folder.
        asked_at: now, in UTC.
    """
    days = [day for day in runs.read_plan(root, run).days if day.end <= asked_at]
    written = [one for day in days for one in compact_day(root, day, asked_at)]
    sweep(root, asked_at)
    return Compacted(
        files=len(written),
        points=sum(one.points for one in written),
        bytes=sum(one.bytes for one in written),
    )
