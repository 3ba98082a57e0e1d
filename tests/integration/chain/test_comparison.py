"""The archive and the store side by side: what differs is found and named, nothing else."""

from datetime import timedelta

import pytest

import early_index
from nephoscope.archive import landing, runs
from nephoscope.archive.days import compact
from nephoscope.archive.layout import Source
from nephoscope.chain import comparison, steps
from nephoscope.chain.comparison import Compared, compare
from nephoscope.chain.differences import Difference, Kind
from nephoscope.chain.replay import replay
from nephoscope.model import Window
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Series
from nephoscope.store import names
from nephoscope.store.load.loader import load
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, run_at, steady

LATER = NIGHT + timedelta(hours=1)
WHOLE = steady(1)
NOON = DAY.start + timedelta(hours=12)
SOURCE = Source("123456789012", "eu-west-1", "AWS/EC2")
CPU = ('{"InstanceId":"i-00000000000000001"}', "CPUUtilization", "avg")


@pytest.fixture(params=["compacted", "landing"])
def archive(request, tmp_path):
    """Land a day's points and compact them, or leave them where they landed."""

    def run(value=WHOLE, one=None, asked_at=NIGHT, **more):
        written = land(tmp_path, value, one=one or shard(3), asked_at=asked_at, **more)
        if request.param == "compacted":
            compact(tmp_path, DAY, asked_at)
        return written

    return run


@pytest.fixture
def differ(tmp_path, store):
    """Compare the archive with the store."""
    return lambda window=DAY, **more: list(compare(tmp_path, store, window, lambda _: None, **more))


@pytest.fixture
def put(tmp_path, store):
    """Store points as they come from another archive."""

    def run(value=WHOLE, one=None, asked_at=NIGHT):
        root = tmp_path / "elsewhere"
        name = land(root, value, one=one or shard(3), asked_at=asked_at, run=run_at(asked_at)).name
        load(store, landing.read_points(root, name), attributes={})

    return run


def at_noon(instead):
    """Return another value of one series at noon; None is no value."""

    def value(dimensions, metric, statistic, time):
        series = dimensions[0][1][-1], metric, statistic
        noon = time == NOON.timestamp()
        hit = noon and series == ("1", "CPUUtilization", "Average")
        return instead if hit else WHOLE(dimensions, metric, statistic, time)

    return value


def noon(kind):
    return [Difference(CPU, kind, 1, NOON, NOON)]


def test_what_is_equal_has_no_difference(archive, put, differ):
    archive()
    put()
    assert differ() == [Compared(DAY, SOURCE, 300, 3 * 864, 3 * 864, [])]


@pytest.mark.parametrize(
    ("archived", "stored", "kind"),
    [
        pytest.param(WHOLE, at_noon(None), Kind.NOT_STORED, id="not-stored"),
        pytest.param(at_noon(None), WHOLE, Kind.NOT_ARCHIVED, id="not-archived"),
        pytest.param(at_noon(7), WHOLE, Kind.OTHER, id="value"),
    ],
)
def test_one_point_of_thousands_is_found_and_named(archive, put, differ, archived, stored, kind):
    archive(archived)
    put(stored)
    [one] = differ()
    assert one.differences == noon(kind)
    assert one.archived - one.stored == {Kind.NOT_STORED: 1, Kind.NOT_ARCHIVED: -1}.get(kind, 0)


def test_the_newest_read_counts_and_replay_brings_it(archive, put, differ, tmp_path, store):
    archive()
    archive(at_noon(7), asked_at=LATER, run=run_at(LATER))
    put()
    [one] = differ()
    assert one.differences == noon(Kind.OLDER)
    list(replay(tmp_path, store, DAY, lambda _: None))
    [one] = differ()
    assert one.differences == []


def test_a_value_that_changes_by_the_last_bit_is_found(archive, put, differ):
    archive()
    put(at_noon(1.012 + 2**-52))
    [one] = differ()
    assert one.differences == noon(Kind.OTHER)


