"""The stand-in's fleet in the store, computed by its specification and loaded without a call."""

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from nephoscope.demo.aws.ec2_described import state, tags
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.fleet_samples import Samples
from nephoscope.demo.aws.fleet_statistics import Bins, Statistics, native_period
from nephoscope.instances import Instance
from nephoscope.model import dimensions_key
from nephoscope.points import POINTS
from nephoscope.store import inventory
from nephoscope.store.load.loader import load

MEASURED = {
    "CPUUtilization": ["Average", "Maximum"],
    "NetworkIn": ["Sum"],
    "NetworkOut": ["Sum"],
    "EBSReadBytes": ["Sum"],
    "CPUCreditBalance": ["Average"],
    "StatusCheckFailed": ["Maximum"],
}


def store_fleet(client, fleet, window, measured=MEASURED, only=None):
    """Load what AWS would have of a window; note the instances as seen at its end, and no sooner.

    Args:
        client: of the store.
        fleet: of the stand-in.
        window: of what points.
        measured: statistics by metric.
        only: instances of the fleet; None: all.
    """
    load(client, tables(fleet, window, measured, only), attributes={})
    if only is None:
        seen = [described(one, fleet.account, window.end) for one in fleet.instances]
        inventory.record(client, [(one.resource, one.attributes) for one in seen], window.end)


def described(one, account, at):
    """What EC2 says of an instance at a moment."""
    stopped = one.stopped and datetime.fromtimestamp(one.stopped, UTC)
    woken = one.started is not None and one.started <= at.timestamp()
    launched = one.started if woken else one.launched
    return Instance(
        account=account,
        region=one.region,
        instance_id=one.id,
        name=one.name,
        type=one.type,
        zone=one.zone,
        state=state(one, at.timestamp()),
        launched_at=datetime.fromtimestamp(launched, UTC),
        stopped_at=stopped if stopped and stopped <= at else None,
        detailed=one.detailed,
        tags=tags(one),
    )


def tables(fleet: Fleet, window, measured=MEASURED, only=None):
    """Yield a table an instance: documents that are whole at once need no merge."""
    known = Statistics(Samples(fleet))
    start, end = int(window.start.timestamp()), int(window.end.timestamp())
    for row, one in enumerate(fleet.instances):
        if only is not None and one not in only:
            continue
        found = []
        for metric, statistics in measured.items():
            if not one.has(metric):
                continue
            period = native_period(one, metric)
            bins = Bins(start, period, (end - start) // period)
            many = known.many(np.array([[row]]), metric, period, bins, statistics)
            for statistic, values in many.items():
                found.append(_table(fleet, one, metric, statistic, period, bins.starts, values[0]))
        yield pa.concat_tables(found, promote_options="permissive").cast(POINTS)


def _table(fleet, one, metric, statistic, period, starts, values):
    there = np.isfinite(values)
    count = int(there.sum())
    moment = POINTS.field("timestamp").type
    same = {
        "account": fleet.account,
        "region": one.region,
        "namespace": "AWS/EC2",
        "dimensions": dimensions_key((("InstanceId", one.id),)),
        "metric": metric,
        "statistic": statistic,
    }
    columns = {
        **{name: pa.array([text] * count).dictionary_encode() for name, text in same.items()},
        "period": pa.array([period] * count, pa.int32()),
        "timestamp": pa.array(starts[there] * 1000, pa.int64()).cast(moment),
        "value": pa.array(values[there]),
        "asked_at": pa.array([int(starts[-1] + 86400) * 1000] * count, pa.int64()).cast(moment),
    }
    return pa.table(
        [columns[name].cast(POINTS.field(name).type) for name in POINTS.names], schema=POINTS
    )
