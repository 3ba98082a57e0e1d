"""How buckets grew, which growth stands out, and whether time explains a difference.

Sizes are bytes as whole numbers of 64 bits, days are midnights in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import numpy as np
import pandas as pd

BUCKET: Final = ["account", "region", "bucket"]
DAY: Final = 86_400  # seconds

LATELY: Final = pd.Timedelta(days=7)
"""What a bucket's pace is taken of."""

STANDS_OUT: Final = 5.0
"""Growth a day stands out that is so many times the median of the other buckets'."""

WORTH: Final = 0.01
"""Of a bucket's size: what changes by less a day does not stand out."""


def whole(days: pd.DataFrame, by: list[str], value: str) -> pd.DataFrame:
    """Add up series by day; a day is absent on which a series lacks a value between two others.

    Args:
        days: ``by``, series, day and the value; a row for each series and day.
        by: what is told apart.
        value: the column that is added up.
    """
    inside = days.groupby([*by, "series"])["day"].agg(["min", "max"]).reset_index()
    summed = days.groupby([*by, "day"], as_index=False)[value].sum()
    counted = days.groupby([*by, "day"])["series"].nunique().rename("there").reset_index()
    spans = summed[[*by, "day"]].merge(inside, on=by)
    expected = spans[(spans["min"] <= spans["day"]) & (spans["day"] <= spans["max"])]
    wanted = expected.groupby([*by, "day"]).size().rename("wanted").reset_index()
    found: pd.DataFrame = summed.merge(counted, on=[*by, "day"]).merge(wanted, on=[*by, "day"])
    kept: pd.DataFrame = found[found["there"] == found["wanted"]]
    return kept.drop(columns=["there", "wanted"])


def growth(sizes: pd.DataFrame, objects: pd.DataFrame) -> pd.DataFrame:
    """Return of each bucket its newest size and how it changed since the first day, largest first.

    Args:
        sizes: account, region, bucket, day and bytes, a row a day.
        objects: account, region, bucket, day and objects, likewise.

    Returns:
        Account, region, bucket, first and last (days), bytes, objects (of the newest day, null
        where nobody counted), growth (bytes), recent (bytes, since `LATELY`), days (of that), daily
        (the part of its size by which it changed a day in these) and times (daily over the median
        of the other buckets'); the last two NaN where one day is all.
    """
    last = _end(sizes, "last")
    lately = sizes.merge(last[[*BUCKET, "day"]], on=BUCKET, suffixes=("", "_last"))
    since = _end(lately[lately["day"] >= lately["day_last"] - LATELY], "first")
    first = _end(sizes, "first")
    newest = objects.sort_values("day").groupby(BUCKET)["objects"].last().astype("Int64")
    days = (last["day"] - since["day"]).dt.days
    recent = last["bytes"] - since["bytes"]
    daily = recent / since["bytes"].where(since["bytes"] > 0) / days.where(days > 0)
    table = last[BUCKET].assign(
        first=first["day"],
        last=last["day"],
        bytes=last["bytes"],
        objects=last[BUCKET].merge(newest, on=BUCKET, how="left")["objects"],
        growth=last["bytes"] - first["bytes"],
        recent=recent,
        days=days,
        daily=daily,
        times=_times(daily),
    )
    return table.sort_values(["bytes", *BUCKET], ascending=[False, *[True] * 3], ignore_index=True)


def _end(sizes: pd.DataFrame, which: str) -> pd.DataFrame:
    """Return the first or last day of each bucket, in the buckets' order."""
    found: pd.DataFrame = sizes.sort_values("day").groupby(BUCKET).agg(which).reset_index()
    return found


def outliers(grown: pd.DataFrame) -> pd.DataFrame:
    """Return the buckets of a `growth` whose growth, or shrinking, stands out; most first."""
    some = grown[(grown["daily"].abs() >= WORTH) & (grown["times"] >= STANDS_OUT)]
    return some.sort_values("recent", key=lambda column: column.abs(), ascending=False)


def _times(daily: pd.Series) -> pd.Series:
    """Return how many times as fast each changes as the median of the others; NaN if alone."""
    rates = daily.abs()
    medians = [rates.drop(place).median() for place in rates.index]
    return rates / pd.Series(medians, rates.index, dtype=float).clip(lower=1e-9)


def compared(sizes: pd.DataFrame, exact: pd.DataFrame) -> pd.DataFrame:
    """Put CloudWatch's newest size of listed buckets beside the newest list of their objects.

    CloudWatch measures at some moment of its day, which nobody tells. So between it and the list
    lie the hours since the end of that day at the least, and since its start at the most. What the
    bucket's slowest and fastest day bring in these hours is what time explains.

    Args:
        sizes: account, region, bucket, day and bytes, a row a day.
        exact: account, region, bucket, listed_at and bytes, a row a bucket.

    Returns:
        Account, region, bucket, day, measured (bytes), listed_at, listed (bytes), difference,
        least and most (bytes that time explains; null where there is one day only), explained.
    """
    rows, records = [], cast(list[dict[str, Any]], exact.to_dict("records"))
    for one in records:
        of = sizes[np.logical_and.reduce([sizes[key] == one[key] for key in BUCKET])]
        of = of[of["day"] <= one["listed_at"]].sort_values("day")
        if not of.empty:
            rows.append({key: one[key] for key in BUCKET} | _compared(of, one))
    columns = [*BUCKET, "day", "measured", "listed_at", "listed", "difference", "least", "most"]
    found = pd.DataFrame(rows, columns=[*columns, "explained"])
    return found.astype({"least": "Int64", "most": "Int64"})


def _compared(days: pd.DataFrame, listed: Mapping[str, Any]) -> dict[str, Any]:
    newest = days.iloc[-1]
    difference = listed["bytes"] - newest["bytes"]
    rates = (days["bytes"].diff() / (days["day"].diff().dt.total_seconds() / DAY)).dropna()
    since = (listed["listed_at"] - newest["day"]).total_seconds() / DAY
    spans = [max(0.0, since - 1), since]
    reach = [rate * span for rate in (rates.min(), rates.max()) for span in spans]
    known = len(rates) > 0
    least, most = (round(min(reach)), round(max(reach))) if known else (0, 0)
    return {
        "day": newest["day"],
        "measured": newest["bytes"],
        "listed_at": listed["listed_at"],
        "listed": listed["bytes"],
        "difference": difference,
        "least": least if known else None,
        "most": most if known else None,
        "explained": bool(known and min(0, least) <= difference <= max(0, most)),
    }
