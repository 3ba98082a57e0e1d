from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.report.names import csv_text, file_name, printable, shorten
from unit.report.hostile import PAYLOADS

ID = ("123456789012", "eu-west-1", "i-0c08512debca266ab")
TRAPS = [
    "../../etc/passwd",
    "..",
    "",
    "/",
    "a\x00b",
    "x" * 300,
    "CON",
    "i-0C08512DEBCA266AB",
    "i-0c08512debca266ab\n",
    "I-0c08512debca266ab",
    "\ud800",
    "名前",
    *PAYLOADS,
]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("web-01", "web-01", id="plain"),
        pytest.param("  a \t b\r\n", "a b", id="blanks"),
        pytest.param("a\x00b", "a\ufffdb", id="NUL"),
        pytest.param("\u202egnp", "\ufffdgnp", id="right-to-left override"),
        pytest.param("\ud800", "\ufffd", id="lone surrogate"),
        pytest.param("\u2028", "", id="line separator"),
        pytest.param("\u0645\u200c\u062e", "\u0645\u200c\u062e", id="a joiner of Persian"),
    ],
)
def test_what_hides_is_shown(text, shown):
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_a_printable_name_can_be_written_and_stays_as_it_is(text):
    shown = printable(text)
    shown.encode()
    assert printable(shown) == shown


@pytest.mark.parametrize(("width", "short"), [(7, "abcdefg"), (6, "abc…fg"), (2, "a…")])
def test_a_long_name_loses_its_middle(width, short):
    assert shorten("abcdefg", width) == short


def test_an_instance_of_aws_names_its_own_file():
    assert file_name(*ID) == "123456789012_eu-west-1_i-0c08512debca266ab"


@pytest.mark.parametrize("trap", TRAPS)
def test_no_id_leads_out_of_the_folder(trap):
    name = file_name("123456789012", "eu-west-1", trap)
    assert PurePosixPath(name).parts == (name,)
    assert name.isascii()
    assert len(name) < 100
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_")


def test_no_two_ids_share_a_file_even_where_case_does_not_count():
    names = {file_name("123456789012", "eu-west-1", trap).lower() for trap in [*TRAPS, ID[2]]}
    assert len(names) == len({*TRAPS, ID[2]})


@pytest.mark.parametrize("first", [*"=+-@\t\r\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_formula_is_quoted(first):
    assert csv_text(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["", "web-01", "a=b", "123456789012", "'=1"])
def test_a_plain_text_is_not_quoted(text):
    assert csv_text(text) == text
