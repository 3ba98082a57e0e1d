"""Pages of points as tables."""

from datetime import UTC, datetime, timedelta

import pytest

from nephoscope.model import dimensions_key
from nephoscope.store.read import rows

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACCOUNT = "123456789012"


def hit(minute=0, *values, period=300, instance="i-1"):
    """What a point is sorted by."""
    return (_milliseconds(minute), ACCOUNT, "eu-west-1", period, instance, *values)


def read(*pages):
    found = rows.Rows(["InstanceId"])
    for page in pages:
        found.add(list(zip(*page, strict=True)))
    return found


def kept(*hits):
    return [(row["period"], row["timestamp"]) for row in read(hits).table([]).to_pylist()]


def _milliseconds(minute):
    return int((NOON + timedelta(minutes=minute)).timestamp() * 1000)


def test_a_value_that_a_point_lacks_is_null():
    table = read([hit(0, 1.5, 2.5), hit(5, 3.5, "Infinity")]).table(["Average", "Sum"])
    assert table.select(["Average", "Sum"]).to_pydict() == {
        "Average": [1.5, 3.5],
        "Sum": [2.5, None],
    }


def test_no_points_are_a_table_of_the_same_columns():
    table = read().table(["Average"])
    assert table.schema == read([hit(0, 1.5)]).table(["Average"]).schema
    assert table.num_rows == 0


def test_points_of_all_pages_stand_by_resource_and_time():
    table = read(
        [hit(0, 1.0, instance="i-2"), hit(0, 2.0)],
        [hit(5, 3.0, instance="i-2"), hit(5, 4.0)],
    ).table(["Average"])
    assert table["Average"].to_pylist() == [2, 4, 1, 3]
    assert [len(column.chunks) for column in table.columns] == [1] * table.num_columns


def test_each_series_has_its_times_and_values():
    found = read([hit(0, 1.0), hit(0, 2.0, period=60)], [hit(5, 3.0)])
    each = {whose[3]: (times.tolist(), values.tolist()) for whose, times, values in found.each()}
    assert each == {
        300: ([_milliseconds(0), _milliseconds(5)], [[1, 3]]),
        60: ([_milliseconds(0)], [[2]]),
    }


@pytest.mark.parametrize(
    "dimensions",
    [
        pytest.param({}, id="none"),
        pytest.param({"b": "2", "a": "1"}, id="sorted"),
        pytest.param({"Service": "x", "Service.Name": "y", "ü/😀": "日本"}, id="dotted"),
    ],
)
def test_dimensions_are_canonical_and_those_that_lack_are_none(dimensions):
    known = [*dimensions, "another"]
    found = [ACCOUNT, "eu-west-1", 300, *dimensions.values(), None]
    key = dimensions_key(tuple(dimensions.items()))
    assert rows.identity(known, found) == (ACCOUNT, "eu-west-1", key, 300)


def test_of_a_resource_and_day_only_the_finest_period_is_kept():
    assert kept(hit(0), hit(0, period=60), hit(5)) == [(60, NOON)]


def test_another_day_or_resource_has_its_own_finest_period():
    tomorrow = 24 * 60
    assert len(kept(hit(0), hit(0, period=60, instance="i-2"), hit(tomorrow, period=60))) == 3
