"""R7: an index that is blocked while it is loaded: told clearly, not marked as loaded, completed.

The node is these tests' own, since a full disk blocks all that is on it.
"""

import threading
import time
from functools import partial
from types import SimpleNamespace

import pytest
from elasticsearch import Elasticsearch

from faults.store.faulty_proxy import FaultyProxy
from nephoscope.archive import runs
from nephoscope.archive.landing import LOADED_FILE
from nephoscope.chain import steps
from nephoscope.demo.elastic.node import Node
from nephoscope.errors import Rejected, StoreFull
from nephoscope.plan.planning import Plan
from nephoscope.store import names
from nephoscope.store.load import bulk
from nephoscope.store.load.loader import store
from nephoscope.store.schema.making import ensure_indices
from shards import DAY, shard
from unit.archive.landed import NIGHT, land
from unit.store.points_table import point, table

INSTANCES, STRUCK = 5, 4
"""So many instances of 288 documents; before the request of that number all is blocked."""
FEW = STRUCK + 2 * bulk.SENDERS + bulk.TRIES_FULL + 1
"""Requests of a load that is struck: those under way, and the few tries. A whole load has 58."""

METRICS = ("CPUUtilization", "NetworkIn")
WATERMARKS = "cluster.routing.allocation.disk.watermark"


@pytest.fixture(scope="module")
def elasticsearch_url(tmp_path_factory, jars):
    folder = tmp_path_factory.mktemp("elasticsearch")
    often = {"cluster.info.update.interval": "10s"}  # how often it looks at its disk: the least
    with Node(folder / "data", jars, log=folder / "log", heap="512m", settings=often) as node:
        yield node.url


@pytest.fixture(scope="module")
def elasticsearch(elasticsearch_url):
    with Elasticsearch(elasticsearch_url) as client:
        yield client


def value(dimensions, metric, _statistic, time):
    return 1e6 * int(dict(dimensions)["InstanceId"][2:]) + time % 86400 / 7 + METRICS.index(metric)


def truth():
    """The planted points, as `stored` reads them."""
    first = int(DAY.start.timestamp())
    return {
        (f"i-{n:017x}", f"2026-11-20T{at // 3600:02}:{at % 3600 // 60:02}:00.000Z", metric): value(
            [("InstanceId", f"i-{n}")], metric, "Average", first + at
        )
        for n in range(INSTANCES)
        for metric in METRICS
        for at in range(0, 86400, 300)
    }


@pytest.fixture
def landed(tmp_path, namespace, elasticsearch_url, monkeypatch):
    """An attempt that waits to be loaded; ``load`` does so, and strikes before a request."""
    monkeypatch.setattr(bulk, "MOST_ITEMS", 25)
    average = dict.fromkeys(METRICS, ("Average",))
    one = shard(INSTANCES, namespace=namespace, statistics=average)
    run = runs.write_plan(tmp_path, "a_dag", Plan(NIGHT, {"ec2": DAY}, (one,)))
    name = land(tmp_path, value, run=run, one=one).name

    def load(strike=lambda: None):
        struck = threading.Event()

        def plan(number):
            if number == STRUCK:
                try:
                    strike()
                finally:
                    struck.set()
            elif number > STRUCK:
                struck.wait()

        with FaultyProxy(elasticsearch_url, plan) as proxy, Elasticsearch(proxy.url) as client:
            try:
                steps.load(tmp_path, run, 1, name, client)
            finally:
                landed.requests = len(proxy.bulks)

    landed = SimpleNamespace(load=load, loaded=(tmp_path / f"{name}{LOADED_FILE}").exists)
    return landed


def blocked(client, index, block):
    """Block an index, or all; return what lifts the block."""
    if block == "closed":
        client.indices.close(index=index)
        return partial(client.indices.open, index=index)
    if block.startswith("cluster"):
        client.cluster.put_settings(persistent={block: True})
        return partial(client.cluster.put_settings, persistent={block: None})
    client.indices.put_settings(index=index, settings={block: True})
    return partial(client.indices.put_settings, index=index, settings={block: None})


@pytest.mark.parametrize(
    ("block", "told"),
    [
        ("index.blocks.read_only", r"has set index\.blocks\.read_only: set it to null"),
        ("index.blocks.write", r"has set index\.blocks\.write: set it to null"),
        ("cluster.blocks.read_only", r"has set cluster\.blocks\.read_only: set it to null"),
        ("closed", r"takes no writes: index_closed_exception.*Open the index"),
    ],
)
def test_a_block_set_while_an_index_is_loaded_is_told_and_the_next_load_completes(
    elasticsearch, namespace, landed, stored, block, told
):
    index, lift = names.index_of(namespace, DAY.start.date().replace(day=1)), []
    try:
        with pytest.raises(StoreFull, match=told):
            landed.load(lambda: lift.append(blocked(elasticsearch, index, block)))
    finally:
        lift.pop()()
    assert landed.requests <= FEW
    assert not landed.loaded()
    assert stored().items() < truth().items()
    landed.load()
    assert landed.loaded()
    assert stored() == truth()


def test_a_disk_over_its_flood_stage_is_told_and_lifted_by_elasticsearch_itself(
    elasticsearch, namespace, landed, stored
):
    index = names.index_of(namespace, DAY.start.date().replace(day=1))

    def free(least):
        levels = {f"{WATERMARKS}.{level}": least for level in ("low", "high", "flood_stage")}
        elasticsearch.cluster.put_settings(persistent=levels)

    def is_blocked():
        setting = "index.blocks.read_only_allow_delete"
        answer = elasticsearch.indices.get_settings(index=index, flat_settings=True)
        return answer[index]["settings"].get(setting) == "true"

    def fill():
        free("1000tb")  # more than there is
        wait_until(is_blocked)

    try:
        with pytest.raises(StoreFull, match=r"flood-stage.*Free its disk.*lifts this block itself"):
            landed.load(fill)
    finally:
        free(None)
    assert landed.requests <= FEW
    assert not landed.loaded()
    wait_until(lambda: not is_blocked())
    assert stored().items() < truth().items()
    landed.load()
    assert landed.loaded()
    assert stored() == truth()


def wait_until(holds):
    deadline = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_field_of_another_type_is_told_and_what_does_not_have_it_is_stored(
    elasticsearch, namespace, stored
):
    """Somebody has mapped a metric by hand, as Elasticsearch takes it for no number."""
    month = DAY.start.date().replace(day=1)
    ensure_indices(elasticsearch, namespace, [month])
    path = ["aws", names.field_of(namespace), "metrics", "CPUUtilization", "avg"]
    mapped = {"type": "boolean"}
    for name in reversed(path):
        mapped = {"properties": {name: mapped}}
    elasticsearch.indices.put_mapping(index=names.index_of(namespace, month), **mapped)
    dimensions = [[("InstanceId", f"i-{number}")] for number in range(10)]
    points = [
        point(
            "CPUUtilization" if number == 3 else "NetworkIn",
            value=number + 0.5,
            dimensions=one,
            namespace=namespace,
        )
        for number, one in enumerate(dimensions)
    ]
    report = store(elasticsearch, [table(*points)], attributes={})
    assert (report.created, len(report.rejected)) == (9, 1)
    with pytest.raises(Rejected, match=r"rejected 1 of 10 .*failed to parse field \[aws\..*avg\]"):
        report.check()
    assert sorted(stored().values()) == [number + 0.5 for number in range(10) if number != 3]
