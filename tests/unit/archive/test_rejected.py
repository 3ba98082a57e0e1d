"""What Elasticsearch refused is read back as it was, and counted until it is stored."""

from datetime import UTC, date, datetime, timedelta

import orjson
import pyarrow.parquet as pq
import pytest

from nephoscope.archive.landing import mark_loaded
from nephoscope.archive.layout import Attempt, stamp
from nephoscope.archive.rejected import Waiting, attempts, keep, read, waiting
from nephoscope.archive.sweep import sweep
from nephoscope.model import Window
from nephoscope.place import files
from nephoscope.store.load.rejection import Rejection
from shards import DAY
from unit.archive.landed import NIGHT, land, steady

NOTHING = Waiting(0, 0, None)


def attempt(number=1, day=DAY, asked_at=NIGHT):
    source = "account=1/region=r/namespace=AWS%2FEC2"
    folder = f"landing/day={day.start:%Y-%m-%d}/{source}/a_dag.{stamp(asked_at)}"
    return Attempt(f"{folder}/shard-{number:04d}.try1")


def refused(count, reason="it is bad"):
    return [
        Rejection(f"index-{number}", reason, b'{"a":"\xc3\xbc \\u2028","b":[1.0,%d]}' % number)
        for number in range(count)
    ]


def test_what_is_kept_is_read_back(tmp_path):
    keep(tmp_path, attempt(), refused(3))
    assert read(tmp_path, attempt()) == refused(3)


def test_the_file_says_of_each_document_why_and_whose_it_is(tmp_path):
    keep(tmp_path, attempt(7), refused(1))
    [path] = files(tmp_path, "rejected")
    assert path == (
        "rejected/day=2026-11-20/account=1/region=r/namespace=AWS%2FEC2/"
        "a_dag.20261121T060000.000000Z/shard-0007.try1.parquet"
    )
    [row] = pq.ParquetFile(tmp_path / path).read().to_pylist()
    assert orjson.loads(row.pop("document")) == {"a": "\u00fc \u2028", "b": [1.0, 0]}
    assert row == {
        "reason": "it is bad",
        "index": "index-0",
        "run": "runs/a_dag/20261121T060000.000000Z",
        "shard": "shard-0007",
        "asked_at": NIGHT,
    }


def test_the_same_attempt_takes_the_place_of_what_it_kept_before(tmp_path):
    keep(tmp_path, attempt(), refused(3))
    keep(tmp_path, attempt(), refused(2, "another"))
    assert read(tmp_path, attempt()) == refused(2, "another")
    assert waiting(tmp_path) == Waiting(1, 2, NIGHT)


def test_nothing_more_to_keep_removes_the_file_and_its_folders(tmp_path):
    keep(tmp_path, attempt(), refused(3))
    keep(tmp_path, attempt(), [])
    assert list(tmp_path.iterdir()) == []
    assert read(tmp_path, attempt()) == []


def test_nothing_to_keep_writes_nothing(tmp_path):
    keep(tmp_path, attempt(), [])
    assert list(tmp_path.iterdir()) == []
    assert waiting(tmp_path) == NOTHING


def test_a_write_that_was_killed_is_no_dead_letter(tmp_path):
    keep(tmp_path, attempt(), refused(1))
    [path] = files(tmp_path, "rejected")
    (tmp_path / path).rename((tmp_path / path).with_name(".shard-0001.try1.parquet.0.part"))
    assert waiting(tmp_path) == NOTHING
    sweep(tmp_path, datetime.now(UTC) + timedelta(days=8))
    assert files(tmp_path, "rejected") == []


def test_what_waits_is_counted_with_its_oldest_run(tmp_path):
    later = NIGHT + timedelta(hours=1)
    keep(tmp_path, attempt(2, asked_at=later), refused(3))
    keep(tmp_path, attempt(1), refused(1))
    keep(tmp_path, attempt(2), refused(2))
    assert waiting(tmp_path) == Waiting(3, 6, NIGHT)
    assert attempts(tmp_path)[-1].planned_at == later


@pytest.mark.parametrize(("first", "last", "found"), [(0, 1, 1), (-1, 1, 2), (-1, 0, 1), (1, 2, 0)])
def test_attempts_are_found_by_the_days_that_they_are_of(tmp_path, first, last, found):
    day = timedelta(days=1)
    keep(tmp_path, attempt(), refused(1))
    keep(tmp_path, attempt(day=Window(DAY.start - day, DAY.start)), refused(1))
    days = Window(DAY.start + first * day, DAY.start + last * day)
    assert len(attempts(tmp_path, days)) == found


def test_no_sweep_removes_what_waits(tmp_path):
    written = land(tmp_path, steady(1))
    mark_loaded(tmp_path, written.name, {})
    keep(tmp_path, Attempt(written.name), refused(1))
    keep(tmp_path, attempt(), refused(2))
    sweep(tmp_path, NIGHT + timedelta(days=1000))
    assert waiting(tmp_path).documents == 3


def test_a_document_says_which_month_it_is_of():
    source = {"@timestamp": "2026-02-28T23:59:00.000Z", "aws": {"cloudwatch": {"namespace": "n"}}}
    assert Rejection("i", "r", orjson.dumps(source)).month == ("n", date(2026, 2, 1))
