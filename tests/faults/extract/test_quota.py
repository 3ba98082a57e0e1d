"""R11: four processes at AWS's quota of points; the stand-in refuses what is over it."""

import pytest
from benchmarks.quota import paced


def test_paced_processes_use_the_quota_and_no_call_is_refused(figure):
    use = paced(*figure((100, 50_000), (1000, 396_000)))
    print(f"{use.share:.0%} of the quota used, {use.refused} calls refused")  # ruff: ignore[print]
    assert (use.failed, use.refused) == (0, 0)
    assert use.share >= 0.8


@pytest.mark.parametrize("part", [2.5])
def test_what_is_paced_over_the_quota_is_refused_and_tried_again(part):
    """The negative arm: the quota is in force."""
    use = paced(60, 30_000, part)
    assert use.refused > 0
    assert use.failed == 0
