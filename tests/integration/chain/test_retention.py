"""Retention of a store beside its archive: what the archive does not hold is never deleted."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dag_runs import sources
from nephoscope.archive.coverage import keep_coverage
from nephoscope.archive.days import compact
from nephoscope.chain import retention
from nephoscope.chain.replay import replay
from nephoscope.config.collections import Collections
from nephoscope.coverage import Coverage, State
from nephoscope.model import Resource, Window
from nephoscope.store import names
from nephoscope.store.coverage.days import write_coverage
from nephoscope.store.schema.making import ensure_coverage, ensure_indices
from nephoscope.store.upkeep import retention as store_retention
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, run_at, steady

KEPT = timedelta(days=30)
OVER = datetime(2026, 12, 1, tzinfo=UTC) + KEPT
"""When all of November is over."""

YEAR_OVER = datetime(2027, 1, 1, tzinfo=UTC) + KEPT
MOMENT = timedelta(seconds=1)

NOVEMBER = "cloudwatch-metrics-aws.ec2-2026.11"
LATER = NIGHT + timedelta(hours=1)
NOON = int((DAY.start + timedelta(hours=12)).timestamp())
WHOLE = steady(1)
INSTANCE = (("InstanceId", "i-00000000000000000"),)


def collections(*keeps):
    """Return collections of AWS/EC2 that keep it so long."""
    entries = {
        f"c{number}": {"namespace": "AWS/EC2", "keep": keep} for number, keep in enumerate(keeps)
    }
    account = {"connection": "aws_default", "regions": ["eu-west-1"]}
    return Collections(accounts=[account], collections=entries)


@pytest.fixture
def retain(tmp_path, store):
    """Run retention, by default with a keep of 30 days, when all of November is over."""

    def run(*keeps, asked_at=OVER, dry_run=False, drop=()):
        wanted = collections(*keeps or ["30d"])
        return retention.retain(
            tmp_path, store, wanted, asked_at, dry_run=dry_run, drop_unarchived=drop
        )

    return run


def covered(number):
    """Return the coverage of a resource's day that is whole."""
    resource = Resource("123456789012", "eu-west-1", "AWS/EC2", (("InstanceId", f"i-{number}"),))
    spans = {"stopped": (), "unknown": (), "unsettled": (), "lacks": ()}
    counts = {"expected": 288, "stored": 288, "confirmed": 0}
    return Coverage(resource, 300, DAY, State.STORED, final=True, **counts, **spans)


def indices(store):
    return set(store.indices.get(index="cloudwatch-metrics-*"))


def without_noon(dimensions, metric, statistic, time):
    """Return a value of each point but one."""
    lost = (metric, statistic, time) == ("CPUUtilization", "Average", NOON)
    return None if lost and dimensions == INSTANCE else WHOLE(dimensions, metric, statistic, time)


def test_what_is_over_and_archived_goes_and_replay_brings_it_back(tmp_path, store, collect, retain):
    collect(shard(2))
    compact(tmp_path, DAY, LATER)
    before = sources(store)
    assert len(before) == 2 * 288
    [over] = retain().over
    assert (over.goes, over.stored, over.parts, over.short) == (True, 2 * 3 * 288, 1, ())
    assert indices(store) == set()
    list(replay(tmp_path, store, DAY, lambda _: None))
    assert sources(store) == before


def test_a_moment_earlier_nothing_goes(store, collect, retain):
    collect()
    assert retain(asked_at=OVER - MOMENT).over == ()
    assert indices(store) == {NOVEMBER}


@pytest.mark.parametrize("compacted", [True, False], ids=["compacted", "landing"])
def test_where_the_archive_lacks_one_point_all_stays_until_it_has_it(
    tmp_path, store, collect, retain, compacted
):
    collect(value=without_noon)
    if compacted:
        compact(tmp_path, DAY, LATER)
    [over] = retain().over
    [short] = over.short
    assert (over.goes, short.stored, short.held) == (False, 864, 863)
    assert str(over) == (
        f"{NOVEMBER} ended on 2026-12-01, 864 points; the archive holds less of 1 of its 1 parts, "
        "first 2026-11-20 of AWS/EC2 in 123456789012/eu-west-1 at 300 s: 863 of 864"
    )
    assert indices(store) == {NOVEMBER}
    land(tmp_path, WHOLE, asked_at=LATER, run=run_at(LATER))
    assert retain().dropped == [NOVEMBER]
    assert indices(store) == set()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"account": "210987654321"}, id="account"),
        pytest.param({"region": "us-east-1"}, id="region"),
        pytest.param({"period": 60}, id="period"),
        pytest.param({"window": Window.day(DAY.end)}, id="day"),
    ],
)
def test_much_of_another_part_is_no_point_of_this_one(tmp_path, store, collect, retain, other):
    """The archive has more points in all than the store, and not the one."""
    collect(value=without_noon)
    one = replace(shard(5), **other)
    land(tmp_path, WHOLE, one=one, number=2)
    assert not retain().over[0].goes
    assert indices(store) == {NOVEMBER}


