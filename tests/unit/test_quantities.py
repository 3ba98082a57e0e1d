"""Durations, sizes and prices as people read them."""

import pytest

from nephoscope.quantities import dollars, duration, size


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 s"),
        (0.01, "1 s"),
        (120, "120 s"),
        (121, "3 min"),
        (240, "4 min"),
        (7200, "120 min"),
        (7201, "2.1 h"),
        (9000, "2.5 h"),
        (172_800, "48 h"),
        (172_801, "3 days"),
        (86_400 * 1500, "1,500 days"),
    ],
)
def test_durations_are_rounded_up(seconds, written):
    assert duration(seconds) == written


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (4_567_000, "4.6 MB"),
        (99_940_000, "99.9 MB"),
        (99_960_000, "100 MB"),
        (999_400_000, "999 MB"),
        (999_600_000, "1.0 GB"),
        (1_200_000_000, "1.2 GB"),
        (3e18, "3,000 PB"),
    ],
)
def test_sizes_have_two_or_three_figures(count, written):
    assert size(count) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (0, "$0.00"),
        (0.0175, "$0.0175"),
        (0.0999, "$0.0999"),
        (0.1, "$0.10"),
        (864, "$864.00"),
        (1234.5, "$1,234.50"),
    ],
)
def test_small_prices_keep_their_figures(amount, written):
    assert dollars(amount) == written