def test_what_only_one_side_has_is_told_whole(archive, put, differ, tmp_path):
    archive(one=shard(3, period=60))
    put(one=shard(2, namespace="Elsewhere"))
    here, there = differ()
    assert (here.period, here.archived, here.stored) == (60, 3 * 3 * 1440, 0)
    assert {(one.kind, one.points) for one in here.differences} == {(Kind.NOT_STORED, 1440)}
    assert (len(here.differences), here.differences[0].first) == (9, DAY.start)
    assert there.source.namespace == "Elsewhere"
    assert {one.kind for one in there.differences} == {Kind.NOT_ARCHIVED}
    assert sum(one.points for one in there.differences) == there.stored == 2 * 864
    assert differ(namespaces={"AWS/EC2"}) == [here]


def test_resources_of_more_and_fewer_dimensions_and_periods_stay_apart(
    archive, put, differ, monkeypatch
):
    monkeypatch.setattr(comparison, "TOGETHER", 2)
    narrow = shard(5)
    wide = [Series((*one.dimensions, ("Volume", "v")), one.metrics) for one in narrow.series]
    series = [*narrow.series, *wide, Series((), narrow.series[0].metrics)]
    for number, period in enumerate((300, 60), start=1):
        one = shard(series=tuple(series), period=period)
        archive(one=one, number=number, run=run_at(NIGHT + timedelta(minutes=number)))
        put(one=one, asked_at=NIGHT + timedelta(minutes=number))
    assert [(one.period, one.stored, one.differences) for one in differ()] == [
        (60, 11 * 3 * 1440, []),
        (300, 11 * 3 * 288, []),
    ]


def test_what_elasticsearch_refused_is_told_apart(tmp_path, store, differ):
    early_index.make(store, "AWS/EC2", DAY.end - timedelta(minutes=30))
    planned = runs.write_plan(tmp_path, "a_dag", Plan(NIGHT, {"ec2": DAY}, (shard(),)))
    name = land(tmp_path, WHOLE, run=planned).name
    assert len(steps.load(tmp_path, planned, 1, name, store).rejected) == 6
    [one] = differ()
    assert {(each.kind, each.points) for each in one.differences} == {(Kind.REJECTED, 6)}
    assert len(one.differences) == 3
    early_index.make(store, "AWS/EC2", DAY.end - timedelta(minutes=30))
    [one] = differ()
    assert [each.points for each in one.differences if each.kind is Kind.NOT_STORED] == [282] * 3


def test_a_document_that_was_deleted_and_a_day_file_that_was_are_named(
    tmp_path, put, differ, store
):
    for day in (DAY, Window.day(DAY.end)):
        land(tmp_path, WHOLE, one=shard(3, window=day), run=run_at(day.end))
        put(one=shard(3, window=day))
    compact(tmp_path, DAY, LATER)
    store.indices.refresh(index=names.ALL_METRICS)
    first = {"term": {"@timestamp": f"{DAY.start:%Y-%m-%dT%H:%M:%SZ}"}}
    [hit, *_] = store.search(index=names.ALL_METRICS, query=first, size=1)["hits"]["hits"]
    store.delete(index=hit["_index"], id=hit["_id"], refresh=True)
    one, other = differ(Window(DAY.start, DAY.end + timedelta(days=1)))
    assert other.differences == []
    key = hit["_source"]["aws"]["dimensions"]["InstanceId"]
    assert {each.series[0] for each in one.differences} == {f'{{"InstanceId":"{key}"}}'}
    assert {each.kind for each in one.differences} == {Kind.NOT_STORED}
    [file] = (tmp_path / "metrics").rglob("*.parquet")
    file.unlink()
    for path in (tmp_path / "landing" / f"day={DAY.start:%Y-%m-%d}").rglob("*.parquet"):
        path.unlink()
    one, other = differ(Window(DAY.start, DAY.end + timedelta(days=1)))
    assert (one.archived, one.stored, len(one.differences)) == (0, 3 * 864 - 3, 9)
    assert {each.kind for each in one.differences} == {Kind.NOT_ARCHIVED}
    assert other.differences == []


def test_all_that_is_read_is_told_of(archive, put, tmp_path, store):
    archive()
    put()
    told = []
    list(compare(tmp_path, store, DAY, told.append))
    assert sum(told) == 3 * 864
