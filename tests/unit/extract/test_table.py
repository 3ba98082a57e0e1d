"""Points are laid out by the schema."""

from datetime import UTC, datetime

import numpy as np

from nephoscope.extract.answers import Answer
from nephoscope.extract.table import table
from nephoscope.model import dimensions_key
from nephoscope.points import POINTS
from shards import shard
from unit.extract.asked import ASKED_AT, truth


def answer(query, period):
    timestamps, values = np.array(truth(query), np.float64).reshape(-1, 2).T
    return Answer(query, timestamps, values, "Complete", period=period, asked_at=ASKED_AT)


def test_points_are_laid_out_by_the_schema():
    one = shard(3)
    queries = list(one.queries())
    periods = dict(zip(queries, [300, 3600] * len(queries), strict=False))
    points = table(one, [answer(query, periods[query]) for query in queries])
    assert points.schema == POINTS
    place = ("123456789012", "eu-west-1", "AWS/EC2")
    expected = [
        (
            *(*place, dimensions_key(query[0]), query[1], query[2], periods[query]),
            *(datetime.fromtimestamp(timestamp, UTC), value, ASKED_AT),
        )
        for query in queries
        for timestamp, value in truth(query)
    ]
    assert [tuple(row.values()) for row in points.to_pylist()] == expected
    assert len(expected) > 300


def test_no_answers_are_an_empty_table():
    assert table(shard(0), []).schema == POINTS
