"""Views of a real node: spans, pages, and what ends them."""

from datetime import timedelta

import pytest

from nephoscope.errors import StoreError
from nephoscope.model import Window
from nephoscope.store import names
from nephoscope.store.load.loader import load
from nephoscope.store.read import pages, rows
from nephoscope.store.read.pages import view
from nephoscope.store.read.queries import having, refresh
from unit.store.points_table import NOON, point, table

DAY = Window.day(NOON)
YEAR = Window(DAY.start - timedelta(days=300), DAY.start + timedelta(days=65))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def query(namespace):
    return having(namespace, [names.value_field(namespace, "cpu", "Average")], None, None)


@pytest.fixture
def plant(elasticsearch, namespace):
    """Store points at some times, each of so many instances."""

    def write(times, instances=1):
        points = [
            point("cpu", timestamp=time, dimensions=[("InstanceId", f"i-{n}")], namespace=namespace)
            for n in range(instances)
            for time in times
        ]
        load(elasticsearch, [table(*points)], attributes={})
        refresh(elasticsearch)

    return write


@pytest.fixture
def spans(elasticsearch, namespace, query):
    def found(most, window=YEAR):
        with view(elasticsearch, names.indices_of(namespace)) as stored:
            return list(stored.spans(query, window, most, (86_400, 3_600, 60)))

    return found


@pytest.fixture
def reading(elasticsearch, namespace, query):
    """Yield pages of the points."""

    def pages_of():
        with view(elasticsearch, names.indices_of(namespace)) as stored:
            yield from stored.hits(query, rows.sort(["InstanceId"], []))

    return pages_of


def test_a_window_that_fits_is_one_span(plant, spans):
    plant([DAY.start - timedelta(days=200), NOON])
    assert spans(most=2) == [YEAR]


def test_a_window_without_hits_has_no_span(plant, spans):
    plant([NOON])
    assert spans(most=2, window=Window(NOON + MINUTE, YEAR.end)) == []


def test_spans_cover_every_hit_once_and_hold_no_more_than_asked_for(plant, spans, draw):
    offsets = sorted(draw.sample(range(3 * 24 * 60), 60))
    times = [DAY.start + offset * MINUTE for offset in offsets]
    plant(times)
    window = Window(times[7], times[50])
    found = spans(most=5, window=window)
    inside = [[t for t in times if one.start <= t < one.end] for one in found]
    assert [t for some in inside for t in some] == times[7:50]
    assert max(map(len, inside)) <= 5
    assert all(one.start >= window.start and one.end <= window.end for one in found)


@pytest.mark.parametrize("slices", [1, 3, 1024])
def test_every_hit_is_on_one_page_however_it_is_sliced(plant, reading, monkeypatch, slices):
    monkeypatch.setattr(pages, "PAGE", 4)
    monkeypatch.setattr(pages, "MOST_SLICES", slices)
    times = [NOON, NOON + MINUTE, NOON - timedelta(days=40)]
    plant(times, instances=10)
    found = list(reading())
    assert max(len(page[0]) for page in found) <= 4
    assert sorted((time, name) for page in found for time, *_, name in zip(*page, strict=True)) == [
        (int(time.timestamp() * 1000), f"i-{n}") for time in sorted(times) for n in range(10)
    ]


@pytest.mark.parametrize("end", ["delete", "close"])
def test_an_index_that_goes_while_it_is_read_is_an_error(
    elasticsearch, namespace, plant, reading, monkeypatch, end
):
    monkeypatch.setattr(pages, "PAGE", 4)
    plant([NOON, NOON + MINUTE], instances=10)
    found = reading()
    next(found)
    getattr(elasticsearch.indices, end)(index=names.index_of(namespace, NOON.date().replace(day=1)))
    with pytest.raises(StoreError):
        list(found)


def test_what_is_written_while_a_view_is_read_is_not_in_it(plant, reading, monkeypatch):
    monkeypatch.setattr(pages, "PAGE", 4)
    plant([NOON], instances=10)
    found = reading()
    first = next(found)
    plant([NOON + MINUTE], instances=10)
    assert sum(len(page[0]) for page in [first, *found]) == 10
