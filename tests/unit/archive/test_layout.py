"""Names of strangers become parts of paths that lead nowhere else and read back."""

from pathlib import PurePosixPath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nephoscope.archive.layout import Attempt, Source, moment, segment, stamp
from shards import DAY
from unit.archive.landed import NIGHT

HOSTILE = [
    "",
    ".",
    "..",
    "../../etc/passwd",
    "a/b",
    "a\\b",
    "a\0b",
    "a=b",
    "a%2Fb",
    "{x}*?[y]",
    "\u202egnp.exe",
    "\U0001f600",
    "x" * 300,
    "/" * 255,
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_is_one_part_of_a_path(name):
    path = PurePosixPath("root") / f"namespace={segment(name)}" / "x"
    assert len(path.parts) == 3
    assert len(path.parts[1].encode()) < 255
    assert segment(name) not in {".", ".."}


@given(st.text(max_size=20))
def test_a_name_reads_back(name):
    assert unquote(segment(name)) == name


@given(st.lists(st.text(alphabet="aA/.% \0\u00fc", max_size=300), unique=True, max_size=20))
def test_two_names_are_two_parts(names):
    assert len({segment(name) for name in names}) == len(names)


def test_moments_read_back_and_sort_as_they_follow():
    moments = [DAY.start, DAY.start.replace(microsecond=1), NIGHT]
    assert [moment(stamp(one)) for one in moments] == moments
    assert sorted(map(stamp, moments)) == list(map(stamp, moments))


def test_an_attempts_name_says_what_it_is_of():
    source = Source("123456789012", "eu-west-1", "a/b.c").path
    one = Attempt(f"landing/day=2026-11-20/{source}/a.dag.{stamp(NIGHT)}/shard-0001.try12")
    assert (one.day, one.source, one.planned_at) == (DAY, source, NIGHT)
    assert one.run == f"runs/a.dag/{stamp(NIGHT)}"
    assert one.order == (stamp(NIGHT), "shard-0001", 12)
