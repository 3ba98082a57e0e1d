"""What an attempt read is kept as it was, and an attempt that did not end is none."""

import pytest

from nephoscope.archive import landing, runs
from nephoscope.extract.table import table
from nephoscope.plan.planning import Plan
from shards import DAY, shard
from unit.archive.landed import NIGHT, answers, land, rows_of, run_at, steady, truth_of


@pytest.fixture
def run(tmp_path):
    return runs.write_plan(tmp_path, "a_dag", Plan(NIGHT, {"ec2": DAY}, (shard(),)))


def broken(one):
    """Batches that break off after the first."""
    part = list(answers(one, steady(1), NIGHT))[:1]
    yield table(one, part), part
    raise ConnectionError


def test_points_are_read_back(tmp_path):
    one = shard(3)
    written = land(tmp_path, steady(1), one=one)
    assert rows_of(landing.read_points(tmp_path, written.name)) == truth_of(steady(1), one)


def test_small_batches_share_a_row_group(tmp_path, monkeypatch):
    """A 5-minute run brings a point a query, and a call has 500."""
    monkeypatch.setattr(landing, "GROUP", 4 * 288)
    one = shard(3)
    said = list(answers(one, steady(1), NIGHT))
    batches = [(table(one, said[n : n + 1]), said[n : n + 1]) for n in range(9)]
    written = landing.write_points(tmp_path, run_at(NIGHT), 1, 1, one, batches, NIGHT)
    tables = list(landing.read_points(tmp_path, written.name))
    assert [found.num_rows for found in tables] == [4 * 288, 4 * 288, 288]
    assert rows_of(tables) == truth_of(steady(1), one)


def test_answers_say_whose_what_and_when(tmp_path):
    one = shard(account="210987654321", namespace="a/b")
    written = land(tmp_path, steady(1), one=one)
    rows = landing.read_answers(tmp_path, written.name).to_pylist()
    assert [(row["metric"], row["statistic"]) for row in rows] == [q[1:] for q in one.queries()]
    first = {name: rows[0][name] for name in rows[0] if name not in {"metric", "statistic"}}
    assert first == {
        "account": "210987654321",
        "region": "eu-west-1",
        "namespace": "a/b",
        "dimensions": '{"InstanceId":"i-00000000000000000"}',
        "period": 300,
        "status": "Complete",
        "messages": [],
        "points": 288,
        "asked_at": NIGHT,
    }


def test_queries_are_counted_by_how_they_were_answered(tmp_path):
    one = shard(2)
    statuses = ["Complete", "InternalError", "Forbidden", "PartialData", "", "Expired"]
    said = [
        next(a for a in answers(one, steady(1), NIGHT, status) if a.query == query)
        for query, status in zip(one.queries(), statuses, strict=True)
    ]
    said[-1].asked_at = None
    written = landing.write_points(
        tmp_path, run_at(NIGHT), 1, 1, one, [(table(one, said), said)], NIGHT
    )
    assert (written.metrics_asked, written.unanswered, written.expired) == (6, 4, 1)
    assert written.points == 6 * 288
    rows = landing.read_answers(tmp_path, written.name).to_pylist()
    assert [row["status"] for row in rows] == statuses
    assert rows[-1]["asked_at"] == NIGHT


def test_a_shard_without_points_is_read_back(tmp_path):
    written = land(tmp_path, lambda *_: None)
    assert (written.points, written.metrics_asked) == (0, 3)
    assert rows_of(landing.read_points(tmp_path, written.name)) == {}


def test_a_later_attempt_overwrites_nothing(tmp_path):
    first = land(tmp_path, steady(1))
    second = land(tmp_path, steady(2), attempt=2)
    assert rows_of(landing.read_points(tmp_path, first.name)) == truth_of(steady(1), shard())
    assert rows_of(landing.read_points(tmp_path, second.name)) == truth_of(steady(2), shard())


def test_an_attempt_that_broke_off_is_none(tmp_path, run):
    with pytest.raises(ConnectionError):
        landing.write_points(tmp_path, run, 1, 1, shard(), broken(shard()), NIGHT)
    assert list(tmp_path.rglob("*.points.parquet"))
    assert landing.attempts(tmp_path, DAY) == {}
    assert landing.newest_attempt(tmp_path, run, 1) is None


def test_the_newest_attempt_is_the_last_that_ended(tmp_path, run):
    for attempt, count in ((2, 2), (10, 3), (9, 1)):
        few = shard(count)
        said = list(answers(few, steady(1), NIGHT))
        landing.write_points(tmp_path, run, 1, attempt, few, [(table(few, said), said)], NIGHT)
    with pytest.raises(ConnectionError):
        landing.write_points(tmp_path, run, 1, 11, shard(), broken(shard()), NIGHT)
    land(tmp_path, steady(1), run=run, number=10)
    newest = landing.newest_attempt(tmp_path, run, 1)
    assert newest is not None
    assert landing.read_answers(tmp_path, newest).num_rows == 9


def test_attempts_are_listed_by_source_in_the_order_of_their_runs(tmp_path):
    early = run_at(DAY.end, dag="z")
    names = [
        land(tmp_path, steady(1), run=early, attempt=1).name,
        land(tmp_path, steady(1), run=run_at(NIGHT, dag="a"), attempt=9).name,
        land(tmp_path, steady(1), run=run_at(NIGHT, dag="a"), attempt=10).name,
    ]
    other = land(tmp_path, steady(1), one=shard(namespace="a/b")).name
    assert landing.attempts(tmp_path, DAY) == {
        "account=123456789012/region=eu-west-1/namespace=AWS%2FEC2": names,
        "account=123456789012/region=eu-west-1/namespace=a%2Fb": [other],
    }


def test_a_load_is_marked(tmp_path):
    written = land(tmp_path, steady(1))
    landing.mark_loaded(tmp_path, written.name, {"points": 3})
    assert (tmp_path / f"{written.name}.loaded.json").read_bytes() == b'{"points":3}'
