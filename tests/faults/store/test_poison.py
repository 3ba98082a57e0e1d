"""Poison documents: kept apart with their reason, in nobody's way, and stored when mended."""

from datetime import datetime, timedelta

import orjson
import pytest
from elasticsearch import Elasticsearch

from faults.store.faulty_proxy import FaultyProxy
from nephoscope.archive import landing, runs
from nephoscope.archive.layout import Attempt
from nephoscope.archive.rejected import Waiting, read, waiting
from nephoscope.chain import rejected, replay, steps
from nephoscope.model import Window
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Series
from nephoscope.store import names
from nephoscope.store.load.bulk import send
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.documents import documents
from nephoscope.store.schema.making import ensure_indices
from shards import DAY, shard
from unit.archive.landed import NIGHT, land
from unit.store.points_table import NOON

INSTANCES, MINUTES, POISON = 100, 100, 137
DOCUMENTS = INSTANCES * MINUTES
MONTH = NOON.date().replace(day=1)
DOUBLE = {"type": "double", "time_series_metric": "gauge"}


class Fleet:
    """A shard of 10,000 documents, of which 137 carry the metric ``bad`` too."""

    def __init__(self, namespace, draw):
        every = [(f"i-{n}", minute) for n in range(INSTANCES) for minute in range(MINUTES)]
        self.poison = set(draw.sample(every, POISON))
        self.namespace = namespace
        self.shard = shard(
            namespace=namespace,
            period=60,
            window=Window(NOON, NOON + timedelta(minutes=MINUTES)),
            statistics={"good": ("Average",), "bad": ("Average",)},
            series=tuple(
                Series((("InstanceId", f"i-{n}"),), ("good", "bad")) for n in range(INSTANCES)
            ),
        )

    def value(self, dimensions, metric, _statistic, time):
        [(_, instance)] = dimensions
        minute = int(time - NOON.timestamp()) // 60
        if metric == "bad" and (instance, minute) not in self.poison:
            return None
        return 1000.0 * int(instance[2:]) + minute + (0.25 if metric == "bad" else 0.0)

    def truth(self, *, poisoned):
        """The values of all documents, or of those that are good."""
        found = {}
        for n in range(INSTANCES):
            for minute in range(MINUTES):
                bad = (f"i-{n}", minute) in self.poison
                time = (NOON + timedelta(minutes=minute)).strftime("%Y-%m-%dT%H:%M:00.000Z")
                if poisoned or not bad:
                    found[f"i-{n}", time, "good"] = 1000.0 * n + minute
                if poisoned and bad:
                    found[f"i-{n}", time, "bad"] = 1000.0 * n + minute + 0.25
        return found


@pytest.fixture
def fleet(namespace, draw):
    return Fleet(namespace, draw)


@pytest.fixture
def load(fleet, tmp_path, elasticsearch_url):
    """Load what has landed of the fleet; return what the load and a proxy before the node report.

    It may be called again.
    """
    plan = Plan(NIGHT, {"ec2": DAY}, (fleet.shard,))
    run = runs.write_plan(tmp_path, "a_dag", plan)
    written = land(tmp_path, fleet.value, run=run, one=fleet.shard)

    def work():
        with (
            FaultyProxy(elasticsearch_url, lambda _: None) as proxy,
            Elasticsearch(proxy.url) as client,
        ):
            return steps.load(tmp_path, run, 1, written.name, client), proxy

    work.name = written.name
    return work


def metrics(client, namespace, **mapping):
    """Map the metrics of a namespace's index, which is made if need be."""
    ensure_indices(client, namespace, [MONTH])
    fields = {names.field_of(namespace): {"properties": {"metrics": {"type": "object", **mapping}}}}
    properties = {"aws": {"properties": fields}}
    client.indices.put_mapping(index=names.index_of(namespace, MONTH), properties=properties)


def test_poison_is_kept_apart_and_stored_when_the_mapping_is_mended(
    elasticsearch, fleet, load, stored, tmp_path
):
    known = {"good": {"properties": {"avg": DOUBLE}}}
    metrics(elasticsearch, fleet.namespace, dynamic="strict", properties=known)
    report, proxy = load()
    assert (report.produced, report.created, len(report.rejected)) == (DOCUMENTS, 9863, POISON)
    assert stored() == fleet.truth(poisoned=False)
    assert set(proxy.sent.values()) == {1}  # none is sent for ever

    kept = read(tmp_path, Attempt(load.name))
    assert waiting(tmp_path) == Waiting(1, POISON, NIGHT)
    assert {which(one) for one in kept} == fleet.poison
    assert all(one.reason.startswith("strict_dynamic_mapping_exception") for one in kept)

    [again] = rejected.replay(tmp_path, elasticsearch)
    assert (again.documents, again.rejected) == (POISON, POISON)
    metrics(elasticsearch, fleet.namespace, dynamic="true")
    [mended] = rejected.replay(tmp_path, elasticsearch)
    assert (mended.documents, mended.created, mended.rejected) == (POISON, POISON, 0)
    assert stored() == fleet.truth(poisoned=True)
    assert waiting(tmp_path) == Waiting(0, 0, None)


def test_poison_of_a_wrong_type_is_stored_in_an_index_that_is_made_anew(
    elasticsearch, fleet, load, stored, tmp_path
):
    metrics(
        elasticsearch,
        fleet.namespace,
        properties={"bad": {"properties": {"avg": {"type": "boolean"}}}},
    )
    report, _ = load()
    assert (report.created, len(report.rejected)) == (9863, POISON)
    assert stored() == fleet.truth(poisoned=False)

    elasticsearch.indices.delete(index=names.index_of(fleet.namespace, MONTH))
    [mended] = rejected.replay(tmp_path, elasticsearch)
    assert (mended.created, mended.rejected) == (POISON, 0)
    [day] = replay.replay(tmp_path, elasticsearch, DAY, lambda _: None)
    assert (day.created, day.unchanged) == (9863, POISON)
    assert stored() == fleet.truth(poisoned=True)
    assert waiting(tmp_path) == Waiting(0, 0, None)


def test_a_load_that_does_not_look_at_what_is_rejected_loses_it(
    elasticsearch, fleet, load, stored, tmp_path
):
    """The negative arm: nothing is kept, and no mending brings it back."""
    known = {"good": {"properties": {"avg": DOUBLE}}}
    metrics(elasticsearch, fleet.namespace, dynamic="strict", properties=known)
    for table in landing.read_points(tmp_path, load.name):
        settled = [*send(elasticsearch, documents(Columns.of(table), {}))]
        assert sum(one.created for one in settled) == 9863
    metrics(elasticsearch, fleet.namespace, dynamic="true")
    assert [*rejected.replay(tmp_path, elasticsearch)] == []
    whole = fleet.truth(poisoned=True)
    assert len(whole) - len(stored().items() & whole.items()) == 2 * POISON


def which(rejection):
    """Return the instance and the minute that a document is of."""
    source = orjson.loads(rejection.document)
    time = datetime.fromisoformat(source["@timestamp"])
    return source["aws"]["dimensions"]["InstanceId"], int((time - NOON).total_seconds()) // 60
