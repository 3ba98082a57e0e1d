"""Reads are whole, or an error."""

import pytest

from nephoscope.errors import StoreError
from nephoscope.store.read.pages import view
from unit.store.scripted import Scripted

WHOLE = {"pit_id": "1", "timed_out": False, "_shards": {"failed": 0}}


def counted(*_):
    return WHOLE | {"aggregations": {"held": {"value": 2}}}


def read(*answers):
    scripted = Scripted(lambda _: {"id": "1"}, *answers)
    with view(scripted.client, "any") as stored:
        return list(stored.hits({"match_all": {}}, ["@timestamp"]))


def test_hits_come_in_columns_without_the_view_s_own():
    hits = {"hits": [{"sort": [1, "a", 7]}, {"sort": [2, "b", 8]}]}
    assert read(counted, lambda _: WHOLE | {"hits": hits}, lambda _: {}) == [[(1, 2), ("a", "b")]]


@pytest.mark.parametrize(
    "lacking",
    [
        pytest.param({"_shards": {"failed": 1}}, id="shard"),
        pytest.param({"timed_out": True}, id="time"),
    ],
)
@pytest.mark.parametrize("before", [[], [counted]], ids=["count", "hits"])
def test_a_part_of_an_answer_is_an_error(lacking, before):
    with pytest.raises(StoreError, match="part of an answer"):
        read(*before, lambda _: WHOLE | lacking, lambda _: {})


def test_a_proxy_s_answer_that_says_nothing_of_shards_is_an_error():
    with pytest.raises(StoreError, match="part of an answer"):
        read(lambda _: {"hits": {"hits": []}}, lambda _: {})


def test_fewer_hits_than_there_are_is_an_error():
    hits = {"hits": [{"sort": [1, "a", 7]}]}
    with pytest.raises(StoreError, match="1 documents more"):
        read(counted, lambda _: WHOLE | {"hits": hits}, lambda _: {})
