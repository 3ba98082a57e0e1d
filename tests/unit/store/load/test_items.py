"""Items as the lines of a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.store.load.items import Batch, Item, batches, by_alias
from unit.store.scripted import item


@pytest.mark.parametrize(
    ("most", "most_bytes", "fits"),
    [
        pytest.param(2, 10**6, 2, id="by-number"),
        pytest.param(9, 10**6, 5, id="all"),
        pytest.param(9, 1, 1, id="one-may-exceed-the-bytes"),
        pytest.param(9, 60, 2, id="by-bytes"),
    ],
)
def test_a_batch_is_cut(most, most_bytes, fits):
    every = list(map(item, range(5)))
    first, rest = Batch.of(every).cut(most, most_bytes)
    assert (list(first.items()), list(rest.items())) == (every[:fits], every[fits:])


@given(st.lists(st.integers(0, 10**9), max_size=20), st.lists(st.integers(1, 9), min_size=1))
def test_cutting_and_joining_keeps_every_item(numbers, cuts):
    rest, pieces = Batch.of(map(item, numbers)), []
    for most in cuts:
        first, rest = rest.cut(most, 10**6)
        pieces.append(first)
    joined = Batch.joined([*pieces, rest])
    assert list(joined.items()) == list(map(item, numbers))
    assert joined.size == len(bytes(joined.lines))


def test_items_are_named_through_cuts_and_joins():
    mine = Item.of("index", "cloudwatch-write-x", "mine", {"n": 0}, if_seq_no=1)
    first, rest = Batch.of([item(0), mine]).cut(1, 10**6)
    assert (first.names, rest.names) == ([("create", "")], [("index", "mine")])
    assert Batch.joined([rest, first]).names == [("index", "mine"), ("create", "")]
    assert list(Batch.of([item(0), mine]).items([1])) == [mine]
    assert by_alias([item(0), mine, item(1)]) == {"cloudwatch-write-x": [item(0), item(1), mine]}


def test_items_are_drawn_a_batch_at_a_time():
    assert [len(batch) for batch in batches(map(item, range(5)), 2)] == [2, 2, 1]
