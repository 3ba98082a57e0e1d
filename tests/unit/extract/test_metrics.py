"""What CloudWatch fails to answer is asked again and told; the period is chosen when asking."""

from datetime import timedelta

import pytest

from nephoscope.aws.pacing import Pace
from nephoscope.extract.metrics import extract
from nephoscope.model import Window
from nephoscope.points import POINTS
from shards import DAY, shard
from unit.extract.asked import ASKED_AT, FakeTime, Pages, points, truth


def extracted(client, one, asked_at=ASKED_AT, fake=None):
    parts = list(extract(one, client, lambda: asked_at, (fake or FakeTime()).timer))
    assert all(table.schema == POINTS for table, _ in parts)
    return [a for _, answers in parts for a in answers], [t for t, _ in parts]


def test_an_internal_error_is_asked_again_alone():
    queries = list(shard(4).queries())
    client = Pages(statuses={queries[3]: ["InternalError"]})
    answers, _ = extracted(client, shard(4))
    assert all(answer.complete for answer in answers)
    assert [a.query for a in answers] == queries
    assert client.queries_asked == [queries, [queries[3]]]


def test_a_lasting_internal_error_is_told_after_growing_pauses_and_the_others_are_kept():
    queries, fake = list(shard(4).queries()), FakeTime()
    client = Pages(statuses={queries[3]: ["InternalError"] * 9})
    answers, _ = extracted(client, shard(4), fake=fake)
    assert [(a.query, a.status) for a in answers if not a.complete] == [
        (queries[3], "InternalError")
    ]
    assert fake.pauses == [1, 2, 4]
    assert all(points(a) == truth(a.query) for a in answers if a.complete)


def test_of_answers_that_are_never_whole_the_one_with_most_points_is_kept():
    query = max(shard(4).queries(), key=lambda q: len(truth(q)))
    client = Pages(statuses={query: ["InternalError", "PartialData", *["InternalError"] * 9]})
    answers, _ = extracted(client, shard(4))
    [unfinished] = [a for a in answers if not a.complete]
    assert unfinished.status == "InternalError"
    assert points(unfinished) == truth(query)[: len(truth(query)) // 2] != []


def test_a_forbidden_series_is_told_and_not_asked_again():
    queries = list(shard(4).queries())
    client = Pages(statuses={queries[0]: ["Forbidden"]})
    answers, _ = extracted(client, shard(4))
    assert [a.query for a in answers if a.status == "Forbidden"] == [queries[0]]
    assert len(client.asked) == 1


def test_a_shard_without_points_is_an_empty_table_and_whole_answers():
    class Empty(Pages):
        def _held(self, *_):
            return []

    answers, [points_table] = extracted(Empty(), shard(2))
    assert points_table.num_rows == 0
    assert all(answer.complete for answer in answers)


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("planned", "age", "asked"),
    [
        pytest.param(60, timedelta(days=15) - 15 * MINUTE, 60, id="a-minute-until-15-days"),
        pytest.param(60, timedelta(days=15) - 14 * MINUTE, 300, id="then-five"),
        pytest.param(300, timedelta(days=63) - 15 * MINUTE, 300, id="five-until-63-days"),
        pytest.param(300, timedelta(days=63) - 14 * MINUTE, 3600, id="then-an-hour"),
        pytest.param(60, timedelta(days=455) - 15 * MINUTE, 3600, id="an-hour-until-455-days"),
    ],
)
def test_the_period_is_the_finest_that_is_held_when_it_is_asked(planned, age, asked):
    client = Pages()
    answers, tables = extracted(client, shard(4, period=planned), DAY.start + age)
    sent = {q["MetricStat"]["Period"] for r in client.asked for q in r["MetricDataQueries"]}
    assert sent == {asked}
    assert {a.period for a in answers} == {asked}
    assert {p for t in tables for p in t["period"].to_pylist()} == {asked}


def test_what_cloudwatch_may_no_longer_hold_is_expired_and_not_asked():
    client = Pages()
    asked_at = DAY.start + timedelta(days=455) - 14 * MINUTE
    answers, tables = extracted(client, shard(4), asked_at)
    assert client.asked == []
    assert [a.query for a in answers] == list(shard(4).queries())
    assert {(a.status, a.period, a.asked_at) for a in answers} == {("Expired", 300, None)}
    assert sum(t.num_rows for t in tables) == 0


def test_a_window_in_which_no_point_of_the_held_period_begins_is_expired():
    start = DAY.start + 5 * MINUTE
    client = Pages()
    answers, _ = extracted(
        client, shard(1, Window(start, start + 5 * MINUTE)), start + timedelta(days=70)
    )
    assert client.asked == []
    assert {a.status for a in answers} == {"Expired"}


def test_a_paced_shard_asks_at_its_pace_and_notes_each_calls_moment():
    fake = FakeTime()
    one = shard(100, pace=Pace(calls=10, points=28_800))  # 300 queries of 288 points: 3.03 s
    moments = (ASKED_AT + timedelta(seconds=second) for second in range(100))
    parts = list(extract(one, Pages(), lambda: next(moments), fake.timer))
    assert len(parts) == 4
    assert fake.now - 1000 == pytest.approx(300 * 288 / 28_800 - 1)
    asked = [{a.asked_at for a in answers} for _, answers in parts]
    assert len(set.union(*asked)) == len(parts)
    for (table, _), [moment] in zip(parts, asked, strict=True):
        assert set(table["asked_at"].to_pylist()) == {moment}
