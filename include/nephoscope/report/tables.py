"""The numbers beside the pictures: exactly what is plotted, as CSV and as Parquet.

Text columns are safe to open in a spreadsheet (S7); an empty value is one that is not stored.
"""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet as arrow_parquet

from nephoscope.report.fleet import Cell, Fleet
from nephoscope.report.heat import Heat
from nephoscope.report.names import csv_text

_NONE = pd.DataFrame({"timestamp": pd.DatetimeIndex([], tz=UTC), "avg": [], "max": [], "cell": []})
_TOGETHER = 100_000  # rows, which as texts take many times their memory
_STATES = pd.Index([cell.name.lower() for cell in Cell])


def cpu(fleet: Fleet) -> pd.DataFrame:
    """Return one row a period and instance: what the CPU plots draw, gaps and all.

    Columns: account, region, instance_id, step (s), timestamp (UTC), avg and max (per cent, NaN
    where none is stored), state (stored, missing, stopped, unknown).
    """
    frames = [one.points.reset_index() for one in fleet.instances]
    counts = np.array([len(frame) for frame in frames], dtype=int)

    def each(column: str) -> pd.Series[Any]:
        values = np.array([getattr(one, column) for one in fleet.instances], dtype=object)
        return pd.Series(np.repeat(values, counts), dtype="category")

    points = pd.concat(frames, ignore_index=True) if frames else _NONE
    return pd.DataFrame(
        {
            "account": each("account"),
            "region": each("region"),
            "instance_id": each("instance_id"),
            "step": each("step").astype("int32"),
            "timestamp": points["timestamp"],
            "avg": points["avg"],
            "max": points["max"],
            "state": pd.Categorical.from_codes(points["cell"].to_numpy(dtype=int), _STATES),
        }
    )


def instances(fleet: Fleet) -> pd.DataFrame:
    """Return one row an instance, in the order of the heat map: rank, names, numbers."""
    columns = (
        "account", "region", "instance_id", "name", "title", "file", "type", "zone", "state",
        "period",
    )  # fmt: skip
    numbers = (
        "mean", "median", "p95", "highest", "max", "hot", "expected", "stored", "coverage",
    )  # fmt: skip
    rows = [
        [rank]
        + [getattr(one, column) for column in columns]
        + [getattr(one.numbers, number) for number in numbers]
        for rank, one in enumerate(fleet.instances, start=1)
    ]
    return pd.DataFrame(rows, columns=["rank", *columns, *numbers])


def heat_map(shown: Heat) -> pd.DataFrame:
    """Return the heat map's bins, a row each: the ranks it holds, then a column a time (UTC)."""
    first = np.arange(1, shown.instances + 1, shown.stack)
    ranks = {"first_rank": first, "last_rank": np.minimum(first + shown.stack - 1, shown.instances)}
    values = pd.DataFrame(shown.highest, columns=_iso(shown.starts))
    return pd.concat([pd.DataFrame(ranks), values], axis="columns")


def csv(rows: pd.DataFrame) -> bytes:
    """Write rows as CSV: times in ISO 8601, texts quoted, numbers as they are in full."""
    sink = BytesIO()
    for first in range(0, max(len(rows), 1), _TOGETHER):
        options = arrow_csv.WriteOptions(include_header=first == 0)
        arrow_csv.write_csv(_table(_plain(rows[first : first + _TOGETHER])), sink, options)
    return sink.getvalue()


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows whose times and texts are texts that a spreadsheet takes as they are."""
    written = rows.copy(deep=False)
    for column in rows:
        if isinstance(rows[column].dtype, pd.DatetimeTZDtype):
            written[column] = _iso(pd.DatetimeIndex(rows[column]))
        elif not pd.api.types.is_numeric_dtype(rows[column]):
            written[column] = rows[column].map(_text).astype(object)
    return written


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else csv_text(str(value))


def parquet(rows: pd.DataFrame) -> bytes:
    """Write rows as Parquet, with nothing in it of who wrote it with what."""
    sink = BytesIO()
    arrow_parquet.write_table(_table(rows), sink, compression="zstd")
    return sink.getvalue()


def _table(rows: pd.DataFrame) -> Any:
    table = pa.Table.from_pandas(rows, preserve_index=False)
    return table.replace_schema_metadata(None)


def _iso(moments: pd.DatetimeIndex) -> Any:
    naive = moments.tz_convert(None).to_numpy()
    return np.char.add(np.datetime_as_string(naive, unit="s"), "Z")
