"""Indices and their templates on a real node."""

from datetime import date

import pytest

from nephoscope.errors import AccessDenied, ConfigError, Rejected
from nephoscope.store import names
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import (
    ensure_coverage,
    ensure_indices,
    ensure_inventory,
    field_counts,
)
from nephoscope.store.schema.mappings import METRICS, TEMPLATES, VERSION
from nephoscope.store.schema.templates import ensure_template
from unit.store.points_table import point, table
from unit.store.scripted import Scripted

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)
CUSTOM = "cloudwatch-metrics@custom"


@pytest.fixture
def index(elasticsearch, namespace):
    """Make the namespace's index of November, and read what Elasticsearch says of it."""
    ensure_indices(elasticsearch, namespace, [NOVEMBER])
    name = names.index_of(namespace, NOVEMBER)
    return lambda: elasticsearch.indices.get(index=name)[name]


def test_what_exists_is_left_as_it_is(elasticsearch, namespace, index):
    made = index()
    ensure_indices(elasticsearch, namespace, [NOVEMBER, DECEMBER])
    assert index() == made
    assert len(elasticsearch.indices.get(index=names.indices_of(namespace))) == 2


def test_an_index_is_a_time_series_of_one_month(elasticsearch, namespace):
    ensure_indices(elasticsearch, namespace, [DECEMBER])
    [made] = elasticsearch.indices.get_settings(index=names.indices_of(namespace)).body.values()
    made = made["settings"]["index"]
    assert made["mode"] == "time_series"
    assert made["time_series"] == {
        "start_time": "2026-12-01T00:00:00Z",
        "end_time": "2027-01-01T00:00:00Z",
    }


def test_daily_points_of_a_year_are_in_one_index(elasticsearch, monkeypatch, namespace):
    monkeypatch.setattr(names, "YEARLY", frozenset({namespace}))
    ensure_indices(elasticsearch, namespace, [date(2026, month, 1) for month in range(1, 13)])
    [(name, made)] = elasticsearch.indices.get(index=names.indices_of(namespace)).body.items()
    assert name == f"cloudwatch-metrics-{namespace}-2026"
    assert made["settings"]["index"]["time_series"] == {
        "start_time": "2026-01-01T00:00:00Z",
        "end_time": "2027-01-01T00:00:00Z",
    }


def test_all_metrics_are_read_by_one_alias_and_each_index_written_by_its_own(namespace, index):
    written_by = names.write_alias(names.index_of(namespace, NOVEMBER))
    assert set(index()["aliases"]) == {names.ALL_METRICS, written_by}


def test_an_index_says_its_version_and_namespace(namespace, index):
    assert index()["mappings"]["_meta"] == {
        "nephoscope": {"version": VERSION, "namespace": namespace}
    }


def test_an_unknown_field_is_refused(elasticsearch, index):
    assert index()["mappings"]["dynamic"] == "strict"
    assert index()["mappings"]["properties"]["aws"].get("dynamic", "strict") == "strict"


def test_the_owners_component_wins(elasticsearch, namespace):
    settings = {"index.number_of_replicas": 2, "index.auto_expand_replicas": False}
    elasticsearch.cluster.put_component_template(name=CUSTOM, template={"settings": settings})
    try:
        ensure_indices(elasticsearch, namespace, [NOVEMBER])
    finally:
        elasticsearch.indices.delete_index_template(name=METRICS.name)
        elasticsearch.cluster.delete_component_template(name=CUSTOM)
    name = names.index_of(namespace, NOVEMBER)
    made = elasticsearch.indices.get_settings(index=name)[name]["settings"]["index"]
    assert (made["number_of_replicas"], made["mode"]) == ("2", "time_series")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: one.kind)
def test_a_template_is_put_once(elasticsearch, template):
    elasticsearch.options(ignore_status=404).indices.delete_index_template(name=template.name)
    assert [ensure_template(elasticsearch, template) for _ in range(3)] == [True, False, False]


