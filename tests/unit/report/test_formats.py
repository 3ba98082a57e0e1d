"""How values are written, and which names and columns a part may have."""

import pandas as pd
import pytest

from nephoscope.report.formats import coverage, lasting, percent, shown
from nephoscope.report.part import Column, Table


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        ("a <b>", "text", "a <b>"),
        (1234567, "number", "1,234,567"),
        (0.125, "number", "0.12"),
        (12.34, "percent", "12.3"),
        (2_500_000, "bytes", "2.5 MB"),
        (pd.Timestamp("2026-11-20T10:35Z"), "moment", "20 Nov 2026 10:35"),
        (7800, "lasting", "2 h 10 min"),
        (float("nan"), "bytes", "\u2013"),
        (None, "text", "\u2013"),
        (pd.NaT, "moment", "\u2013"),
    ],
)
def test_a_cell_is_written_in_its_format(value, form, text):
    assert shown(value, form) == text


@pytest.mark.parametrize("name", ["../x", "", "A", "a b", "x" * 101, "a.png"])
def test_a_name_that_is_no_safe_file_is_refused(name):
    with pytest.raises(ValueError, match="can't be the name of a file"):
        Table(name, pd.DataFrame(), {})


def test_a_column_that_a_table_has_not_is_refused():
    with pytest.raises(ValueError, match="the table t has no column other"):
        Table("t", pd.DataFrame({"one": []}), {"other": Column("Other")})


@pytest.mark.parametrize(
    ("value", "text"), [(100.0, "100"), (99.99, "99.9"), (0.0, "0"), (float("nan"), "\u2013")]
)
def test_a_coverage_is_never_rounded_up(value, text):
    assert coverage(value) == text


@pytest.mark.parametrize(("value", "text"), [(12.34, "12.3"), (float("nan"), "\u2013")])
def test_per_cent_has_one_decimal(value, text):
    assert percent(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (300, "5 min"),
        (11_700, "3 h 15 min"),
        (61, "1 min 1 s"),
        (90_061, "1 d 1 h 1 min"),
    ],
)
def test_a_length_is_written_in_its_units(seconds, text):
    assert lasting(seconds) == text
