"""Hits as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from nephoscope.model import dimensions_key
from nephoscope.store import rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def hit(minute=0, period=300, instance="i-1", **values):
    fields = {
        "cloud.account.id": ["123456789012"],
        "cloud.region": ["eu-west-1"],
        "aws.cloudwatch.period": [period],
        "aws.dimensions.InstanceId": [instance],
        "@timestamp": [str(int((NOON + timedelta(minutes=minute)).timestamp() * 1000))],
    }
    return fields | {name: [value] for name, value in values.items()}


def kept(*hits):
    table = rows.finest(rows.points(hits, {}))
    return [(row["period"], row["timestamp"]) for row in table.to_pylist()]


def test_a_value_that_a_hit_lacks_is_null():
    table = rows.points([hit(a=1.5, b=2.5), hit(a=3.5)], {"Average": "a", "Sum": "b"})
    assert table.select(["Average", "Sum"]).to_pydict() == {
        "Average": [1.5, 3.5],
        "Sum": [2.5, None],
    }


def test_no_hits_are_a_table_of_the_same_columns():
    assert rows.points([], {"Average": "a"}).schema.names == [
        "account", "region", "dimensions", "period", "timestamp", "Average",
    ]  # fmt: skip
    assert rows.finest(rows.points([], {})).num_rows == 0


@pytest.mark.parametrize(
    "dimensions",
    [
        pytest.param({}, id="none"),
        pytest.param({"b": "2", "a": "1"}, id="sorted"),
        pytest.param({"Service": "x", "Service.Name": "y", "ü/😀": "日本"}, id="dotted"),
    ],
)
def test_dimensions_are_canonical(dimensions):
    fields = hit()
    del fields["aws.dimensions.InstanceId"]
    fields |= {f"aws.dimensions.{name}": [value] for name, value in dimensions.items()}
    key = rows.identity(fields)[2]
    assert key == dimensions_key(tuple(dimensions.items()))


def test_of_a_resource_and_day_only_the_finest_period_is_kept():
    assert kept(hit(0), hit(5), hit(0, period=60)) == [(60, NOON)]


def test_another_day_or_resource_has_its_own_finest_period():
    tomorrow = 24 * 60
    assert len(kept(hit(0), hit(tomorrow, period=60), hit(0, period=60, instance="i-2"))) == 3
