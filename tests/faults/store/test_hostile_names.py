"""Names that strangers chose, on a real node: tags, dimensions, metrics and namespaces."""

from datetime import date, timedelta

import pytest

from nephoscope.errors import Rejected
from nephoscope.model import Resource, Window, dimensions_key
from nephoscope.store import names
from nephoscope.store.coverage.audit import audit
from nephoscope.store.coverage.expected import Expected
from nephoscope.store.load.loader import load
from nephoscope.store.read import queries
from nephoscope.store.read.totals import totals
from nephoscope.store.schema.making import ensure_indices, field_counts
from unit.store.points_table import NOON, point, table

DAY = Window.day(NOON)
NOVEMBER = date(2026, 11, 1)
SCRIPTS = "aZ0 .,:/\\*?\"'<>|#%&$@(){}[]+-=_~^`äßñΩЖשع日本語한글ไทย😀\u200b\u202e\t\r\n\x7f"
EVIL = ["*", "_all", "a,b", "cloudwatch-metrics-*", "-*", "<a-{now/d}>", "", "**", ".", "a:*"]
LONGEST = 300


@pytest.fixture
def name(draw):
    """Draw a name of a length, or of any; it has more than blanks, as AWS insists."""

    def make(length=None):
        size = length or draw.choice([1, 2, 5, 20, 128])
        text = "".join(draw.choice(SCRIPTS) for _ in range(size))
        return text if text.strip() and text.strip("\u200b") else f"x{text}"[:size]

    return make


@pytest.fixture
def distinct(name, draw):
    """Draw names that differ, some by their case or by a sign alone, some very long."""

    def make(count):
        found = set()
        while len(found) < count:
            one = name(draw.choice([None, None, LONGEST]))
            twins = {
                one,
                one.swapcase(),
                one.replace("/", "_"),
                f"{one} ",
                one[: LONGEST - 1] + "x",
            }
            found |= {twin for twin in twins if twin.strip()}
        return sorted(found)[:count]

    return make


def resource(namespace, **dimensions):
    return Resource("123456789012", "eu-west-1", namespace, tuple(sorted(dimensions.items())))


def read(client, namespace, metric="CPUUtilization"):
    """Read a namespace's averages by dimensions and time."""
    queries.refresh(client)
    found = queries.series(
        client, namespace=namespace, metric=metric, statistics=["Average"], window=DAY
    )
    columns = (found[column].to_pylist() for column in ("dimensions", "timestamp", "Average"))
    return {(whose, time): value for whose, time, value in zip(*columns, strict=True)}


def test_no_tag_is_refused_or_makes_a_field(elasticsearch, namespace, distinct, draw, stored):
    """5,000 keys, on a hundred instances; each finds its instance."""
    keys = distinct(5_000)
    draw.shuffle(keys)
    tags = {
        resource(namespace, InstanceId=f"i-{number}"): dict.fromkeys(
            keys[number::100], f"v{number}"
        )
        for number in range(100)
    }

    def points(minute):
        return table(
            *(
                point(
                    "cpu",
                    value=number,
                    namespace=namespace,
                    dimensions=whose.dimensions,
                    timestamp=NOON + timedelta(minutes=minute),
                )
                for number, whose in enumerate(tags)
            )
        )

    load(elasticsearch, [points(0)], attributes={})
    [before] = [one for one in field_counts(elasticsearch) if namespace in one.name]
    attributes = {whose: {"aws": {"tags": some}} for whose, some in tags.items()}
    load(elasticsearch, [points(5)], attributes=attributes)
    assert len(stored()) == 200
    assert before in field_counts(elasticsearch)
    for number, some in enumerate(tags.values()):
        key = draw.choice(sorted(some))
        query = {"term": {f"aws.tags.{key}": f"v{number}"}}
        answer = elasticsearch.search(index=names.indices_of(namespace), query=query)
        [hit] = answer["hits"]["hits"]
        assert hit["_source"]["aws"]["dimensions"]["InstanceId"] == f"i-{number}"


def test_any_dimension_is_stored_and_read_back(elasticsearch, namespace, distinct, name, figure):
    """Names with dots, slashes and of any script; values of 2,000 characters; none at all."""
    dimensions = [
        {},
        {"Service": "a"},
        {"Service.Name": "b"},
        {"Service": "a", "Service.Name": "b"},
        *({one: name(2_000)} for one in distinct(figure(110, 300))),
    ]
    truth = {
        (dimensions_key(tuple(sorted(one.items()))), NOON): number + 0.1
        for number, one in enumerate(dimensions)
    }
    points = table(
        *(
            point(value=number + 0.1, namespace=namespace, dimensions=one.items())
            for number, one in enumerate(dimensions)
        )
    )
    load(elasticsearch, [points], attributes={})
    assert read(elasticsearch, namespace) == truth


