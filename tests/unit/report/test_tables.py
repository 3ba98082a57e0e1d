import csv
import io

import numpy as np
import pandas as pd
import pytest
from pyarrow import parquet

from nephoscope.report import tables
from nephoscope.report.fleet import Fleet
from nephoscope.report.heat import heat
from nephoscope.report.maps import heat_map
from nephoscope.report.plots import cpu_plot
from unit.report.fleets import DAY, named

TEXTS = {"account", "region", "instance_id", "name", "type", "zone", "state", "timestamp"}
FORMULAS = [f"{first}HYPERLINK(1)" for first in "=+-@"]


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


def number(text):
    return float(text) if text else float("nan")


def test_every_number_of_cpu_csv_is_one_that_is_drawn(fleet):
    rows = rows_of(tables.csv(tables.cpu(fleet)))
    at = 0
    for found in fleet.instances:
        (axes,) = cpu_plot(found, DAY).axes
        (line,) = [line for line in axes.lines if line.get_label() == "average"]
        mine = rows[at : at + len(found.points)]
        at += len(mine)
        assert {row["instance_id"] for row in mine} == {found.instance_id}
        np.testing.assert_array_equal([number(row["avg"]) for row in mine], line.get_ydata())
        np.testing.assert_array_equal([number(row["max"]) for row in mine], found.points["max"])
        assert [row["timestamp"] for row in mine] == [
            f"{t:%Y-%m-%dT%H:%M:%SZ}" for t in found.times
        ]
    assert at == len(rows)


def test_a_gap_is_an_empty_value_with_its_reason(fleet):
    rows = rows_of(tables.csv(tables.cpu(fleet)))
    assert {row["state"] for row in rows if not row["avg"]} == {"missing", "stopped"}
    assert {row["state"] for row in rows if row["avg"]} == {"stored"}
    assert sum(row["state"] == "missing" for row in rows) == fleet.missing == 44


def test_every_number_of_heatmap_csv_is_one_that_is_drawn(fleet):
    shown = heat(fleet)
    rows = rows_of(tables.csv(tables.heat_map(shown)))
    drawn = heat_map(fleet, shown).axes[0].images[0].get_array().filled(np.nan)
    values = [[number(text) for text in list(row.values())[2:]] for row in rows]
    np.testing.assert_array_equal(values, drawn)
    assert [row["first_rank"] for row in rows] == [str(rank) for rank in range(1, 51)]


def test_parquet_holds_what_csv_holds(fleet):
    rows = tables.cpu(fleet)
    read = parquet.read_table(io.BytesIO(tables.parquet(rows))).to_pandas()
    assert list(read) == list(rows)
    np.testing.assert_array_equal(read["avg"], rows["avg"])
    assert read["timestamp"].dt.tz is not None
    assert (read["timestamp"] == rows["timestamp"]).all()


def test_instances_csv_holds_the_numbers_of_the_page(fleet):
    rows = rows_of(tables.csv(tables.instances(fleet)))
    assert [row["instance_id"] for row in rows] == [one.instance_id for one in fleet.instances]
    for row, found in zip(rows, fleet.instances, strict=True):
        for field in ("mean", "median", "p95", "max", "expected", "stored", "coverage"):
            np.testing.assert_equal(number(row[field]), float(getattr(found.numbers, field)))


def test_formulas_in_texts_are_quoted_and_numbers_are_untouched():
    rows = pd.DataFrame({"name": [*FORMULAS, "web"], "avg": [-1.5, 2, 3, 4, -0.25]})
    written = rows_of(tables.csv(rows))
    assert [row["name"] for row in written] == [*(f"'{text}" for text in FORMULAS), "web"]
    assert [float(row["avg"]) for row in written] == rows["avg"].tolist()


@pytest.mark.parametrize("table", [tables.cpu, tables.instances])
def test_no_text_column_of_a_hostile_fleet_starts_a_formula(table):
    hostile = named([*FORMULAS, "\t=1", "\r=1"])
    for row in rows_of(tables.csv(table(hostile))):
        assert not [
            text for key, text in row.items() if key in TEXTS and text[:1] in set("=+-@\t\r")
        ]


def test_a_name_with_every_delimiter_comes_back_whole():
    name = "a,b;\"c\"'d'"
    rows = rows_of(tables.csv(tables.instances(named([name]))))
    assert name in {row["name"] for row in rows}


def test_an_empty_fleet_has_heads_alone():
    nobody = Fleet(DAY, ())
    assert rows_of(tables.csv(tables.cpu(nobody))) == []
    assert tables.csv(tables.instances(nobody)).startswith(b'"rank","account"')
    assert parquet.read_table(io.BytesIO(tables.parquet(tables.cpu(nobody)))).num_rows == 0
