"""The upkeep of a store on a real node: merged when it has ended, and measured."""

from datetime import UTC, datetime

from nephoscope.archive import rejected
from nephoscope.archive.layout import Attempt
from nephoscope.archive.rejected import Waiting
from nephoscope.chain import upkeep
from nephoscope.store.load.rejection import Rejection
from nephoscope.store.schema.making import field_counts
from shards import shard
from unit.archive.landed import NIGHT, land, steady

NOVEMBER = "cloudwatch-metrics-aws.ec2-2026.11"
OVER = datetime(2026, 12, 31, tzinfo=UTC)


def test_a_merge_is_only_told_in_a_dry_run(store, collect):
    for number in (1, 2, 3):
        collect(shard(number), number=number)
        store.indices.refresh(index=NOVEMBER)
    dry = [upkeep.merge(store, OVER, dry_run=True) for _ in range(2)]
    assert dry == [upkeep.Merged((NOVEMBER,), ())] * 2
    assert upkeep.merge(store, OVER, dry_run=False) == dry[0]
    assert upkeep.merge(store, OVER, dry_run=False) == upkeep.Merged((), ())


def test_the_whole_store_is_measured(tmp_path, store, collect):
    collect(shard(2))
    collect(shard(namespace="Shop"), number=2)
    found = upkeep.measure(tmp_path, store)
    assert {name: size.points for name, size in found.namespaces.items()} == {
        "AWS/EC2": 1728,
        "Shop": 864,
    }
    assert (found.total.indices, found.total.documents) == (2, 3 * 288)
    assert found.fullest in field_counts(store)
    assert found.rejected == Waiting(0, 0, None)


def test_documents_that_were_refused_are_counted(tmp_path, store):
    written = land(tmp_path, steady(1))
    rejected.keep(tmp_path, Attempt(written.name), [Rejection(NOVEMBER, "a reason", b"{}")] * 3)
    assert upkeep.measure(tmp_path, store).rejected == Waiting(1, 3, NIGHT)


def test_an_empty_store_is_nothing_to_merge_and_measured(tmp_path, store):
    assert upkeep.merge(store, OVER, dry_run=False) == upkeep.Merged((), ())
    found = upkeep.measure(tmp_path, store)
    assert (found.total.points, found.coverage, found.namespaces) == (0, [], {})
    assert found.fullest is None
