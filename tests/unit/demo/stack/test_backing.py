"""A demo's folder is one demo's at a time, and keeps its fleet and its ports."""

from datetime import date

import pytest

from nephoscope.demo.stack.backing import Options, hold
from nephoscope.errors import ConfigError

FIRST, LATER = date(2026, 11, 22), date(2026, 12, 24)


def test_a_second_start_has_the_same_fleet_and_ports(tmp_path):
    with hold(Options(FIRST, tmp_path, instances=20, seed=3)) as first:
        pass
    with hold(Options(LATER, tmp_path)) as second:
        assert second == first
    assert (second.instances, second.seed, second.anchor) == (20, 3, FIRST)


def test_what_is_not_chosen_is_the_demo_fleet(tmp_path):
    with hold(Options(FIRST, tmp_path)) as kept:
        assert (kept.instances, kept.seed, kept.anchor) == (50, 7, FIRST)


@pytest.mark.parametrize("other", [{"instances": 51}, {"seed": 0}])
def test_another_fleet_is_refused(tmp_path, other):
    with hold(Options(FIRST, tmp_path)):
        pass
    with (
        pytest.raises(ConfigError, match="holds the data of 50 instances of seed 7"),
        hold(Options(FIRST, tmp_path, **other)),
    ):
        pass


def test_a_second_demo_at_the_same_time_is_refused(tmp_path):
    with (
        hold(Options(FIRST, tmp_path)),
        pytest.raises(ConfigError, match=r"a demo runs on .* already"),
        hold(Options(FIRST, tmp_path)),
    ):
        pass


def test_two_folders_can_be_held_at_once(tmp_path):
    with (
        hold(Options(FIRST, tmp_path / "one")) as one,
        hold(Options(FIRST, tmp_path / "two")) as two,
    ):
        assert one.folder != two.folder
