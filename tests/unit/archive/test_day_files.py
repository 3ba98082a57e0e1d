"""Day files say what is in them, and are written so that every reader can read them."""

from dataclasses import replace

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest

from nephoscope.archive.day_files import Day, Facts, find_day
from nephoscope.archive.days import compact
from nephoscope.archive.layout import Source
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, steady

FACTS = Facts(Source("1", "r", "a/b"), 300, (60, 300), frozenset({"a", "b"}), NIGHT)
NAMESPACES = ["AWS/EC2", "Custom#1:x_y-z.", "a=b/c d%2F", "\u00fc{\U0001f600}*?", "'; --"]
OLD = {"PLAIN", "RLE", "PLAIN_DICTIONARY", "RLE_DICTIONARY"}
"""The encodings of Parquet 1, and what it calls them in Parquet 2."""


@pytest.fixture
def file(tmp_path):
    """A day file: one instance's three statistics."""
    land(tmp_path, steady(1))
    [done] = compact(tmp_path, DAY, NIGHT)
    return tmp_path / done.path


def test_a_file_says_what_went_into_it(tmp_path):
    written = land(tmp_path, steady(1))
    compact(tmp_path, DAY, NIGHT)
    [facts] = find_day(tmp_path, Source.of(shard()).path, DAY).facts
    assert facts == Facts(Source.of(shard()), 300, (300,), frozenset({written.name}), NIGHT)


def test_facts_are_read_back():
    metadata = {name.encode(): value.encode() for name, value in FACTS.metadata().items()}
    assert Facts.read(metadata) == FACTS


@pytest.mark.parametrize(
    ("files", "attempts"),
    [
        pytest.param([], set(), id="no-file"),
        pytest.param([FACTS], set(), id="one-of-two"),
        pytest.param([FACTS, replace(FACTS, period=60)], {"a", "b"}, id="both"),
        pytest.param(
            [FACTS, replace(FACTS, period=60, attempts=frozenset("b"))], {"b"}, id="one-is-older"
        ),
        pytest.param(
            [replace(FACTS, periods=(300,)), replace(FACTS, period=3600, periods=(300, 3600))],
            {"a", "b"},
            id="a-third-period-came",
        ),
    ],
)
def test_an_attempt_is_in_a_day_when_it_is_in_each_of_its_files(files, attempts):
    assert Day(tuple(files)).attempts == attempts


def test_all_encodings_are_those_of_parquet_1(file):
    group = pq.read_metadata(file).row_group(0)
    columns = [group.column(n) for n in range(group.num_columns)]
    assert {name for column in columns for name in column.encodings} <= OLD
    assert {column.compression for column in columns} == {"ZSTD"}


def test_columns_have_the_types_that_are_documented(file):
    schema = pq.read_metadata(file).schema
    columns = [schema.column(n) for n in range(len(schema))]
    assert {one.name: (one.physical_type, one.logical_type.type) for one in columns} == {
        "dimensions": ("BYTE_ARRAY", "STRING"),
        "metric": ("BYTE_ARRAY", "STRING"),
        "statistic": ("BYTE_ARRAY", "STRING"),
        "timestamp": ("INT64", "TIMESTAMP"),
        "value": ("DOUBLE", "NONE"),
        "asked_at": ("INT64", "TIMESTAMP"),
    }


def test_a_series_of_two_decimals_takes_a_few_bytes_a_point(tmp_path):
    """A plain float64 with its time would take 16."""
    land(tmp_path, lambda *query: query[3] * 2654435761 % 10_000 / 100, one=shard(200))
    [done] = compact(tmp_path, DAY, NIGHT)
    assert done.bytes / done.points < 4


@pytest.mark.parametrize("namespace", NAMESPACES, ids=ascii)
def test_readers_see_the_partitions_values(tmp_path, namespace):
    one = shard(namespace=namespace, region="eu-west-1", account="012345678901")
    land(tmp_path, steady(1), one=one)
    compact(tmp_path, DAY, NIGHT)
    frame = pd.read_parquet(tmp_path / "metrics")
    assert set(frame["namespace"]) == {namespace}
    [row] = duckdb.sql(
        "select distinct namespace, region, account, period, day::varchar "
        f"from read_parquet('{tmp_path}/metrics/**/*.parquet', hive_partitioning=true, "
        "hive_types={'account': varchar})"
    ).fetchall()
    assert row == (namespace, "eu-west-1", "012345678901", 300, "2026-11-20")
