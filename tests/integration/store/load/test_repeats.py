"""Which documents stand already, value for value, on a real node."""

from datetime import UTC, datetime, timedelta
from operator import itemgetter

import pytest

from nephoscope.store.load import repeats
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import ensure_indices
from unit.store.points_table import NOON, point, table

NIGHT = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def repeated(elasticsearch, namespace):
    """Load some points, and tell of each document of others whether it stands there."""

    def tell(stored, read):
        load(elasticsearch, [table(*stored)], attributes={})
        columns = Columns.of(table(*read))
        for space, month in columns.months():
            ensure_indices(elasticsearch, space, [month])
        [part] = columns.parts()
        return repeats.repeated(elasticsearch, columns, part).tolist()

    return tell


def hour(namespace, **given):
    """Twelve values of one series."""
    return [
        point(value=number / 7, timestamp=NOON + timedelta(minutes=5 * number), namespace=namespace)
        | given
        for number in range(12)
    ]


def test_what_stands_there_is_found(repeated, namespace):
    assert repeated(hour(namespace), hour(namespace)) == [True] * 12


def test_nothing_is_found_in_an_empty_index(repeated, namespace):
    other = hour(namespace, timestamp=NIGHT)
    assert repeated(other[:1], hour(namespace)) == [False] * 12


def test_one_value_that_differs_is_told(repeated, namespace):
    read = hour(namespace)
    read[5]["value"] += 1e-9
    assert repeated(hour(namespace), read) == [number != 5 for number in range(12)]


@pytest.mark.parametrize("value", [0.0, -0.0, 5e-324, -1.5e308, 1.7976931348623157e308, 0.1 + 0.2])
def test_any_number_is_compared_whole(repeated, namespace, value):
    assert repeated(
        [point(value=value, namespace=namespace)], [point(value=value, namespace=namespace)]
    ) == [True]


def test_a_value_that_is_not_stored_is_told(repeated, namespace):
    """One more metric of the same document, that some other document has, or none."""
    stored = [
        point("cpu", namespace=namespace),
        point("net", namespace=namespace, timestamp=NOON + timedelta(minutes=5)),
    ]
    assert repeated(stored, [stored[0], point("net", namespace=namespace)]) == [False]
    assert repeated(stored, [stored[0], point("new", namespace=namespace)]) == [False]


def test_a_value_more_that_is_stored_does_not_matter(repeated, namespace):
    stored = [point("cpu", namespace=namespace), point("net", value=2.0, namespace=namespace)]
    assert repeated(stored, stored[:1]) == [True]


@pytest.mark.parametrize(
    "other",
    [
        {"account": "000000000001"},
        {"region": "us-east-1"},
        {"period": 60},
        {"dimensions": '{"InstanceId":"i-1","Device":"x"}'},
        {"dimensions": "{}"},
        {"timestamp": NOON + timedelta(minutes=5)},
    ],
    ids=str,
)
def test_a_document_of_something_else_is_none(repeated, namespace, other):
    one = point(namespace=namespace)
    assert repeated([one | other], [one]) == [False]
    assert repeated([one], [one, one | other]) == [True, True]


def test_documents_of_many_resources_and_months_are_compared_at_once(
    repeated, namespace, monkeypatch
):
    monkeypatch.setattr(repeats, "AT_ONCE", 7)
    read = [
        point(value=float(number), namespace=namespace, timestamp=when, dimensions=dimensions)
        for when in (NOON, NIGHT)
        for number in range(10)
        for dimensions in ([("Id", f"{number}")], [("Id", f"{number}"), ("B", "b")], [])
        if dimensions or not number
    ]
    read.sort(key=itemgetter("dimensions"))
    assert repeated(read, read) == [True] * 42
    assert sum(repeated(read[:1], [one | {"value": 0.0} for one in read])) == 6


def test_what_is_not_looked_at_is_not_found(repeated, namespace, monkeypatch):
    monkeypatch.setattr(repeats, "PAGE", 5)
    assert sum(repeated(hour(namespace), hour(namespace))) == 5