def test_a_newer_template_is_not_touched(elasticsearch, namespace):
    newer = {"index_patterns": ["cloudwatch-metrics*"], "version": VERSION + 1, "priority": 500}
    elasticsearch.indices.put_index_template(name=METRICS.name, **newer)
    try:
        with pytest.raises(ConfigError, match=r"is of version 2 .* knows 1, so nothing is written"):
            ensure_indices(elasticsearch, namespace, [NOVEMBER])
    finally:
        elasticsearch.indices.delete_index_template(name=METRICS.name)
    assert not elasticsearch.indices.get(index=names.indices_of(namespace))


def test_an_index_of_a_newer_version_is_not_written(elasticsearch, namespace, index, documents):
    newer = {"nephoscope": {"version": VERSION + 1, "namespace": namespace}}
    elasticsearch.indices.put_mapping(index=names.index_of(namespace, NOVEMBER), meta=newer)
    with pytest.raises(ConfigError, match=r"the index cloudwatch-metrics-.* is of version 2"):
        load(elasticsearch, [table(point(namespace=namespace))], attributes={})
    assert documents() == {}


def test_who_may_not_manage_templates_is_told_the_privilege():
    denied = 403, {"error": {"type": "security_exception", "reason": "action [x] is unauthorized"}}
    with pytest.raises(AccessDenied, match="and the cluster privilege manage_index_templates"):
        ensure_template(Scripted(lambda _: denied).client, METRICS)


def test_the_inventory_is_made_once(elasticsearch):
    ensure_inventory(elasticsearch)
    ensure_inventory(elasticsearch)


def test_coverage_has_an_index_a_year_and_one_alias_reads_all(elasticsearch):
    for _ in range(2):
        ensure_coverage(elasticsearch, [1997, 1998])
    made = elasticsearch.indices.get_alias(name=names.ALL_COVERAGE)
    assert {"cloudwatch-coverage-1997", "cloudwatch-coverage-1998"} <= set(made)
    elasticsearch.indices.delete(index="cloudwatch-coverage-1997,cloudwatch-coverage-1998")


@pytest.mark.parametrize("unknown", ["AWS/EC2", "ü", 'A/B\\C*?"<>| ,#:', ".", "-_+", "x" * 255])
def test_any_namespace_makes_an_index(elasticsearch, unknown):
    ensure_indices(elasticsearch, unknown, [date(1999, 1, 1)])
    index = names.index_of(unknown, date(1999, 1, 1))
    assert elasticsearch.indices.exists(index=index)
    elasticsearch.indices.delete(index=index)


def test_fields_are_counted_as_elasticsearch_counts_them(elasticsearch, namespace):
    """An index that has as many fields as it may takes no other."""
    points = [
        point(metric, statistic, namespace=namespace, dimensions=[("InstanceId", "i"), ("a.b", "")])
        for metric in ("cpu", "net")
        for statistic in ("Average", "Sum")
    ]
    load(elasticsearch, [table(*points)], attributes={})
    index = names.index_of(namespace, NOVEMBER)
    [(_, fields, _)] = [one for one in field_counts(elasticsearch) if one.name == index]
    setting = "index.mapping.total_fields.limit"
    elasticsearch.indices.put_settings(index=index, settings={setting: fields + 1})
    more = point("cpu", "Maximum", namespace=namespace, dimensions=[("InstanceId", "j")])
    load(elasticsearch, [table(more)], attributes={})
    counts = field_counts(elasticsearch)
    assert (index, fields + 1, fields + 1) in counts
    assert counts[0].fields / counts[0].limit == 1
    too_many = point("cpu", "Minimum", namespace=namespace, dimensions=[("InstanceId", "j")])
    with pytest.raises(Rejected, match="Limit of total fields"):
        load(elasticsearch, [table(too_many)], attributes={})
