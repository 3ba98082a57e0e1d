"""The archive in a bucket: everything that holds on a disk holds there."""

from datetime import timedelta

import pytest
from upath import UPath

from discovered import instance
from nephoscope.archive import landing, reading, runs
from nephoscope.archive.days import compact
from nephoscope.archive.inventory import newest_inventory, write_inventory
from nephoscope.archive.layout import Attempt
from nephoscope.archive.rejected import Waiting, keep, read, waiting
from nephoscope.archive.sweep import sweep
from nephoscope.place import files, put
from nephoscope.plan.planning import Plan
from nephoscope.store.load.rejection import Rejection
from shards import DAY, shard
from unit.archive.landed import NIGHT, land, rows_of, steady, truth_of

WEEK = timedelta(days=7)


@pytest.fixture(scope="module")
def bucket(aws):
    options = {"endpoint_url": aws.url, "key": "key", "secret": "secret"}
    root = UPath("s3://nephoscope-archive-tests", **options)
    root.fs.mkdir("nephoscope-archive-tests")
    return root


@pytest.fixture
def root(bucket, request):
    return bucket / request.node.name


@pytest.fixture
def others(root):
    """The same place as another process sees it, which remembers its own listings."""
    options = {**root.storage_options, "skip_instance_cache": True}
    return UPath(str(root), **options)


def test_a_days_run_is_written_compacted_read_and_swept(root):
    plan = Plan(NIGHT, {"ec2": DAY}, (shard(3),))
    run = runs.write_plan(root, "a_dag", plan)
    assert runs.read_plan(root, run) == plan
    written = land(root, steady(1), run=run, one=shard(3))
    assert landing.read_answers(root, landing.newest_attempt(root, run, 1)).num_rows == 9
    landing.mark_loaded(root, written.name, {"points": written.points})
    [done] = compact(root, DAY, NIGHT)
    assert rows_of(reading.points(root, DAY)) == truth_of(steady(1), shard(3))
    assert sweep(root, NIGHT + WEEK).attempts == 1
    assert files(root, "landing") == files(root, "runs") == []
    assert files(root, "metrics") == [done.path]
    assert rows_of(reading.points(root, DAY)) == truth_of(steady(1), shard(3))


def test_rejected_documents_are_kept_replaced_and_removed(root, others):
    attempt = Attempt(land(root, steady(1)).name)
    keep(root, attempt, [Rejection("i", "why", b'{"a":1}')] * 2)
    assert waiting(others) == Waiting(1, 2, NIGHT)
    kept = [Rejection("i", "another", b'{"a":2}')]
    keep(others, attempt, kept)
    assert read(root, attempt) == kept
    keep(root, attempt, [])
    assert read(others, attempt) == files(others, "rejected") == []
    keep(root, attempt, [])


def test_a_later_reading_replaces_the_file(root):
    land(root, steady(1))
    compact(root, DAY, NIGHT)
    land(root, steady(2), number=2, asked_at=NIGHT + timedelta(hours=1))
    compact(root, DAY, NIGHT + timedelta(hours=1))
    later = NIGHT + timedelta(hours=1)
    assert rows_of(reading.points(root, DAY)) == truth_of(steady(2), shard(), later)


def test_what_another_process_wrote_is_seen_at_once(root, others):
    assert landing.attempts(root, DAY) == {}
    land(others, steady(1))
    assert len(landing.attempts(root, DAY)) == 1
    put(others / "x", "a.json", b"1")
    assert files(root, "x") == ["x/a.json"]


def test_the_inventory_is_read_back(root):
    seen = [instance(number) for number in range(3)]
    write_inventory(root, "a/b", "eu-west-1", "q", NIGHT, seen)
    assert newest_inventory(root, "a/b", "eu-west-1", "q", since=NIGHT) == (NIGHT, seen)


def test_a_file_says_of_what_type_it_is(root):
    land(root, steady(1))
    [done] = compact(root, DAY, NIGHT)
    about = root.fs.info((root / done.path).path)
    assert about["ContentType"] == "application/vnd.apache.parquet"
