"""R15: what vanishes between plan and extract is noted, and the rest is complete."""

from datetime import UTC, datetime, timedelta

import truth_lives
from nephoscope.model import Window
from standing import tell
from stored import coverage

METRICS = {"CPUUtilization": ["Average"], "NetworkIn": ["Sum"]}
NOW = datetime.now(UTC)


def test_a_fifth_vanishes_and_four_fifths_are_complete(figure, chain, stand_in, store):
    count = figure(50, 500)
    aws = stand_in(instances=count)
    fleet = tell(aws.url, "GET", "fleet")["instances"]
    restless = {"stopped", "gap", *truth_lives.UNSEEN}
    steady = [one["id"] for one in fleet if one["role"] not in restless]
    gone = set(steady[::5])
    day = Window.day(NOW - timedelta(days=2))
    ran = chain(aws.url, METRICS).collect(
        {"ec2": day},
        lambda: NOW,
        between=lambda: tell(aws.url, "POST", "terminate", sorted(gone)),
    )
    assert ran.errors == {}
    assert sum(one.unanswered for one in ran.written) == 0
    days = coverage(store, day)
    states = {one: (days[one]["state"], days[one]["stored"] > 0) for one in steady}
    assert {one for one in steady if states[one] == ("missing", False)} == gone
    assert {one for one in steady if states[one] == ("stored", True)} == set(steady) - gone
    print(f"{len(gone)} of {len(steady)} vanished and are noted, the others are complete")  # ruff: ignore[print] - the figure of this test
