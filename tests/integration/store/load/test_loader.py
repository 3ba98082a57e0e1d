"""Loads into a real node."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch import Elasticsearch

from nephoscope.errors import Rejected, StoreError, StoreFull
from nephoscope.model import Resource
from nephoscope.store import answers, names
from nephoscope.store.load.bulk import Patience, send
from nephoscope.store.load.items import Batch, Item
from nephoscope.store.load.loader import load, store
from nephoscope.store.schema.making import ensure_indices
from unit.store.points_table import ASKED, NOON, point, table

LATER = ASKED + timedelta(hours=1)
QUICK = Patience(sleep=lambda _: None)


def day(namespace, *metrics, instances=3, value=0.0, asked_at=ASKED):
    """An hour of some instances, whose values differ."""
    return table(
        *(
            point(
                metric,
                value=value + 100 * instance + minute,
                timestamp=NOON + timedelta(minutes=minute),
                dimensions=[("InstanceId", f"i-{instance}")],
                namespace=namespace,
                asked_at=asked_at,
            )
            for instance in range(instances)
            for metric in metrics
            for minute in range(0, 60, 5)
        )
    )


def test_every_document_is_created_once(elasticsearch, namespace, documents):
    report = load(elasticsearch, [day(namespace, "cpu", "net")], attributes={})
    assert (report.points, report.produced, report.created) == (72, 36, 36)
    assert len(documents()) == 36


def test_a_rerun_changes_nothing(elasticsearch, namespace, documents):
    load(elasticsearch, [day(namespace, "cpu", "net")], attributes={})
    before = documents()
    report = load(elasticsearch, [day(namespace, "cpu", "net", asked_at=LATER)], attributes={})
    assert (report.produced, report.unchanged) == (36, 36)
    assert documents() == before


def test_a_long_rerun_looks_before_it_writes(elasticsearch, namespace, documents, monkeypatch):
    """Only the first requests find by conflicts that all is there: most items are never sent."""
    monkeypatch.setattr("nephoscope.store.load.bulk.MOST_ITEMS", 20)
    monkeypatch.setattr("nephoscope.store.load.columns.ROWS", 20)
    first = day(namespace, "cpu", "net", instances=100)
    load(elasticsearch, [first], attributes={})
    before = documents()
    indexing = _indexing(elasticsearch, namespace)
    report = load(elasticsearch, [first], attributes={})
    assert (report.produced, report.unchanged) == (1200, 1200)
    assert documents() == before
    refused = _indexing(elasticsearch, namespace)["index_failed"] - indexing["index_failed"]
    assert 0 < refused <= 300


def test_a_rerun_that_looks_writes_what_is_new_and_what_changed(
    elasticsearch, namespace, documents, monkeypatch
):
    monkeypatch.setattr("nephoscope.store.load.bulk.MOST_ITEMS", 20)
    monkeypatch.setattr("nephoscope.store.load.columns.ROWS", 20)
    load(elasticsearch, [day(namespace, "cpu", instances=60)], attributes={})
    again = [
        day(namespace, "cpu", instances=60),
        day(namespace, "cpu", instances=50, value=0.5, asked_at=LATER),
        day(namespace, "cpu", "net", instances=70),
    ]
    report = load(elasticsearch, again, attributes={})
    assert report.created == 120
    assert report.merged + report.unchanged == report.produced - 120
    field = names.field_of(namespace)
    for hit in documents().values():
        source = hit["_source"]
        instance = int(source["aws"]["dimensions"]["InstanceId"].removeprefix("i-"))
        minute = int(source["@timestamp"][14:16])
        value = 100.0 * instance + minute
        newest = value + 0.5 if instance < 50 else value
        assert source["aws"][field]["metrics"] == {"cpu": {"avg": newest}, "net": {"avg": value}}


def _indexing(client, namespace):
    stats = client.indices.stats(index=names.indices_of(namespace), metric="indexing")
    return stats["_all"]["primaries"]["indexing"]


@pytest.mark.parametrize(
    ("first", "second", "stored"),
    [
        pytest.param([("cpu", 1, ASKED)], [("cpu", 2, LATER)], {"cpu": 2}, id="newer-wins"),
        pytest.param([("cpu", 2, LATER)], [("cpu", 1, ASKED)], {"cpu": 2}, id="older-does-not"),
        pytest.param([("cpu", 1, ASKED)], [("net", 2, LATER)], {"cpu": 1, "net": 2}, id="union"),
        pytest.param(
            [("cpu", 1, ASKED), ("net", 9, LATER)],
            [("cpu", 2, LATER), ("net", 1, ASKED)],
            {"cpu": 2, "net": 9},
            id="each-by-its-own-time",
        ),
    ],
)
def test_what_a_merge_leaves(elasticsearch, namespace, metrics, first, second, stored):
    for read in (first, second):
        points = [
            point(metric, value=value, asked_at=asked_at, namespace=namespace)
            for metric, value, asked_at in read
        ]
        load(elasticsearch, [table(*points)], attributes={})
    assert metrics() == {metric: {"avg": value} for metric, value in stored.items()}


def test_times_of_reads_survive_in_the_store(elasticsearch, namespace, metrics):
    """Merged by three loads, a value is still judged by the time it was read at itself."""
    for value, asked_at, metric in ((1, ASKED, "cpu"), (5, LATER, "net"), (2, ASKED, "cpu")):
        asked = asked_at + timedelta(minutes=value)
        points = table(point(metric, value=value, asked_at=asked, namespace=namespace))
        load(elasticsearch, [points], attributes={})
    assert metrics() == {"cpu": {"avg": 2}, "net": {"avg": 5}}


@pytest.mark.parametrize(
    "value",
    [0.0, -0.0, 0.1, 1 / 3, 5e-324, 2.0**-1022, 1.7976931348623157e308, -1e-300, 2.0**53 + 2, 1e22],
    ids=repr,
)
def test_a_value_comes_back_as_it_was(elasticsearch, namespace, metrics, value):
    load(elasticsearch, [table(point("cpu", value=value, namespace=namespace))], attributes={})
    assert repr(metrics()["cpu"]["avg"]) == repr(value)


def test_loads_at_once_end_in_the_union_of_the_newest(elasticsearch_url, namespace, documents):
    lists = ["a", "b"], ["b", "c"], ["d"], ["a", "d", "e"]

    def run(number):
        with Elasticsearch(elasticsearch_url) as client:
            asked_at = ASKED + timedelta(minutes=number)
            points = day(namespace, *lists[number], value=10_000 * number, asked_at=asked_at)
            return load(client, [points], attributes={}, patience=QUICK)

    with ThreadPoolExecutor(4) as pool:
        reports = list(pool.map(run, range(4)))
    assert sum(report.created for report in reports) == 36
    field = names.field_of(namespace)
    ends = [hit["_source"]["aws"][field]["metrics"] for hit in documents().values()]
    newest = {"a": 3, "b": 1, "c": 1, "d": 3, "e": 3}
    assert [{name: one["avg"] // 10_000 for name, one in end.items()} for end in ends] == [
        newest
    ] * 36


def test_a_refused_document_is_kept_apart(elasticsearch, namespace, documents):
    poison = point("cpu", namespace=namespace, dimensions=[(" ", "canary")])
    points = table(point("cpu", namespace=namespace), poison)
    report = store(elasticsearch, [points], attributes={})
    assert (report.produced, report.created, len(report.rejected)) == (2, 1, 1)
    assert b"canary" in report.rejected[0].document
    with pytest.raises(
        Rejected, match="rejected 1 of 2 documents and has the others: 1 x cloud"
    ) as caught:
        report.check()
    assert "canary" not in str(caught.value)
    assert len(documents()) == 1


def test_a_merge_may_be_refused_too(elasticsearch, namespace, metrics):
    load(elasticsearch, [table(point("cpu", namespace=namespace))], attributes={})
    bad = {"aws": {"tags": {"k": "x" * 40_000}}}
    web = Resource("123456789012", "eu-west-1", namespace, (("InstanceId", "i-1"),))
    points = table(point("cpu", value=2, namespace=namespace, asked_at=LATER))
    report = store(elasticsearch, [points], attributes={web: bad})
    assert (report.merged, len(report.rejected)) == (0, 1)
    assert metrics() == {"cpu": {"avg": 1}}


def test_points_of_two_months_go_to_two_indices(elasticsearch, namespace, documents):
    last = datetime(2026, 10, 31, 23, 55, tzinfo=UTC)
    points = [
        point("cpu", timestamp=last + timedelta(minutes=m), namespace=namespace) for m in (0, 5)
    ]
    load(elasticsearch, [table(*points)], attributes={})
    months = sorted(hit["_index"][-7:] for hit in documents().values())
    assert months == ["2026.10", "2026.11"]


HOSTILE = [
    pytest.param({}, id="none"),
    pytest.param({"Service": "a", "Service.Name": "b"}, id="one-within-another"),
    pytest.param({"@timestamp": "x", "_id": "y", "cloud": "z", "event.ingested": "v"}, id="ours"),
    pytest.param({"metrics.x.metrics.a.b": "v"}, id="like-a-value"),
    pytest.param({"*": "*", "a*b": "?", '"\\': '"\\'}, id="patterns"),
    pytest.param({".a": "x", "b.": "x", "c..d": "x", ".": "x"}, id="dots"),
    pytest.param({"ü/😀": "日本\u2028", "<b>": "'; DROP"}, id="scripts"),
    pytest.param({"long": "x" * 1024}, id="long"),
    pytest.param({"date": "2026-01-01", "number": "123", "blank": " ", "none": ""}, id="not-text"),
]


@pytest.mark.parametrize("dimensions", HOSTILE)
def test_any_dimensions_make_one_document(elasticsearch, namespace, documents, dimensions):
    for value in (1, 2):
        points = table(
            point(
                "cpu",
                value=value,
                namespace=namespace,
                dimensions=dimensions.items(),
                asked_at=ASKED + timedelta(hours=value),
            )
        )
        load(elasticsearch, [points], attributes={})
    [hit] = documents().values()
    assert hit["_source"]["aws"].get("dimensions", {}) == dimensions
    assert hit["_source"]["aws"][names.field_of(namespace)]["metrics"] == {"cpu": {"avg": 2}}


def test_any_tags_leave_the_fields_as_they_were(elasticsearch, namespace, documents):
    tags = {
        f"{key}{number}": "v" for number in range(500) for key in ("k", "a.b.", "日本", " ", "<")
    }
    web = Resource("123456789012", "eu-west-1", namespace, (("InstanceId", "i-1"),))
    attributes = {web: {"aws": {"tags": tags}}}
    load(elasticsearch, [table(point("cpu", namespace=namespace))], attributes={})
    before = elasticsearch.indices.get_mapping(index=names.indices_of(namespace)).body
    points = table(point("cpu", namespace=namespace, timestamp=NOON + timedelta(hours=1)))
    load(elasticsearch, [points], attributes=attributes)
    assert elasticsearch.indices.get_mapping(index=names.indices_of(namespace)).body == before
    tagged = [hit["_source"]["aws"].get("tags", {}) for hit in documents().values()]
    assert sorted(map(flat, tagged), key=len) == [{}, tags]


def flat(tags, path=""):
    """A time series index gives ``{"a": {"b": …}}`` back for ``{"a.b": …}``, which is the same."""
    if not isinstance(tags, dict):
        return {path: tags}
    parts = [flat(value, f"{path}.{key}" if path else key) for key, value in tags.items()]
    return {key: value for part in parts for key, value in part.items()}


def test_a_read_only_index_is_told_and_a_later_load_completes(elasticsearch, namespace, documents):
    index = names.index_of(namespace, NOON.date().replace(day=1))
    ensure_indices(elasticsearch, namespace, [NOON.date().replace(day=1)])
    elasticsearch.indices.add_block(index=index, block="write")
    with pytest.raises(StoreFull, match=r"has set index\.blocks\.write: set it to null"):
        load(elasticsearch, [day(namespace, "cpu")], attributes={}, patience=QUICK)
    elasticsearch.indices.put_settings(index=index, settings={"index.blocks.write": None})
    assert load(elasticsearch, [day(namespace, "cpu")], attributes={}).created == 36
    assert len(documents()) == 36


def test_a_load_never_makes_an_index(elasticsearch, namespace):
    """By its own name an index is refused too: only an alias, which `ensure_indices` makes."""
    ensure_indices(elasticsearch, namespace, [NOON.date().replace(day=1)])
    for target in (
        "cloudwatch-write-metrics-nowhere-2026.11",
        names.index_of(namespace, NOON.date()),
    ):
        item = Item.of("create", target, "x", {})
        with pytest.raises(StoreError, match="lost an index"):
            list(send(elasticsearch, [Batch.of([item])], QUICK))
    assert not elasticsearch.indices.exists(index="cloudwatch-write-metrics-nowhere-2026.11")


def test_a_wrong_port_is_told_without_the_password(monkeypatch):
    monkeypatch.setattr(answers, "FIRST_PAUSE", 0)
    with (
        Elasticsearch("http://user:canary@127.0.0.1:1") as client,
        pytest.raises(StoreError, match=r"http://127\.0\.0\.1:1 does not answer") as caught,
    ):
        load(client, [table(point())], attributes={}, patience=QUICK)
    assert "canary" not in str(caught.value)
