"""A damaged file of the archive is told by its name, and never taken for an empty one."""

import re
from contextlib import ExitStack

import pyarrow as pa
import pytest

from nephoscope.archive import day_files, landing, log_days, log_landing
from nephoscope.archive.damage import told
from nephoscope.archive.days import compact
from nephoscope.errors import ConfigError
from nephoscope.events import EVENTS
from shards import DAY
from unit.archive.landed import NIGHT, land, steady


def cut_short(content):
    return content[: len(content) // 2]


def garbled(content):
    """Spoil the first data page: the footer, which says where it is, stays."""
    return content[:4] + bytes(200) + content[204:]


def no_parquet(_):
    return b"<html>503</html>" * 10


@pytest.mark.parametrize("hurt", [cut_short, garbled, no_parquet])
@pytest.mark.parametrize("compacted", [True, False], ids=["day file", "landing"])
def test_it_says_which_file_is_damaged(tmp_path, hurt, compacted):
    written = land(tmp_path, steady(1))
    if compacted:
        [done] = compact(tmp_path, DAY, NIGHT)
        path, points = done.path, day_files.read_points(tmp_path, done.path)
    else:
        path = f"{written.name}{landing.POINTS_FILE}"
        points = landing.read_points(tmp_path, written.name)
    file = tmp_path / path
    file.write_bytes(hurt(file.read_bytes()))
    with pytest.raises(ConfigError, match=f"^{re.escape(str(file))} is damaged .* again"):
        list(points)


def test_a_file_that_can_not_be_opened_is_not_called_damaged(tmp_path):
    with pytest.raises(FileNotFoundError), told(tmp_path, "x"):
        (tmp_path / "x").read_bytes()


def test_of_several_files_of_log_events_the_damaged_one_is_named(tmp_path):
    moments = pa.array([DAY.start] * 9, pa.timestamp("ms", "UTC"))
    texts = pa.array([f"{number}" for number in range(9)])
    columns = [moments if one.type == moments.type else texts for one in EVENTS]
    table = pa.Table.from_arrays(columns, schema=EVENTS)
    for name in ("hurt", "whole"):
        log_landing.write_file(tmp_path / name, [table], {})
    hurt = tmp_path / "hurt"
    hurt.write_bytes(garbled(hurt.read_bytes()))
    with ExitStack() as stack, pytest.raises(ConfigError, match=f"^{re.escape(str(hurt))} is dam"):
        list(log_days.merged(tmp_path, log_days.open_all(stack, tmp_path, ["hurt", "whole"]), DAY))
