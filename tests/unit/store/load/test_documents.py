"""Points to documents."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.errors import ConfigError, Rejected
from nephoscope.model import Resource, dimensions_from_key
from nephoscope.store.load import columns
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.documents import documents
from unit.store.points_table import ASKED, NOON, point, table

WEB = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", "i-1"),))
LATER = ASKED + timedelta(hours=1)


def sources(*points, attributes=None):
    return written(table(*points), attributes)


def written(points, attributes=None):
    return [
        orjson.loads(item.source)
        for batch in documents(Columns.of(points), attributes or {})
        for item in batch.items()
    ]


def test_a_document_holds_all_metrics_of_a_resource_and_time():
    [source] = sources(
        point("CPUUtilization", "Average", 2.88),
        point("CPUUtilization", "Maximum", 9.1),
        point("NetworkIn", "Sum", 1608959),
    )
    assert source == {
        "@timestamp": "2026-11-20T12:00:00.000Z",
        "cloud": {"provider": "aws", "account": {"id": "123456789012"}, "region": "eu-west-1"},
        "aws": {
            "cloudwatch": {"namespace": "AWS/EC2", "period": 300},
            "dimensions": {"InstanceId": "i-1"},
            "ec2": {
                "metrics": {
                    "CPUUtilization": {"avg": 2.88, "max": 9.1},
                    "NetworkIn": {"sum": 1608959},
                }
            },
        },
        "event": {"ingested": "2026-11-23T01:00:00.000Z"},
    }


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"account": "210987654321"}, id="account"),
        pytest.param({"region": "us-east-1"}, id="region"),
        pytest.param({"namespace": "AWS/EBS"}, id="namespace"),
        pytest.param({"dimensions": [("InstanceId", "i-2")]}, id="dimensions"),
        pytest.param({"period": 60}, id="period"),
        pytest.param({"timestamp": NOON + timedelta(minutes=5)}, id="time"),
    ],
)
def test_what_tells_documents_apart(other):
    assert len(sources(point(), point(**other))) == 2


@pytest.mark.parametrize("first", [True, False], ids=["early-first", "late-first"])
def test_of_two_reads_of_a_value_the_later_one_stays(first):
    reads = [point(value=9.0, asked_at=ASKED), point(value=1.0, asked_at=LATER)]
    [source] = sources(*(reads if first else reversed(reads)))
    assert source["aws"]["ec2"]["metrics"] == {"CPUUtilization": {"avg": 1.0}}


def test_values_read_before_the_newest_are_named_with_their_time():
    [source] = sources(
        point("CPUUtilization", asked_at=ASKED), point("NetworkIn", "Sum", asked_at=LATER)
    )
    assert source["event"]["ingested"] == "2026-11-23T02:00:00.000Z"
    assert source["nephoscope"] == {"fetched": {"CPUUtilization.avg": "2026-11-23T01:00:00.000Z"}}


def test_an_index_holds_a_month():
    last = datetime(2026, 11, 30, 23, 55, tzinfo=UTC)
    made = documents(
        Columns.of(table(point(timestamp=last), point(timestamp=last + timedelta(minutes=5)))), {}
    )
    assert [item.alias for batch in made for item in batch.items()] == [
        "cloudwatch-write-metrics-aws.ec2-2026.11",
        "cloudwatch-write-metrics-aws.ec2-2026.12",
    ]


@pytest.mark.parametrize("order", list(permutations(["cloud", "host", "aws"])), ids=" ".join)
def test_attributes_stand_beside_what_a_document_is_and_never_over_it(order):
    given_ = {
        "cloud": {"region": "elsewhere", "instance": {"id": "i-1", "name": "web"}},
        "host": {"name": "web"},
        "aws": {"dimensions": {"x": "y"}, "tags": {"env": "prod", "a.b": "c"}},
    }
    [source] = sources(point(), attributes={WEB: {name: given_[name] for name in order}})
    assert source["cloud"]["instance"] == {"id": "i-1", "name": "web"}
    assert source["cloud"]["region"] == "eu-west-1"
    assert source["aws"]["dimensions"] == {"InstanceId": "i-1"}
    assert source["aws"]["tags"] == {"env": "prod", "a.b": "c"}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_finite_number_is_refused_by_name(value):
    with pytest.raises(Rejected, match=r"1 of 2 points of AWS/EC2 .* NetworkIn Sum: -?(nan|inf)"):
        Columns.of(table(point(), point("NetworkIn", "Sum", value)))


def test_a_missing_value_is_refused():
    holed = table(point()).set_column(8, "value", pa.array([None], pa.float64()))
    with pytest.raises(Rejected, match="1 points have no value"):
        Columns.of(holed)


def test_two_metrics_that_would_be_one_field_are_refused():
    with pytest.raises(ConfigError, match=r"'mem.used' and 'mem_used' of shop"):
        sources(point("mem.used", namespace="shop"), point("mem_used", namespace="shop"))


def test_a_name_that_a_dictionary_has_twice_is_one():
    made = table(point("cpu"), point("net"))
    twice = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), ["cpu", "cpu"])
    place = made.schema.get_field_index("metric")
    [source] = written(made.set_column(place, made.schema.field(place), twice))
    assert source["aws"]["ec2"]["metrics"] == {"cpu": {"avg": 1.0}}


def test_no_points_make_no_documents():
    assert sources() == []


def test_resources_are_written_some_at_a_time(monkeypatch):
    monkeypatch.setattr(columns, "ROWS", 3)
    points = [
        point(metric, value=number, dimensions=[("InstanceId", f"i-{number}")])
        for number in range(5)
        for metric in ("CPUUtilization", "NetworkIn")
    ]
    parts = list(Columns.of(table(*points)).parts())
    assert [len(part.rows) for part in parts] == [4, 4, 2]
    assert len(sources(*points)) == 5


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
POINT = st.builds(
    point,
    metric=NAMES,
    statistic=st.sampled_from(["Average", "Sum", "p99.9", "TM(10%:90%)"]),
    value=st.floats(allow_nan=False, allow_infinity=False),
    timestamp=st.integers(0, 9).map(lambda number: NOON + timedelta(minutes=5 * number)),
    dimensions=st.dictionaries(NAMES, NAMES, max_size=3).map(dict.items),
)


@given(st.lists(POINT, max_size=30, unique_by=lambda one: one["metric"].replace(".", "_")))
def test_every_value_is_in_exactly_one_document_as_it_was(points):
    written = sorted(
        value
        for source in sources(*points)
        for statistics in source["aws"]["ec2"]["metrics"].values()
        for value in statistics.values()
    )
    assert list(map(repr, written)) == [repr(v) for v in sorted(one["value"] for one in points)]


FEW = st.builds(
    point,
    metric=st.sampled_from(["cpu", "net", "disk"]),
    statistic=st.sampled_from(["Average", "Maximum"]),
    value=st.sampled_from([0.0, -1.5, 1e300, 5e-324, 12345678.9]),
    timestamp=st.integers(0, 3).map(lambda number: NOON + timedelta(minutes=5 * number)),
    dimensions=st.sampled_from(["i-1", "i-2"]).map(lambda name: [("InstanceId", name)]),
    asked_at=st.sampled_from([ASKED, LATER]),
)


@given(st.lists(FEW, max_size=60), st.integers(1, 5))
def test_documents_with_and_without_the_same_measures_hold_the_newest_of_each(points, at_once):
    newest = {}
    for one in points:
        key = one["dimensions"], one["timestamp"], one["metric"], one["statistic"]
        newest[key] = max(newest.get(key, (ASKED, -2.0)), (one["asked_at"], one["value"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nephoscope.store.load.documents.AT_ONCE", at_once)
        found = {}
        for source in sources(*points):
            late = source["event"]["ingested"]
            early = source.get("nephoscope", {}).get("fetched", {})
            for metric, values in source["aws"]["ec2"]["metrics"].items():
                for statistic, value in values.items():
                    whose = source["aws"]["dimensions"]["InstanceId"], source["@timestamp"]
                    read = early.get(f"{metric}.{statistic}", late)
                    assert (*whose, metric, statistic) not in found
                    found[*whose, metric, statistic] = (read, repr(value))
    fields = {"Average": "avg", "Maximum": "max"}
    assert found == {
        (dimensions_from_key(whose)[0][1], _text(time), metric, fields[statistic]): (
            _text(read),
            repr(value),
        )
        for (whose, time, metric, statistic), (read, value) in newest.items()
    }


def _text(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"
