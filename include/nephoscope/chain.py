"""The steps of a run, one after another: plan, extract, load, audit.

Each takes the run's folder in the archive, the clients and the clock as arguments, and leaves
its result in the archive or the store, so that any step can be run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nephoscope import archive
from nephoscope.cloud import Cloud
from nephoscope.config.collections import Collections
from nephoscope.errors import NephoscopeError
from nephoscope.expectation import expectations
from nephoscope.extract import metrics
from nephoscope.model import Window
from nephoscope.place import Place
from nephoscope.plan.cost import Cost, cost
from nephoscope.plan.planning import make_plan
from nephoscope.store import audit as store_audit
from nephoscope.store import inventory, loader, queries
from nephoscope.store.coverage import State, write_coverage
from nephoscope.store.labels import attributes_of, document_fields
from nephoscope.store.loader import LoadReport


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan put into the archive.

    ``folder`` is the run's, below the archive's root. ``shards`` have the few words of each that
    a scheduler shows and passes on: name, account, region, and the name of its file.
    """

    folder: str
    shards: list[dict[str, str]]
    cost: Cost


def plan(
    root: Place,
    dag_id: str,
    collections: Collections,
    windows: Mapping[str, Window],
    cloud: Cloud,
    asked_at: datetime,
) -> Planned:
    """Plan a run and write the plan into a folder of its own."""
    made = make_plan(collections, windows, cloud, asked_at)
    folder = archive.run_folder(dag_id, made)
    archive.write_plan(root / folder, made)
    shards = [
        {
            "folder": folder,
            "file": archive.shard_name(number),
            "name": shard.name,
            "account": shard.account or shard.connection,
            "region": shard.region,
        }
        for number, shard in enumerate(made.shards)
    ]
    return Planned(folder, shards, cost(made.shards))


def extract(
    folder: Place, file: str, attempt: int, cloud: Cloud, asked_at: datetime
) -> tuple[str, archive.Written]:
    """Read one shard from CloudWatch into the archive.

    Returns:
        The name of what was written, for `load`, and its counts.
    """
    shard = archive.read_shard(folder, file)
    name = f"{file}.try{attempt}"
    if shard.refusal:
        raise NephoscopeError(shard.refusal)
    cloudwatch = cloud.client(shard.connection, "cloudwatch", shard.region)
    batches = metrics.extract(shard, cloudwatch, asked_at)
    return name, archive.write_points(folder, name, batches)


def load(folder: Place, name: str, client: Any) -> LoadReport:
    """Load what an attempt read into Elasticsearch.

    Args:
        folder: the run's.
        name: of the attempt, as `extract` returned it.
        client: the official client.
    """
    instances = archive.read_plan(folder).instances
    attributes = {i.resource: document_fields(attributes_of(i)) for i in instances}
    return loader.load(client, archive.read_points(folder, name), attributes=attributes)


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found: points expected and stored, and resources that are not whole."""

    resources: int
    expected: int
    stored: int
    incomplete: int


def audit(folder: Place, client: Any, *, final: bool) -> Audited:
    """Compare what is stored with what a run should have collected, and note the instances.

    Args:
        folder: the run's.
        client: the official client.
        final: whether its windows are whole days that have settled; their coverage is written.
    """
    plan = archive.read_plan(folder)
    inventory.record(
        client, [(i.resource, attributes_of(i)) for i in plan.instances], plan.asked_at
    )
    queries.refresh(client)
    found = [
        one
        for window, expected in expectations(plan).items()
        for one in store_audit.audit(client, expected, window, final=final)
    ]
    if final:
        write_coverage(client, found)
    return Audited(
        resources=len({one.resource for one in found}),
        expected=sum(one.expected for one in found),
        stored=sum(one.stored for one in found),
        incomplete=len({one.resource for one in found if one.state is State.MISSING}),
    )
