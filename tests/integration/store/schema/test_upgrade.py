"""Indices of an older version on a real node, brought to this one."""

from datetime import UTC, datetime

import pytest

from integration.store.older import (
    NOVEMBER,
    floats,
    hostless,
    make,
    make_metrics,
    points,
)
from nephoscope.errors import ConfigError, Rejected
from nephoscope.model import Resource
from nephoscope.store import names
from nephoscope.store.inventory import inventory, record
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import ensure_indices
from nephoscope.store.schema.mappings import INVENTORY, METRICS, VERSION
from nephoscope.store.schema.upgrade import upgrade


@pytest.fixture
def physical(elasticsearch, namespace):
    """Name the index that stands behind the namespace's."""

    def read():
        [name] = elasticsearch.indices.get(index=names.indices_of(namespace))
        return name

    return read


@pytest.fixture
def mappings(elasticsearch, physical):
    return lambda: elasticsearch.indices.get_mapping(index=physical())[physical()]["mappings"]


@pytest.fixture
def requests(elasticsearch, monkeypatch):
    """The requests that the client sends from now on."""
    sent, send = [], elasticsearch.transport.perform_request

    def noted(method, target, **options):
        sent.append(f"{method} {target}")
        return send(method, target, **options)

    monkeypatch.setattr(elasticsearch.transport, "perform_request", noted)
    return sent


def sources(documents):
    return {id_: hit["_source"] for id_, hit in documents.items()}


def test_a_field_is_added_in_place(elasticsearch, namespace, documents, mappings):
    name = make_metrics(elasticsearch, namespace, hostless)
    before = documents()
    assert upgrade(elasticsearch) == [f"upgraded {name} in place from version 0 to {VERSION}"]
    assert documents() == before
    upgraded = mappings()
    elasticsearch.indices.delete(index=name)
    load(elasticsearch, [points(namespace, 1)], attributes={})
    assert upgraded == mappings()


def test_what_was_rounded_is_copied_and_named_as_before(
    elasticsearch, namespace, documents, mappings, physical
):
    name = make_metrics(elasticsearch, namespace, floats)
    before = sources(documents())
    done = upgrade(elasticsearch)
    assert done == [f"copied 20 documents of {name} from version 0 to {VERSION}"]
    assert sources(documents()) == before
    assert physical() != name
    aliases = elasticsearch.indices.get_alias(index=physical())[physical()]["aliases"]
    assert set(aliases) == {name, names.write_alias(name), names.ALL_METRICS}
    upgraded = mappings()
    elasticsearch.indices.delete(index=physical())
    load(elasticsearch, [points(namespace, 1)], attributes={})
    assert upgraded == mappings()


def test_a_copy_is_written_as_its_index_was(elasticsearch, namespace, documents):
    make_metrics(elasticsearch, namespace, floats)
    upgrade(elasticsearch)
    report = load(elasticsearch, [points(namespace, 25)], attributes={})
    assert (report.unchanged, report.created) == (20, 5)
    values = {
        hit["_source"]["aws"][namespace]["metrics"]["cpu"]["avg"] for hit in documents().values()
    }
    assert values == {number + 0.5 for number in range(25)}


def test_the_index_of_a_copy_is_not_made_again(elasticsearch, namespace, physical):
    """Also by one who looked for it before the copy had its name."""
    name = make_metrics(elasticsearch, namespace, floats)
    upgrade(elasticsearch)
    copy = physical()
    elasticsearch.indices.delete_alias(index=copy, name=names.write_alias(name))
    ensure_indices(elasticsearch, namespace, [NOVEMBER])
    assert physical() == copy


def test_an_alias_of_the_owners_stays(elasticsearch, namespace, physical):
    name = make_metrics(elasticsearch, namespace, floats)
    own = {"filter": {"term": {"cloud.region": "eu-west-1"}}}
    elasticsearch.indices.put_alias(index=name, name=f"own-{namespace}", **own)
    upgrade(elasticsearch)
    aliases = elasticsearch.indices.get_alias(index=physical())[physical()]["aliases"]
    assert aliases[f"own-{namespace}"] == own


def test_where_all_is_of_this_version_nothing_is_done(elasticsearch, namespace, requests):
    make_metrics(elasticsearch, namespace, floats)
    upgrade(elasticsearch)
    requests.clear()
    assert upgrade(elasticsearch) == []
    assert len(requests) == 6
    assert all(one.startswith("GET") for one in requests)


def test_templates_are_put_where_they_are_missing(elasticsearch):
    upgrade(elasticsearch)
    elasticsearch.indices.delete_index_template(name=METRICS.name)
    assert upgrade(elasticsearch) == [f"put the index template {METRICS.name} of version 1"]


def test_beside_something_newer_nothing_is_written(elasticsearch, namespace, requests, physical):
    make_metrics(elasticsearch, namespace, floats)
    december = names.index_of(namespace, NOVEMBER.replace(month=12))
    ensure_indices(elasticsearch, namespace, [NOVEMBER.replace(month=12)])
    newer = {"nephoscope": {"version": VERSION + 1, "namespace": namespace}}
    elasticsearch.indices.put_mapping(index=december, meta=newer)
    requests.clear()
    with pytest.raises(ConfigError, match=f"the index {december} .* is of version 2"):
        upgrade(elasticsearch)
    assert all(one.startswith("GET") for one in requests)


def test_documents_that_do_not_fit_stay_where_they_are(
    elasticsearch, namespace, documents, physical
):
    def loose(mappings):
        floats(mappings)
        mappings["properties"]["event"]["properties"]["of_old"] = {"type": "keyword"}

    name = make_metrics(elasticsearch, namespace, loose)
    [one, *_] = documents().values()
    one["_source"]["event"]["of_old"] = "x"
    alias = names.write_alias(name)
    elasticsearch.index(index=alias, id=one["_id"], document=one["_source"], refresh=True)
    before = sources(documents())
    with pytest.raises(Rejected, match=r"stays as it is: .* strict_dynamic_mapping_exception"):
        upgrade(elasticsearch)
    assert physical() == name
    assert sources(documents()) == before
    assert not elasticsearch.indices.get(index=f"cloudwatch-copied-*{namespace}*")
    assert load(elasticsearch, [points(namespace, 21)], attributes={}).created == 1


def test_the_inventory_is_copied_with_its_ids(elasticsearch):
    def short(mappings):
        mappings["properties"]["nephoscope"]["properties"]["seen_at"] = {"type": "keyword"}

    seen_at = datetime(2026, 11, 20, tzinfo=UTC)
    web = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", "i-1"),))
    for index in elasticsearch.indices.get(index=f"{names.INVENTORY}*"):
        elasticsearch.indices.delete(index=index)
    make(elasticsearch, INVENTORY, names.INVENTORY, short, {}, {})
    record(elasticsearch, [(web, {"name": "web"})], seen_at)
    before = inventory(elasticsearch, seen_at)
    name = f"copied 1 documents of {names.INVENTORY} from version 0 to {VERSION}"
    assert upgrade(elasticsearch) == [name]
    assert inventory(elasticsearch, seen_at) == before
    record(elasticsearch, [(web, {"name": "web"})], seen_at)
    elasticsearch.indices.refresh(index=names.INVENTORY)
    assert elasticsearch.count(index=names.INVENTORY)["count"] == 1
    elasticsearch.indices.delete(index=list(elasticsearch.indices.get(index=names.INVENTORY)))
