"""Loads into a cluster while a node is killed and comes back: nothing is lost, double or wrong."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from faults.store.cluster import Cluster
from faults.store.planted import points, truth
from nephoscope.errors import StoreError
from nephoscope.store import names
from nephoscope.store.load import bulk
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import ensure_indices

MONTH = date(2026, 11, 1)
INSTANCES, MINUTES = 80, 100
STRUCK, STARTED, BACK = 10, 40, 60
"""Before which instance's points a node begins to be killed, begins to come back, is back."""
MOMENTS = 1.0
"""Seconds in which the node is killed; the points until it begins to come back take longer."""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, jars):
    with Cluster(tmp_path_factory.mktemp("cluster"), jars) as running:
        yield running


@pytest.fixture
def elasticsearch(cluster):
    """What the fixtures of this folder read and clean is the cluster."""
    return cluster.client


@pytest.fixture
def make_index(cluster, monkeypatch):
    """Make the index of a namespace, whole. Requests are small, so that a kill meets some."""
    monkeypatch.setattr(bulk, "MOST_ITEMS", 25)

    def make(namespace, **settings):
        ensure_indices(cluster.client, namespace, [MONTH])
        index = names.index_of(namespace, MONTH)
        if settings:
            cluster.client.indices.put_settings(index=index, settings=settings)
        cluster.whole()
        return index

    return make


def each_instance(namespace):
    """The planted points of one instance after another."""
    whole, rows = points(namespace, INSTANCES, MINUTES), 2 * MINUTES
    return [whole.slice(number * rows, rows) for number in range(INSTANCES)]


def outliving(tables, node, moment, *, comes_back=True):
    """Yield tables; meanwhile kill a node after some seconds, and start it again."""
    with ThreadPoolExecutor(1) as aside:
        for number, table in enumerate(tables):
            if number == STRUCK:
                killed = aside.submit(lambda: (time.sleep(moment), node.kill()))
            if number == STARTED:
                killed.result()
                started = aside.submit(node.start) if comes_back else None
            if number == BACK and started:
                started.result()
            yield table


def test_an_index_has_a_copy_on_another_node(cluster, namespace, make_index):
    assert len(set(cluster.holders(make_index(namespace)))) == 2


def test_a_load_outlives_a_node_that_is_killed_and_comes_back(
    cluster, namespace, stored, make_index, draw, figure
):
    tables, whole = each_instance(namespace), truth(INSTANCES, MINUTES)
    for number in range(figure(1, 5)):
        index = make_index(namespace)
        [primary, *_] = cluster.holders(index)
        struck = draw.choice([*cluster.nodes]) if number else primary
        meanwhile = outliving(tables, cluster.nodes[struck], draw.random() * MOMENTS)
        report = load(cluster.client, meanwhile, attributes={})
        assert report.produced == report.created + report.unchanged == INSTANCES * MINUTES
        cluster.whole()
        for holder in cluster.holders(index):
            assert stored(preference=f"_only_nodes:{holder}") == whole
        again = load(cluster.client, tables, attributes={})
        assert again.unchanged == again.produced == INSTANCES * MINUTES
        cluster.client.indices.delete(index=index)


def test_without_copies_the_same_kill_ends_the_load(
    cluster, namespace, stored, make_index, draw, monkeypatch
):
    """The negative arm. What was acknowledged is there again when the node is."""
    monkeypatch.setattr(bulk, "TRIES", 3)
    monkeypatch.setitem(bulk._PARAMETERS, "timeout", "1s")
    alone = {"index.auto_expand_replicas": False, "index.number_of_replicas": 0}
    [holder] = cluster.holders(make_index(namespace, **alone))
    tables, node = each_instance(namespace), cluster.nodes[holder]
    meanwhile = outliving(tables, node, draw.random() * MOMENTS, comes_back=False)
    with pytest.raises(StoreError, match=r"primary shard is not active|does not answer"):
        load(cluster.client, meanwhile, attributes={})
    node.start()
    cluster.whole()
    assert stored().items() < truth(INSTANCES, MINUTES).items()
    load(cluster.client, tables, attributes={})
    assert stored() == truth(INSTANCES, MINUTES)
