"""Every panel of one instance shows what the specification says that CloudWatch holds of it."""

from pathlib import Path

import pytest

import truth
from grafana_day import BOTH, EC2, FLEET
from grafana_queries import All
from grafana_truth import END, START, failing, series

FAILED = next(iter(failing()))
GAP = next(one for one in FLEET if one.role == "gap")
CREDIT = next(one for one in FLEET if one.detailed and one.type in truth.CREDITS)


@pytest.fixture
def show(look):
    return lambda one: look("instance.json", instance=one.id)


def with_gaps(values, period):
    """Return values with None for each step that has none."""
    return {second: values.get(second) for second in range(START, END, period)}


def test_no_panel_is_left_out(show):
    panels = show(GAP).dashboard["panels"]
    titles = [one["title"] for one in panels if one["type"] != "row"]
    text = Path(__file__).read_text(encoding="utf-8")
    assert [title for title in titles if f'"{title}"' not in text] == []


@pytest.mark.parametrize("one", [GAP, FLEET[8]], ids=["gap", "whole"])
def test_cpu_is_its_average_and_maximum_with_gaps_as_gaps(show, one):
    screen = show(one)
    for ref, name, statistic in (("A", "average", "Average"), ("B", "maximum", "Maximum")):
        expected = with_gaps(series(one, "CPUUtilization", statistic, 300), 300)
        assert screen.series("CPU", ref, period="300") == {name: expected}
        assert (None in expected.values()) == (one is GAP)


def test_two_periods_are_two_rows_and_never_one_line(show):
    screen = show(BOTH)
    assert screen.variable("period") == ["60", "300"]
    fine = screen.series("CPU", step=60, period="60")["average"]
    assert fine == series(BOTH, "CPUUtilization", "Average", 60)
    assert set(screen.series("CPU", period="300")["average"].values()) == {99.0}
    mixed = screen.series("CPU", step=60, period=All("*"))["average"]
    assert mixed != fine


@pytest.mark.parametrize("one", [GAP, BOTH], ids=["300", "60"])
@pytest.mark.parametrize(
    ("title", "metrics"),
    [("Network", ["NetworkIn", "NetworkOut"]), ("EBS", ["EBSReadBytes", "EBSWriteBytes"])],
)
def test_bytes_are_shown_a_second(show, one, title, metrics):
    period = truth.native(one, metrics[0])
    drawn = show(one).panel(title, step=period, period=str(period))
    for ref, metric in zip("CD", metrics, strict=True):
        sums = series(one, metric, "Sum", period)
        rates = {second: value / period for second, value in sums.items()}
        [rate] = drawn[ref]
        assert rate.points == with_gaps(rates, period)


def test_bytes_a_second_stay_those_in_longer_steps(show):
    [rate] = show(BOTH).panel("Network", step=3600, period="60")["C"]
    sums = series(BOTH, "NetworkIn", "Sum", 60)
    for hour, value in rate.points.items():
        held = [sums[second] for second in range(hour, hour + 3600, 60)]
        assert value == pytest.approx(sum(held) / 3600, rel=1e-9)


def test_status_checks_are_told_apart(show):
    drawn = show(FAILED).panel("Status checks", period="300")
    for ref, metric in (("A", "Instance"), ("B", "System")):
        [checks] = drawn[ref]
        assert checks.points == series(FAILED, f"StatusCheckFailed_{metric}", "Maximum", 300)


def test_the_last_failed_check_is_found(show):
    [row] = show(FAILED).panel("Last failed status check")["A"]
    assert row["Max"] == 1000 * max(failing()[FAILED])
    [row] = show(GAP).panel("Last failed status check")["A"]
    assert row["Max"] is None


def test_credits_have_the_period_of_their_own(show):
    screen = show(CREDIT)
    assert screen.variable("period") == ["60"]
    assert screen.variable("credit_period") == ["300"]
    drawn = screen.series("CPU credit balance", credit_period="300")
    assert drawn == {"balance": series(CREDIT, "CPUCreditBalance", "Average", 300)}


def test_what_it_is_comes_with_its_tags(show):
    [facts] = show(GAP).panel("What it is")["A"]
    shown = {name: facts[name] for name in facts if name.startswith(("cloud.", "aws.tags."))}
    assert shown == {
        "cloud.provider": "aws",
        "cloud.account.id": "123456789012",
        "cloud.region": GAP.region,
        "cloud.instance.id": GAP.id,
        "cloud.instance.name": GAP.name,
        "cloud.machine.type": GAP.type,
        "aws.tags.Name": GAP.name,
        "aws.tags.app": GAP.app,
        "aws.tags.env": GAP.env,
        "aws.tags.aws:autoscaling:groupName": GAP.group,
    }


def test_its_newest_point_is_its_own(show):
    [row] = show(GAP).panel("Newest point")["A"]
    assert row["Max"] == 1000 * max(series(GAP, "CPUUtilization", "Average", 300))


def test_its_coverage_is_its_own(show):
    held = expected = 0
    for metric in set(GAP.metrics) & set(EC2):
        period = truth.native(GAP, metric)
        held += len(EC2[metric]) * len(series(GAP, metric, "Maximum", period))
        expected += len(EC2[metric]) * 86_400 // period
    [covered] = show(GAP).panel("Coverage, newest day")["C"]
    assert covered.points == {START: pytest.approx(100 * held / expected, rel=1e-9)}
    assert held < expected
