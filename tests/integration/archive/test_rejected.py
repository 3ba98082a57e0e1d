"""Documents that a load could not store are kept, and stored when the cause is mended."""

from datetime import timedelta

import pytest
from elasticsearch.helpers import scan

import early_index
from nephoscope.archive import landing, runs
from nephoscope.archive.layout import Attempt
from nephoscope.archive.rejected import Waiting, read, waiting
from nephoscope.chain import rejected, steps
from nephoscope.errors import Rejected
from nephoscope.model import Window
from nephoscope.place import files
from nephoscope.plan.planning import Plan
from nephoscope.store import names
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, steady

INDEX = names.index_of("AWS/EC2", DAY.start.date().replace(day=1))
PERIODS = 288
REFUSED = 6
"""Documents of an instance that are too late for an index that ends half an hour too early."""


@pytest.fixture
def loads(tmp_path, store):
    """Land a value of a day's points and load them: ``loads(steady(1), hour=6)``."""

    def run(value, hour=6, attempt=1):
        asked_at = DAY.end + timedelta(hours=hour)
        planned = runs.write_plan(tmp_path, "a_dag", Plan(asked_at, {"ec2": DAY}, (shard(),)))
        written = land(tmp_path, value, run=planned, asked_at=asked_at, attempt=attempt)
        return written.name, lambda: steps.load(tmp_path, planned, 1, written.name, store)

    return run


def drop(client):
    for index in client.indices.get(index="cloudwatch*", ignore_unavailable=True):
        client.indices.delete(index=index)


def ends_early(client, minutes=30):
    early_index.make(client, "AWS/EC2", DAY.end - timedelta(minutes=minutes))


def mend(client, minutes=0):
    early_index.move(client, "AWS/EC2", DAY.end - timedelta(minutes=minutes))


def cpu(client):
    """Read the stored maxima by time."""
    client.indices.refresh(index=INDEX)
    sources = [hit["_source"] for hit in scan(client, index=INDEX)]
    found = {
        one["@timestamp"]: one["aws"]["ec2"]["metrics"]["CPUUtilization"]["max"] for one in sources
    }
    assert len(found) == len(sources)
    return found


def day_of(level):
    """Return the maxima that `steady` makes, by time."""
    moments = (DAY.start + timedelta(minutes=5 * n) for n in range(PERIODS))
    return {f"{one:%Y-%m-%dT%H:%M:%S}.000Z": level + one.hour / 1000 for one in moments}


def test_a_load_with_few_rejected_succeeds_and_keeps_them(tmp_path, store, loads):
    ends_early(store)
    name, load = loads(steady(1))
    report = load()
    assert (report.produced, report.created, len(report.rejected)) == (PERIODS, 282, REFUSED)
    assert f"{name}{landing.LOADED_FILE}" in files(tmp_path, "landing")
    assert waiting(tmp_path) == Waiting(1, REFUSED, NIGHT)
    whole = day_of(1)
    assert cpu(store) == {time: whole[time] for time in sorted(whole)[:-REFUSED]}


def test_a_load_with_many_rejected_fails_and_keeps_them_too(tmp_path, store, loads):
    ends_early(store, minutes=90)
    name, load = loads(steady(1))
    with pytest.raises(Rejected, match=r"rejected 18 .* `nephoscope replay --rejected` .*288 doc"):
        load()
    assert waiting(tmp_path).documents == 3 * REFUSED
    assert f"{name}{landing.LOADED_FILE}" not in files(tmp_path, "landing")


def test_a_load_that_stops_for_what_is_rejected_does_not_count_as_loaded(
    tmp_path, store, loads, monkeypatch
):
    monkeypatch.setattr("nephoscope.store.load.report.MOST_REJECTED", 10)
    ends_early(store, minutes=90)
    name, load = loads(steady(1))
    with pytest.raises(Rejected, match="more than 10 documents, and the load was stopped"):
        load()
    assert f"{name}{landing.LOADED_FILE}" not in files(tmp_path, "landing")
    monkeypatch.undo()
    mend(store)
    load()
    assert cpu(store) == day_of(1)


def test_a_load_that_is_cleared_when_the_cause_is_mended_keeps_nothing(tmp_path, store, loads):
    ends_early(store, minutes=90)
    name, load = loads(steady(1))
    with pytest.raises(Rejected):
        load()
    mend(store)
    assert load().created == 3 * REFUSED
    assert files(tmp_path, "rejected") == []
    assert f"{name}{landing.LOADED_FILE}" in files(tmp_path, "landing")
    assert cpu(store) == day_of(1)


def test_a_load_that_is_run_again_keeps_each_document_once(tmp_path, store, loads):
    ends_early(store)
    _, load = loads(steady(1))
    load()
    load()
    assert waiting(tmp_path) == Waiting(1, REFUSED, NIGHT)


def test_a_replay_stores_what_was_kept_and_keeps_nothing(tmp_path, store, loads):
    ends_early(store)
    loads(steady(1))[1]()
    mend(store)
    [done] = rejected.replay(tmp_path, store)
    assert (done.documents, done.created, done.rejected) == (REFUSED, REFUSED, 0)
    assert files(tmp_path, "rejected") == []
    assert list(rejected.replay(tmp_path, store)) == []
    assert cpu(store) == day_of(1)


def test_what_is_rejected_again_stays_with_its_new_reason(tmp_path, store, loads):
    ends_early(store)
    name, load = loads(steady(1))
    load()
    [before] = {one.reason[-20:] for one in read(tmp_path, Attempt(name))}
    mend(store, minutes=10)
    [done] = rejected.replay(tmp_path, store)
    assert (done.created, done.rejected) == (4, 2)
    assert "must be smaller than" in done.reasons
    kept = read(tmp_path, Attempt(name))
    assert len(kept) == 2
    assert before not in {one.reason[-20:] for one in kept}
    mend(store)
    assert [one.created for one in rejected.replay(tmp_path, store)] == [2]
    assert cpu(store) == day_of(1)


def test_an_index_that_was_dropped_meanwhile_is_made_again(tmp_path, store, loads):
    ends_early(store)
    loads(steady(1))[1]()
    drop(store)
    [done] = rejected.replay(tmp_path, store)
    assert done.created == REFUSED
    assert len(cpu(store)) == REFUSED


def test_a_value_that_was_read_later_stays(tmp_path, store, loads):
    """The live run's dead letters come after the daily run has stored newer values."""
    ends_early(store)
    loads(steady(9), hour=1)[1]()
    mend(store)
    loads(steady(2), hour=6)[1]()
    [done] = rejected.replay(tmp_path, store)
    assert (done.unchanged, done.merged) == (REFUSED, 0)
    assert waiting(tmp_path).documents == 0
    assert cpu(store) == day_of(2)


def test_dead_letters_of_two_reads_end_in_the_newer(tmp_path, store, loads):
    ends_early(store)
    loads(steady(2), hour=6)[1]()
    loads(steady(9), hour=1)[1]()
    assert waiting(tmp_path) == Waiting(2, 2 * REFUSED, DAY.end + timedelta(hours=1))
    mend(store)
    assert [one.created + one.merged for one in rejected.replay(tmp_path, store)] == [6, 6]
    assert cpu(store) == day_of(2)


def test_only_the_days_that_are_asked_for_are_replayed(tmp_path, store, loads):
    ends_early(store)
    loads(steady(1))[1]()
    mend(store)
    before = Window(DAY.start - timedelta(days=1), DAY.start)
    assert list(rejected.replay(tmp_path, store, before)) == []
    assert waiting(tmp_path).documents == REFUSED
    assert len(list(rejected.replay(tmp_path, store, DAY))) == 1
