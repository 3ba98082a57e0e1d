"""What indices hold, on a real node: whose, of when, how many points, in how many bytes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from nephoscope.coverage import Coverage, Gap, Lack, State
from nephoscope.model import Resource, Window
from nephoscope.store import names
from nephoscope.store.coverage import sums
from nephoscope.store.coverage.days import write_coverage
from nephoscope.store.load.loader import load
from nephoscope.store.read import queries
from nephoscope.store.schema.making import ensure_indices, metrics_index
from nephoscope.store.upkeep import retention, segments, sizes
from nephoscope.store.upkeep.indices import metrics_indices
from unit.store.points_table import NOON, point, table

OCTOBER = date(2026, 10, 1)
MIDNIGHT = NOON.replace(hour=0)
HOUR = timedelta(hours=1)
ENDED = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture
def ours(elasticsearch, namespace):
    """Return the test's own indices."""
    return lambda: [one for one in metrics_indices(elasticsearch) if one.namespace == namespace]


@pytest.fixture
def points(elasticsearch, namespace):
    """Store points, each document in a segment of its own if asked; refreshed."""

    def store(*rows):
        load(
            elasticsearch,
            [table(*(point(**row, namespace=namespace) for row in rows))],
            attributes={},
        )
        queries.refresh(elasticsearch)

    return store


def at(hours, **more):
    return {"timestamp": MIDNIGHT + hours * HOUR, **more}


def test_an_index_says_whose_it_is_and_of_when(elasticsearch, namespace, ours):
    year = metrics_index(namespace, OCTOBER)
    year["settings"]["index.time_series.start_time"] = "2024-01-01T00:00:00Z"
    year["settings"]["index.time_series.end_time"] = "2025-01-01T00:00:00Z"
    name = f"cloudwatch-metrics-{namespace}-whatever"
    elasticsearch.indices.create(index=name, **year, aliases={names.ALL_METRICS: {}})
    ensure_indices(elasticsearch, namespace, [OCTOBER])
    assert [(one.name, str(one.window)) for one in ours()] == [
        (f"cloudwatch-metrics-{namespace}-2026.10", "2026-10-01T00:00:00Z/2026-11-01T00:00:00Z"),
        (name, "2024-01-01T00:00:00Z/2025-01-01T00:00:00Z"),
    ]


def test_an_index_that_does_not_say_so_is_not_ours(elasticsearch, namespace):
    before = metrics_indices(elasticsearch)
    foreign = f"cloudwatch-metrics-{namespace}-2026.10"
    elasticsearch.indices.create(index=foreign, aliases={names.ALL_METRICS: {}})
    assert metrics_indices(elasticsearch) == before


def test_points_are_counted_by_account_region_period_and_day(
    elasticsearch, namespace, points, ours
):
    points(
        at(0),
        at(0, metric="NetworkIn", statistic="Sum"),
        at(23.5, dimensions=(("InstanceId", "i-2"),)),
        at(24),
        at(1, region="us-east-1"),
        at(1, period=3600),
    )
    [index] = ours()
    account, day = "123456789012", date(2026, 11, 20)
    assert retention.points_of(elasticsearch, index) == {
        (account, "eu-west-1", namespace, day, 300): 3,
        (account, "eu-west-1", namespace, date(2026, 11, 21), 300): 1,
        (account, "us-east-1", namespace, day, 300): 1,
        (account, "eu-west-1", namespace, day, 3600): 1,
    }


def test_a_document_that_nobody_of_ours_wrote_is_a_point_of_nobody(elasticsearch, points, ours):
    points(at(0))
    [index] = ours()
    alien = {"@timestamp": "2026-11-20T00:00:00Z", "aws": {"dimensions": {"x": "y"}}}
    elasticsearch.index(index=index.name, document=alien, refresh=True)
    assert retention.points_of(elasticsearch, index)["", "", "", date(2026, 11, 20), 0] == 1


def test_an_index_is_dropped_alone_and_once_more_is_no_error(elasticsearch, namespace, ours):
    ensure_indices(elasticsearch, namespace, [OCTOBER, date(2026, 11, 1)])
    october, november = ours()
    for _ in range(2):
        retention.drop(elasticsearch, october.name)
    assert ours() == [november]


