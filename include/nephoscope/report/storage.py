"""The part of the report about S3: how much is stored, what grew, and how exact that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from nephoscope.model import Window
from nephoscope.quantities import size
from nephoscope.report import storage_growth
from nephoscope.report.names import printable
from nephoscope.report.part import Column, Finding, Part, Picture, Table
from nephoscope.report.storage_growth import BUCKET
from nephoscope.report.storage_plot import classes_plot, growth_plot

TITLE: Final = "S3 storage"
LEAD: Final = (
    "CloudWatch measures each bucket once a day, at a moment that it does not tell, and publishes "
    "that up to a day and a half later: each day is a step, nothing is drawn between two, and a "
    "day that lacks a bucket is left open. Growth is from the first day to the last, and a day's "
    "that of the last week. Sums of objects are of the moment at which they were listed; they "
    "leave out old versions and unfinished uploads, which CloudWatch counts."
)
_GROWS, _UNEXPLAINED = 30, 31  # ranks of findings
_TOP = 10
_NAMES: Final = {"bucket": Column("Bucket"), "region": Column("Region")}
_SIZES: Final = {
    **_NAMES,
    "bytes": Column("Size", "bytes"),
    "objects": Column("Objects", "number"),
    "growth": Column("Growth", "bytes"),
    "daily": Column("% a day, lately", "percent"),
}
_COMPARED: Final = {
    **_NAMES,
    "day": Column("CloudWatch's day", "moment"),
    "measured": Column("CloudWatch", "bytes"),
    "listed_at": Column("Listed at", "moment"),
    "listed": Column("Sum of objects", "bytes"),
    "difference": Column("Difference", "bytes"),
    "explanation": Column("Explained by time"),
}
_PREFIXES: Final = {
    "bucket": Column("Bucket"),
    "prefix": Column("Prefix"),
    "storage_class": Column("Class"),
    "bytes": Column("Size", "bytes"),
    "objects": Column("Objects", "number"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What is known of buckets; bytes and counts are whole numbers of 64 bits, days midnights UTC.

    Attributes:
        sizes: account, region, bucket, storage_type, day, bytes: of CloudWatch.
        objects: account, region, bucket, day, objects: of CloudWatch.
        exact: account, region, bucket, listed_at, bytes, objects: the newest list of each bucket.
        prefixes: account, region, bucket, prefix, storage_class, bytes, objects: of that.
    """

    sizes: pd.DataFrame
    objects: pd.DataFrame
    exact: pd.DataFrame
    prefixes: pd.DataFrame


def part(stored: Stored, window: Window) -> Part:
    """Draw and count the part; CloudWatch has a size at the least.

    Args:
        stored: what is known.
        window: what is drawn, of whole days.
    """
    sizes = stored.sizes.assign(series=stored.sizes["storage_type"])
    buckets = storage_growth.whole(sizes, BUCKET, "bytes")
    series = stored.sizes[BUCKET].agg("/".join, axis=1)
    classes = storage_growth.whole(stored.sizes.assign(series=series), ["storage_type"], "bytes")
    grown = storage_growth.growth(buckets, stored.objects)
    compared = storage_growth.compared(buckets, stored.exact)
    compared["explanation"] = [_explanation(one) for one in _rows(compared)]
    return Part(
        anchor="storage",
        title=TITLE,
        lead=LEAD,
        pictures=tuple(_pictures(classes, grown, window)),
        tables=tuple(_tables(classes, grown, compared, stored.prefixes)),
        findings=(*_growing(grown), *_unexplained(compared)),
    )


def _pictures(classes: pd.DataFrame, grown: pd.DataFrame, window: Window) -> Iterator[Picture]:
    largest, total = next(_rows(grown)), size(grown["bytes"].sum())
    yield Picture(
        "storage-classes",
        classes_plot(classes, window),
        "Bytes stored in S3 by storage class, day by day",
        f"Bytes of {len(grown):,} buckets by storage class, a step a day, none between two days: "
        f"in all {total} on the newest day of each. The largest is {printable(largest.bucket)} "
        f"with {size(largest.bytes)}.",
    )
    fastest = next(_rows(grown.nlargest(1, "growth")))
    yield Picture(
        "storage-growth",
        growth_plot(classes, window),
        "Growth of the bytes stored in S3 by storage class since the first day",
        "What each storage class holds more, or less, than on the first day, a step a day: in all "
        f"{_signed(grown['growth'].sum())}. {printable(fastest.bucket)} grew most, by "
        f"{_signed(fastest.growth)}.",
    )


def _tables(
    classes: pd.DataFrame, grown: pd.DataFrame, compared: pd.DataFrame, prefixes: pd.DataFrame
) -> Iterator[Table]:
    yield Table("storage_classes", classes.reset_index(drop=True), {})
    yield Table("storage_by_size", _shown(grown), _SIZES, _TOP)
    fastest = grown.sort_values("growth", ascending=False, ignore_index=True)
    yield Table("storage_by_growth", _shown(fastest), _SIZES, _TOP)
    if not compared.empty:
        yield Table("storage_compared", _shown(compared), _COMPARED)
        largest = prefixes.sort_values("bytes", ascending=False, ignore_index=True)
        yield Table("storage_prefixes", _shown(largest), _PREFIXES)


def _shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Make the names fit for a page; the share of a size that a day brings becomes per cent."""
    texts = {name: frame[name].map(printable) for name in ("bucket", "prefix") if name in frame}
    daily = {"daily": 100 * frame["daily"]} if "daily" in frame else {}
    return frame.assign(**texts, **daily)


def _growing(grown: pd.DataFrame) -> Iterator[Finding]:
    for one in _rows(storage_growth.outliers(grown)):
        word = "grew" if one.recent > 0 else "shrank"
        yield Finding(
            _GROWS,
            f"{100 * one.daily:+.1f} % a day",
            printable(one.bucket),
            f"{word} by {size(abs(one.recent))} in {one.days} days, {one.times:,.0f} times as fast "
            "as the median of the other buckets",
        )


def _unexplained(compared: pd.DataFrame) -> Iterator[Finding]:
    for one in _rows(compared[compared["least"].notna() & ~compared["explained"]]):
        yield Finding(
            _UNEXPLAINED,
            _signed(one.difference),
            printable(one.bucket),
            "the sum of its objects differs from CloudWatch's size by more than its growth since "
            "explains: old versions or unfinished uploads may be the cause",
        )


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    yield from frame.itertuples()


def _explanation(one: Any) -> str:
    """Say what time explains of a difference."""
    hours = (one.listed_at - one.day) / pd.Timedelta(hours=1)
    between = f"{max(0, hours - 24):.0f} to {hours:.0f} h"
    least, most = one.least, one.most
    if pd.isna(least):
        return f"{between} lie between; how it grows is not known yet"
    said = f"{_signed(least)} to {_signed(most)} in {between}"
    return f"yes: {said}" if one.explained else f"no: only {said}"


def _signed(of: float) -> str:
    return f"{'-' if of < 0 else '+'}{size(abs(of))}"
