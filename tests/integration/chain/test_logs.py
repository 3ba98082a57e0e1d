"""Logs beside their archive: replayed from it, and dropped where it holds them."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest

from clouds import ANCHOR, BotoCloud
from faults.logs.copying import collections, stored
from nephoscope.chain import logs
from nephoscope.chain.log_replay import replay_logs
from nephoscope.chain.log_retention import retain_logs
from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.logs import read

DAY = Window.day(datetime.combine(ANCHOR, time(), UTC) - timedelta(days=3))
NOW = DAY.end + timedelta(hours=6)
LATER = NOW + timedelta(days=70)


@pytest.fixture
def copied(aws, store, tmp_path):
    """The run that has copied a day, and its archive."""
    opted, cloud = collections("/shop/db", "/odd/names"), BotoCloud(aws.url)
    planned = logs.plan_logs(tmp_path, "dag", opted, DAY, cloud, NOW, slots=1)
    for shard in planned.shards:
        done = logs.extract_logs(tmp_path, planned.run, shard["number"], 1, cloud, lambda: NOW)
        logs.load_logs(tmp_path, done.name, store)
    return planned.run, tmp_path


@pytest.mark.parametrize("compacted", [True, False])
def test_replay_brings_everything_back_and_changes_nothing_then(copied, store, compacted):
    run, root = copied
    before = stored(store)
    if compacted:
        logs.compact(root, run, NOW)
    for index in store.indices.get(index=names.ALL_LOGS):
        store.indices.delete(index=index)
    [day] = replay_logs(root, store, DAY)
    assert (day.events, day.created) == (len(before), len(before))
    assert stored(store) == before
    [again] = replay_logs(root, store, DAY)
    assert (again.created, again.unchanged) == (0, len(before))


def test_errors_are_counted_by_group_as_the_specification_has_them(copied, store):
    assert read.refresh(store)
    counted = read.counts(store, DAY, 86_400)
    found = counted.groupby("group")[["events", "errors"]].sum()
    messages = {"/shop/db": [], "/odd/names": []}
    for (group, _), (*_, message) in stored(store).items():
        messages[group].append(message)
    for group, told in messages.items():
        errors = [
            one for one in told if re.search(r" ERROR \[|\"level\":\"error\"|^Traceback", one)
        ]
        assert tuple(found.loc[group]) == (len(told), len(errors))
    top = read.patterns(store, DAY, 50).set_index("pattern")["events"]
    slow = sum(" WARN [" in one for told in messages.values() for one in told)
    assert top["# WARN [#] slow query: # ms"] == slow


def test_a_month_that_is_over_goes_if_the_archive_holds_it(copied, store):
    _, root = copied
    kept = collections("/shop/db", keep="30d")
    [one] = retain_logs(root, store, kept, LATER, dry_run=True).over
    assert one.goes
    assert store.indices.exists(index=one.name)
    retain_logs(root, store, kept, LATER, dry_run=False)
    assert not store.indices.exists(index=one.name)


def test_what_the_archive_lacks_stays(copied, store):
    _, root = copied
    next(root.rglob("*.events.parquet")).unlink()
    kept = collections("/shop/db", keep="30d")
    [one] = retain_logs(root, store, kept, LATER, dry_run=False).over
    assert not one.goes
    assert store.indices.exists(index=one.name)


def test_without_a_keep_and_before_its_end_all_stays(copied, store):
    _, root = copied
    for kept, moment in ((collections("/x"), LATER), (collections("/x", keep="30d"), NOW)):
        assert not retain_logs(root, store, kept, moment, dry_run=False).over


def test_landing_goes_a_week_after_it_was_compacted(copied):
    run, root = copied
    logs.compact(root, run, NOW)
    assert list(root.rglob("*.events.parquet"))
    logs.compact(root, run, NOW + timedelta(days=8))
    assert not list(root.rglob("*.events.parquet"))
    assert list((root / "logs").rglob("events.parquet"))