def test_any_metric_is_stored_under_a_field_of_its_own(elasticsearch, namespace, distinct):
    metrics = {names.metric_field(one): one for one in distinct(300)}
    points = [
        point(metric, value=number + 0.1, namespace=namespace)
        for number, metric in enumerate(metrics.values())
    ]
    load(elasticsearch, [table(*points)], attributes={})
    index = names.index_of(namespace, NOVEMBER)
    elasticsearch.indices.refresh(index=index)
    [hit] = elasticsearch.search(index=index)["hits"]["hits"]
    stored = hit["_source"]["aws"][names.field_of(namespace)]["metrics"]
    assert stored == {field: {"avg": number + 0.1} for number, field in enumerate(metrics)}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused_and_named(elasticsearch, namespace, value):
    with pytest.raises(Rejected, match=r"no finite numbers, first a\*b Average: -?(nan|inf)"):
        load(elasticsearch, [table(point("a*b", value=value, namespace=namespace))], attributes={})
    assert not elasticsearch.indices.get(index=names.indices_of(namespace))


def test_two_namespaces_never_share_an_index(elasticsearch, distinct, draw, figure):
    """Names of AWS's own, which begin with AWS/, never differ by their case alone."""
    namespaces = distinct(2_000)
    indices = {names.index_of(one, date(1999, 1, 1)): one for one in namespaces}
    assert len(indices) == len({names.field_of(one) for one in namespaces}) == 2_000
    some = draw.sample(sorted(indices), figure(20, 200))
    for index in some:
        ensure_indices(elasticsearch, indices[index], [date(1999, 1, 1)])
    made = elasticsearch.indices.get(index="cloudwatch-metrics-*-1999.01")
    for index in made:
        elasticsearch.indices.delete(index=index)
    assert sorted(made) == sorted(some)


@pytest.fixture
def foreign(elasticsearch, namespace):
    """What a stranger must not reach: documents of another, and how often they were written."""
    whose = [{"InstanceId": "a"}, {"InstanceId": "b"}, {"InstanceId": "a,b", "Disk": "1"}]
    points = [point(namespace=namespace, dimensions=one.items()) for one in whose]
    load(elasticsearch, [table(*points)], attributes={})
    queries.refresh(elasticsearch)

    def read():
        index = names.index_of(namespace, NOVEMBER)
        answer = elasticsearch.search(index=index, seq_no_primary_term=True, version=True)
        assert answer["hits"]["total"]["value"] == 3
        return answer["hits"]["hits"]

    return read


@pytest.mark.parametrize("evil", EVIL)
def test_no_name_reads_what_is_foreign(elasticsearch, namespace, foreign, evil):
    assert foreign()
    asked = {"metric": "CPUUtilization", "statistics": ["Average"], "window": DAY}
    for other in (
        {"namespace": evil},
        {"namespace": namespace, "metric": evil},
        {"namespace": namespace, "statistics": [evil]},
        {"namespace": namespace, "accounts": [evil]},
        {"namespace": namespace, "regions": [evil]},
    ):
        assert queries.series(elasticsearch, **(asked | other)).num_rows == 0
    assert queries.point_counts(elasticsearch, namespace=evil, window=DAY).num_rows == 0
    assert totals(elasticsearch, namespace=evil, window=DAY).documents == 0
    measure = "CPUUtilization", "avg"
    for whose in (
        resource(evil, InstanceId="a"),
        resource(namespace, InstanceId=evil),
        resource(namespace, **{evil or " ": "a"}),
        resource(namespace),
    ):
        for wanted in measure, (evil, "avg"), ("CPUUtilization", evil):
            assert not queries.stored_times(
                elasticsearch, resources=[whose], measures=[wanted], window=DAY
            )
        expected = Expected(whose, 300, (measure,), (DAY,))
        [day] = audit(elasticsearch, [expected], DAY, settled=DAY.end)
        assert day.stored == 0


@pytest.mark.parametrize("evil", EVIL)
def test_no_name_writes_what_is_foreign(elasticsearch, foreign, evil):
    before, indices = foreign(), set(elasticsearch.indices.get(index="*"))
    own = point(evil, namespace=evil, dimensions=[("InstanceId", evil), (evil or " x", "a")])
    load(elasticsearch, [table(own)], attributes={})
    assert read(elasticsearch, evil, evil) == {(own["dimensions"], NOON): 1.0}
    made = set(elasticsearch.indices.get(index="*")) - indices
    elasticsearch.indices.delete(index=list(made))
    assert made == {names.index_of(evil, NOVEMBER)}
    assert foreign() == before
