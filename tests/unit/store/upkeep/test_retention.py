"""Which indices are over: those in which all is older than the most patient collection keeps."""

from datetime import UTC, datetime, timedelta

import pytest

from nephoscope.config.collections import Collections
from nephoscope.model import Window
from nephoscope.store.upkeep import retention
from nephoscope.store.upkeep.indices import Index

END = datetime(2026, 11, 1, tzinfo=UTC)
MOMENT = timedelta(milliseconds=1)
ACCOUNTS = [{"connection": "aws_default", "regions": ["eu-west-1"]}]


def index(namespace="A", end=END, name="one"):
    return Index(name, namespace, Window(end - timedelta(days=31), end), 1, ())


def keeps(*entries):
    """Return how long collections, given as namespace and keep, keep their namespaces."""
    collections = {
        f"c{number}": {"namespace": namespace, "dimensions": "any", "metrics": {"m": ["Sum"]}}
        | ({"keep": keep} if keep else {})
        for number, (namespace, keep) in enumerate(entries)
    }
    return Collections(accounts=ACCOUNTS, collections=collections).keeps


def days(number):
    return timedelta(days=number)


@pytest.mark.parametrize(
    ("entries", "longest"),
    [
        pytest.param([("A", "30d")], {"A": days(30)}, id="one"),
        pytest.param([("A", "30d"), ("A", "400d")], {"A": days(400)}, id="the-longer-last"),
        pytest.param([("A", "400d"), ("A", "30d")], {"A": days(400)}, id="the-longer-first"),
        pytest.param([("A", None), ("A", "30d")], {"A": None}, id="for-ever-first"),
        pytest.param([("A", "1d"), ("A", None), ("A", "30d")], {"A": None}, id="for-ever-within"),
        pytest.param([("A", "1d"), ("B", "2d")], {"A": days(1), "B": days(2)}, id="each-its-own"),
    ],
)
def test_a_namespace_is_kept_as_its_most_patient_collection_says(entries, longest):
    assert keeps(*entries) == longest


@pytest.mark.parametrize(
    ("asked_at", "over"),
    [
        pytest.param(END + days(30), True, id="just-over"),
        pytest.param(END + days(30) - MOMENT, False, id="not-quite"),
    ],
)
def test_an_index_is_over_when_its_last_moment_is(asked_at, over):
    assert bool(retention.over([index()], keeps(("A", "30d")), asked_at)) is over


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([("A", None)], id="for-ever"),
        pytest.param([("A", "1d"), ("A", "400d")], id="one-is-more-patient"),
        pytest.param([("B", "1d")], id="no-collection-has-it"),
    ],
)
def test_what_somebody_still_wants_or_nobody_speaks_of_is_not_over(entries):
    assert retention.over([index()], keeps(*entries), END + days(300)) == []


class TestCoverage:
    """Coverage is kept as long as anything, and as long as there are points of its year."""

    end = datetime(2026, 1, 1, tzinfo=UTC)
    name = "cloudwatch-coverage-2025"

    def over(self, entries, asked_at, left=()):
        years = {self.name: Window(datetime(2025, 1, 1, tzinfo=UTC), self.end)}
        return retention.coverage_over(years, left, keeps(*entries), asked_at)

    def test_a_year_is_over_by_the_longest_keep_of_all(self):
        entries = [("A", "30d"), ("B", "90d")]
        assert self.over(entries, self.end + days(90)) == [self.name]
        assert self.over(entries, self.end + days(90) - MOMENT) == []

    def test_it_stays_where_one_collection_is_kept_for_ever(self):
        assert self.over([("A", "30d"), ("B", None)], self.end + days(3000)) == []

    def test_it_stays_while_there_are_points_of_the_year(self):
        touching, after = index("Z", self.end + days(1)), index("Z", self.end + days(31))
        assert self.over([("A", "30d")], self.end + days(99), [touching]) == []
        assert self.over([("A", "30d")], self.end + days(99), [after]) == [self.name]
