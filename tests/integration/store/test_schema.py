"""Indices on a real node."""

from datetime import date

import pytest

from nephoscope.store import names
from nephoscope.store.schema import ensure_coverage, ensure_indices, ensure_inventory

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


def test_what_exists_is_left_as_it_is(elasticsearch, namespace):
    ensure_indices(elasticsearch, namespace, [NOVEMBER])
    made = elasticsearch.indices.get(index=names.indices_of(namespace)).body
    ensure_indices(elasticsearch, namespace, [NOVEMBER, DECEMBER])
    both = elasticsearch.indices.get(index=names.indices_of(namespace)).body
    assert made[names.index_of(namespace, NOVEMBER)] == both[names.index_of(namespace, NOVEMBER)]
    assert len(both) == 2


def test_an_index_is_a_time_series_of_one_month(elasticsearch, namespace):
    ensure_indices(elasticsearch, namespace, [DECEMBER])
    [made] = elasticsearch.indices.get_settings(index=names.indices_of(namespace)).body.values()
    index = made["settings"]["index"]
    assert index["mode"] == "time_series"
    assert index["time_series"] == {
        "start_time": "2026-12-01T00:00:00Z",
        "end_time": "2027-01-01T00:00:00Z",
    }


def test_all_metrics_are_read_by_one_alias_and_each_index_written_by_its_own(
    elasticsearch, namespace
):
    ensure_indices(elasticsearch, namespace, [NOVEMBER])
    index = names.index_of(namespace, NOVEMBER)
    aliases = elasticsearch.indices.get_alias(index=index)[index]["aliases"]
    assert set(aliases) == {names.ALL_METRICS, names.write_alias(index)}


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
    unknown = f"{unknown}"
    ensure_indices(elasticsearch, unknown, [date(1999, 1, 1)])
    index = names.index_of(unknown, date(1999, 1, 1))
    assert elasticsearch.indices.exists(index=index)
    elasticsearch.indices.delete(index=index)