def test_many_points_of_five_minutes_are_none_of_a_minute(tmp_path, store, collect, retain):
    minutes = shard(period=60)
    collect(minutes, lambda *_: None)
    land(tmp_path, WHOLE, one=shard(10), number=2)
    [short] = retain().over[0].short
    assert (short.part.period, short.stored, short.held) == (60, 3 * 1440, 0)


def test_a_point_that_was_read_twice_is_held_once(tmp_path, store, collect, retain):
    collect(value=without_noon)
    compact(tmp_path, DAY, LATER)
    land(tmp_path, without_noon, asked_at=LATER, run=run_at(LATER))
    [short] = retain().over[0].short
    assert short.held == 863


def test_the_owner_can_drop_it_all_the_same(store, collect, retain):
    collect(value=lambda *_: None)
    ensure_indices(store, "AWS/EC2", [date(2026, 12, 1)])
    december = "cloudwatch-metrics-aws.ec2-2026.12"
    found = retain(drop=[NOVEMBER, december, "cloudwatch-*"])
    assert (found.dropped, found.unknown) == ([NOVEMBER], ("cloudwatch-*", december))
    assert indices(store) == {december}


def test_a_dry_run_drops_nothing_and_says_what_the_real_one_does(tmp_path, store, collect, retain):
    collect()
    october = Window.day(datetime(2026, 10, 5, tzinfo=UTC))
    collect(shard(window=october), without_noon, number=2)
    collect(shard(window=Window.day(datetime(2026, 9, 5, tzinfo=UTC))), lambda *_: None, number=3)
    before, stored = indices(store), sources(store)
    said = retain(dry_run=True)
    assert (indices(store), sources(store)) == (before, stored)
    assert retain() == said
    assert before - indices(store) == set(said.dropped) != set()
    assert {one.name for one in said.over if not one.goes} == indices(store) != set()


def test_killed_between_two_indices_and_run_again_it_ends_in_the_same(
    store, collect, retain, monkeypatch
):
    for number, month in enumerate((9, 10, 11), start=1):
        day = Window.day(datetime(2026, month, 5, tzinfo=UTC))
        collect(shard(window=day), number=number)
    drop, dropped = store_retention.drop, []

    def killed(client, name):
        drop(client, name)
        dropped.append(name)
        if len(dropped) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store_retention, "drop", killed)
        with pytest.raises(KeyboardInterrupt):
            retain()
    assert retain().dropped == [NOVEMBER]
    assert indices(store) == set()


def test_two_collections_of_a_namespace_keep_it_as_the_more_patient_says(store, collect, retain):
    collect()
    for keeps in (("30d", "400d"), ("400d", "30d")):
        assert retain(*keeps).over == ()
    assert indices(store) == {NOVEMBER}
    assert retain("30d", "400d", asked_at=OVER + timedelta(days=370)).dropped == [NOVEMBER]


def test_what_no_collection_has_stays_and_is_told(store, collect, retain):
    collect(shard(namespace="Gone"))
    found = retain(asked_at=OVER + timedelta(days=3000))
    assert (found.over, found.unclaimed) == ((), ("Gone",))
    assert len(indices(store)) == 1


def test_foreign_indices_are_never_touched(store, collect, retain):
    """One has our alias, one a name like ours; both are older than anything is kept."""
    collect()
    aliased, named = "somebodys", "cloudwatch-metrics-aws.ec2-2020.01"
    store.indices.create(index=aliased, aliases={names.ALL_METRICS: {}, names.ALL_COVERAGE: {}})
    document = {"@timestamp": "2020-01-01T00:00:00Z", "cloud": {"account": {"id": "1"}}}
    try:
        store.indices.create(index=named)
        for index in (aliased, named):
            store.index(index=index, document=document, refresh=True)
        assert retain(drop=[aliased, named]).dropped == [NOVEMBER]
        assert [store.count(index=one)["count"] for one in (aliased, named)] == [1, 1]
    finally:
        store.indices.delete(index=aliased)


def test_coverage_goes_after_the_points_of_its_year(store, collect, retain):
    collect(value=without_noon)
    ensure_coverage(store, [2026])
    coverage = names.coverage_index_of(2026)
    assert [one.name for one in retain(asked_at=YEAR_OVER).over] == [NOVEMBER]
    assert retain(asked_at=YEAR_OVER - MOMENT, drop=[NOVEMBER]).dropped == [NOVEMBER]
    assert store.indices.exists(index=coverage)
    assert retain(asked_at=YEAR_OVER, dry_run=True).dropped == [coverage]
    assert retain(asked_at=YEAR_OVER).dropped == [coverage]
    assert not store.indices.exists(index=coverage)


def test_coverage_that_the_archive_does_not_hold_stays(tmp_path, store, retain):
    days = [covered(number) for number in range(3)]
    write_coverage(store, days)
    keep_coverage(tmp_path, days[:2])
    [over] = retain(asked_at=YEAR_OVER).over
    assert (over.goes, over.stored, over.short[0].held) == (False, 3, 2)
    keep_coverage(tmp_path, days)
    coverage = names.coverage_index_of(2026)
    assert retain(asked_at=YEAR_OVER).dropped == [coverage]
    assert not store.indices.exists(index=coverage)


def test_an_empty_store_has_nothing_to_drop(store, retain):
    assert retain() == retention.Retained((), (), ())
