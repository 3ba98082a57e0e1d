"""The part about S3: what grew, what stands out, and whether time explains a difference."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from nephoscope.model import Window
from nephoscope.report import storage, style
from unit.report.hostile import PAYLOADS

START = datetime(2026, 11, 1, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(days=20))
BIG = 2**52 + 1  # what a float of 32 bits can't hold
GB = 10**9


def at(day):
    return pd.Timestamp(START + timedelta(days=day))


def row(bucket, day, size, storage_type="StandardStorage"):
    return ("1" * 12, "eu-west-1", bucket, storage_type, at(day), size)


def stored(rows, exact=(), prefixes=()):
    """Return what is known: sizes by bucket, day and class; lists by bucket, moment and bytes."""
    names = ["account", "region", "bucket"]
    sizes = pd.DataFrame(rows, columns=[*names, "storage_type", "day", "bytes"])
    objects = sizes.groupby([*names, "day"], as_index=False).size()
    lists = [("1" * 12, "eu-west-1", *one, 7) for one in exact]
    parts = [("1" * 12, "eu-west-1", *one) for one in prefixes]
    return storage.Stored(
        sizes,
        objects.rename(columns={"size": "objects"}),
        pd.DataFrame(lists, columns=[*names, "listed_at", "bytes", "objects"]),
        pd.DataFrame(parts, columns=[*names, "prefix", "storage_class", "bytes", "objects"]),
    )


def steady(bucket, daily=GB, days=20, size=10**13):
    return [row(bucket, day, size + daily * day) for day in range(days)]


def table(part, name):
    (found,) = (one for one in part.tables if one.name == name)
    return found.frame


def lines(part, picture=0):
    (axes,) = part.pictures[picture].figure.axes
    return [(one.get_data()[0], one.get_data()[1]) for one in axes.patches]


def test_the_picture_has_a_step_a_day_and_a_gap_where_a_bucket_lacks_one():
    rows = [*steady("a"), *[one for one in steady("b") if one[4] not in {at(3), at(4)}]]
    part = storage.part(stored(rows), WINDOW)
    ((values, edges),) = lines(part)
    wanted = np.array([2e13 + 2 * GB * day for day in range(20)]) / 1e12
    wanted[3:5] = np.nan
    np.testing.assert_allclose(values, wanted)
    ((since, _),) = lines(part, 1)
    np.testing.assert_allclose(
        since, [2e-3 * day * 1e3 if day not in {3, 4} else np.nan for day in range(20)]
    )
    assert len(edges) == 21
    assert set(np.diff(edges)) == {1.0}
    days = table(part, "storage_classes")
    assert list(days["bytes"]) == [int(v) for v in wanted[~np.isnan(wanted)] * 1e12]


def test_bytes_stay_whole_numbers_of_64_bits():
    part = storage.part(stored([row("a", 0, BIG - 2), row("a", 1, BIG)]), WINDOW)
    frame = table(part, "storage_by_size")
    assert frame["bytes"].tolist() == [BIG]
    assert frame["growth"].tolist() == [2]
    assert str(frame["bytes"].dtype) == "int64"


def test_the_tables_are_sorted_by_size_and_by_growth():
    rows = [*steady("a", size=3 * 10**13), *steady("b", 5 * GB), *steady("c", -GB)]
    part = storage.part(stored(rows), WINDOW)
    assert table(part, "storage_by_size")["bucket"].tolist() == ["a", "b", "c"]
    assert table(part, "storage_by_growth")["bucket"].tolist() == ["b", "a", "c"]
    assert {one.most for one in part.tables if one.columns} == {10}


@pytest.mark.parametrize(("daily", "sign"), [(500 * GB, "grew"), (-400 * GB, "shrank")])
def test_a_bucket_whose_growth_stands_out_is_found_and_no_other(daily, sign):
    rows = [one for n in range(5) for one in steady(f"b{n}")] + steady("fast", daily)
    (found,) = storage.part(stored(rows), WINDOW).findings
    assert (found.subject, found.text.split(" by ")[0]) == ("fast", sign)
    then = 10**13 + 12 * daily  # a week before the last of twenty days
    assert found.figure == f"{100 * daily / then:+.1f} % a day"


def test_nothing_stands_out_where_all_grow_alike_or_a_bucket_is_alone():
    fast = [one for n in range(5) for one in steady(f"b{n}", 500 * GB)]
    assert storage.part(stored(fast), WINDOW).findings == ()
    assert storage.part(stored(steady("a", 500 * GB)), WINDOW).findings == ()


@pytest.mark.parametrize(
    ("difference", "explained"),
    [(0, True), (2 * GB, True), (-GB, False), (30 * GB, False)],
)
def test_time_explains_what_the_hours_between_bring(difference, explained):
    """The newest day is the 19th, the list 36 h after its start: 0.5 to 1.5 days of growth."""
    rows = steady("a", 2 * GB)
    newest = rows[-1][-1]
    exact = [("a", at(20.5), newest + difference)]
    part = storage.part(stored(rows, exact), WINDOW)
    (one,) = table(part, "storage_compared").to_dict("records")
    assert one["difference"] == difference
    assert (one["least"], one["most"]) == (GB, 3 * GB)
    assert one["explained"] is explained
    begins = "yes: +1.0 GB to +3.0 GB in 12 to 36 h" if explained else "no: only"
    assert one["explanation"].startswith(begins)
    assert len(part.findings) == (not explained)


def test_without_a_second_day_it_is_said_that_nothing_is_known():
    part = storage.part(stored([row("a", 0, GB)], [("a", at(1.5), 9 * GB)]), WINDOW)
    (one,) = table(part, "storage_compared").to_dict("records")
    assert one["explanation"] == "12 to 36 h lie between; how it grows is not known yet"
    assert part.findings == ()


def test_more_classes_than_colours_are_drawn_together():
    rows = [row("a", day, GB * (n + 1), f"class{n}") for n in range(12) for day in range(3)]
    part = storage.part(stored(rows), WINDOW)
    drawn = lines(part)
    assert len(drawn) == 7
    total = sum(np.nanmax(values) for values, _ in drawn)
    assert total == pytest.approx(sum(range(1, 13)))


@pytest.mark.parametrize("name", [one for one in PAYLOADS if "\ud800" not in one])  # no UTF-8
def test_names_of_strangers_are_drawn_and_told(name):
    prefixes = [("a", name, "STANDARD", 5, 1)]
    rows = [row(name, 0, GB, name), *steady("a")]
    part = storage.part(stored(rows, [("a", at(20), 10**13)], prefixes), WINDOW)
    for picture in part.pictures:
        style.png(picture.figure)
    shown = table(part, "storage_prefixes")["prefix"].tolist()
    assert all("\n" not in one and "\x00" not in one for one in shown)
