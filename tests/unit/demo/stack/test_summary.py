"""The demo says what is missing, but for the gaps that were planted."""

from datetime import date

import pytest

from nephoscope.demo.stack.summary import Day, Summary

WHOLE = Day(date(2026, 11, 20), expected=100, stored=100, lacking=frozenset())
PLANTED = Day(date(2026, 11, 20), expected=100, stored=90, lacking=frozenset({"i-gap"}))
PARTLY = Day(
    date(2026, 11, 20), expected=100, stored=80, lacking=frozenset({"i-gap", "i-b", "i-a"})
)
NEVER = Day(date(2026, 11, 20), expected=0, stored=0, lacking=frozenset())


@pytest.mark.parametrize(
    ("day", "missing"),
    [
        (WHOLE, []),
        (PLANTED, []),
        (PARTLY, ["2026-11-20: 2 instances lack points, as i-a"]),
        (NEVER, ["2026-11-20: nothing was audited as final"]),
    ],
    ids=["whole", "planted", "partly", "never"],
)
def test_what_is_missing_is_said(day, missing):
    summary = Summary(0, 0, (WHOLE, day), 2910, 20, frozenset({"i-gap"}), events=1)
    assert summary.missing == missing


def test_a_thousand_metrics_asked_cost_a_cent():
    assert Summary(0, 0, (), 1000, 2, frozenset()).dollars == pytest.approx(0.01)