def test_sizes_count_documents_points_and_bytes(elasticsearch, points, ours, monkeypatch):
    monkeypatch.setattr(sizes, "_TOGETHER", 2)
    for metric in ("a", "b", "c"):
        points(*(at(hour, metric=metric) for hour in range(8)))
    [index] = ours()
    size = sizes.sizes(elasticsearch, [index])[index]
    assert (size.indices, size.documents, size.points) == (1, 8, 24)
    assert size.bytes > 0
    assert size.bytes_a_point == round(size.bytes / 24, 2)
    both = sizes.together([size, size])
    assert (both.indices, both.points, both.bytes) == (2, 48, 2 * size.bytes)
    assert sizes.together([]).bytes_a_point is None


def test_the_shards_of_the_cluster_are_counted(elasticsearch, namespace):
    before = sizes.shards(elasticsearch)
    ensure_indices(elasticsearch, namespace, [OCTOBER])
    after = sizes.shards(elasticsearch)
    assert (after.made - before.made, after.most) == (1, 1000)


def test_what_ended_a_week_ago_is_merged_and_holds_what_it_held(
    elasticsearch, points, ours, documents
):
    for hour in range(3):
        points(at(hour))
    before = {key: hit["_source"] for key, hit in documents().items()}
    [index] = ours()
    later = ENDED + segments.SETTLED
    assert segments.mergeable(elasticsearch, [index], later - HOUR) == []
    assert segments.mergeable(elasticsearch, [index], later) == [index]
    assert segments.merge(elasticsearch, index)
    assert segments.mergeable(elasticsearch, [index], later) == []
    assert {key: hit["_source"] for key, hit in documents().items()} == before


@pytest.fixture
def coverage(elasticsearch, namespace):
    """Three resources on a day of each of two years: two are whole, one lacks points."""
    spans = {"stopped": (), "unknown": (), "unsettled": ()}
    gap = Gap(Window(MIDNIGHT, MIDNIGHT + 10 * HOUR))
    lacks = (Lack((("cpu", "avg"),), (gap,)),)
    written = [
        Coverage(
            Resource("123456789012", "eu-west-1", namespace, (("InstanceId", f"i-{number}"),)),
            300,
            Window.day(NOON - year * timedelta(days=365)),
            state,
            final=True,
            expected=288,
            stored=stored,
            confirmed=0,
            lacks=() if state is State.STORED else lacks,
            **spans,
        )
        for year in (0, 1)
        for number, (state, stored) in enumerate(
            [(State.STORED, 288), (State.STORED, 288), (State.MISSING, 168)]
        )
    ]
    write_coverage(elasticsearch, written)
    sums.refresh(elasticsearch)
    return written


def test_coverage_is_added_up_by_namespace_and_state(elasticsearch, namespace, coverage):
    found = [one for one in sums.totals(elasticsearch) if one.namespace == namespace]
    assert found == [
        sums.Total(namespace, "missing", 2, 576, 336, 0, 240),
        sums.Total(namespace, "stored", 4, 1152, 1152, 0, 0),
    ]


def test_days_of_coverage_are_counted_in_each_years_index(elasticsearch, namespace, coverage):
    years = retention.coverage_indices(elasticsearch)
    assert str(years["cloudwatch-coverage-2026"]) == "2026-01-01T00:00:00Z/2027-01-01T00:00:00Z"
    for year in (2025, 2026):
        days = retention.days_of(elasticsearch, f"cloudwatch-coverage-{year}")
        part = ("123456789012", "eu-west-1", namespace, date(year, 11, 20), 0)
        assert days[part] == 3


def test_the_copy_of_a_coverage_index_is_of_the_same_year(elasticsearch):
    copy = "cloudwatch-copied-coverage-1996-v9"
    aliases = {names.ALL_COVERAGE: {}, "cloudwatch-coverage-1996": {}}
    elasticsearch.indices.create(index=copy, aliases=aliases)
    try:
        years = retention.coverage_indices(elasticsearch)
        assert (years[copy].start.year, years[copy].end.year) == (1996, 1997)
    finally:
        elasticsearch.indices.delete(index=copy)


@pytest.mark.parametrize(
    "name", ["coverage-1996", "cloudwatch-coverage-0000", "cloudwatch-coverage"]
)
def test_what_has_the_alias_of_coverage_and_no_such_name_is_not_ours(elasticsearch, name):
    elasticsearch.indices.create(index=name, aliases={names.ALL_COVERAGE: {}})
    try:
        assert name not in retention.coverage_indices(elasticsearch)
    finally:
        elasticsearch.indices.delete(index=name)
