"""The fleet against its specification, of which `truth` is the second implementation."""

import random
import re
from dataclasses import asdict
from datetime import UTC, date, datetime

import numpy as np
import pytest

import truth
from nephoscope.demo.aws.fleet import Fleet, planted
from nephoscope.demo.aws.fleet_facts import METRICS, Role
from nephoscope.demo.aws.fleet_samples import Samples
from nephoscope.demo.aws.fleet_statistics import Bins, Statistics, native_period

ANCHOR = date(2026, 11, 22)
MIDNIGHT = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp())
DAY = 86400
MEGABYTE = 10**6


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return Fleet(seed=7, count=50, anchor=ANCHOR)


@pytest.fixture(scope="module")
def statistics(fleet) -> Statistics:
    return Statistics(Samples(fleet))


@pytest.fixture
def read(fleet, statistics):
    """Return the values of one instance: read(index, metric, statistic, bins)."""

    def values(index: int, metric: str, statistic: str, bins: Bins) -> np.ndarray:
        native = native_period(fleet.instances[index], metric)
        rows = np.array([[index]])
        return statistics.many(rows, metric, native, bins, [statistic])[statistic][0]

    return values


def days(count: int, period: int) -> Bins:
    """Return the bins of the last days before the anchor."""
    return Bins(MIDNIGHT - count * DAY, period, count * DAY // period)


def with_role(fleet: Fleet, role: Role) -> list[int]:
    return [one.index for one in fleet.instances if one.role is role]


def test_ids_look_like_those_of_ec2(fleet) -> None:
    assert all(re.fullmatch(r"i-[0-9a-f]{17}", one.id) for one in fleet.instances)
    assert len(fleet.by_id) == 50


def test_half_of_the_fleet_is_in_each_region(fleet) -> None:
    assert [len(fleet.region(name)) for name in ("eu-west-1", "us-east-1", "eu-north-1")] == [
        25,
        25,
        0,
    ]


def test_one_in_ten_has_detailed_monitoring(fleet) -> None:
    assert sum(one.detailed for one in fleet.instances) == 5


def test_planted_lists_every_role(fleet) -> None:
    roles = list(planted(fleet).values())
    assert {role: roles.count(role) for role in Role} == {
        **dict.fromkeys(Role, 1),
        Role.NORMAL: 38,
        Role.IDLE: 3,
    }


def test_a_name_tag_can_be_planted() -> None:
    fleet = Fleet(7, 3, ANCHOR, names={1: "<script>"})
    assert [one.name for one in fleet.instances][1] == "<script>"


def test_another_seed_is_another_fleet() -> None:
    ids = {one.id for seed in range(20) for one in Fleet(seed, 50, ANCHOR).instances}
    assert len(ids) == 20 * 50


@pytest.mark.parametrize("seed", [0, 7, 2**64 - 1])
def test_facts_equal_the_specification(seed) -> None:
    built = Fleet(seed, 120, ANCHOR).instances
    for one, expected in zip(built, truth.instances(seed, 120, ANCHOR), strict=True):
        facts = asdict(one)
        del facts["index"]
        assert facts == asdict(expected)
        assert one.metrics == expected.metrics


def test_values_equal_the_specification(read) -> None:
    """Random bins of any length, place and statistic, about the planted edges above all."""
    draw = random.Random(20261122)
    expected = truth.instances(7, 50, ANCHOR)
    names = ["Average", "Sum", "Minimum", "Maximum", "SampleCount", "p50", "p95", "p99.9", "p0"]
    for _ in range(1500):
        one = draw.choice(expected)
        metric = draw.choice(one.metrics)
        period = truth.native(one, metric) * draw.choice([1, 1, 1, 2, 3, 12, 288])
        ends = [end for end in (one.stopped, one.started, one.ended) if end]
        edges = [one.launched, *ends, MIDNIGHT + one.event * 60, MIDNIGHT]
        start = (draw.choice(edges) // 60 + draw.randint(-2000, 2000)) * 60
        name = draw.choice(names)
        found = read(expected.index(one), metric, name, Bins(start, period, 5))
        for place, value in enumerate(found):
            wanted = truth.value(one, metric, name, period, start + place * period)
            assert (None if np.isnan(value) else value) == wanted, (one, metric, name, period)


def test_a_week_of_every_metric_equals_the_specification(fleet, read) -> None:
    for one in truth.instances(7, 8, ANCHOR):
        index = fleet.by_id[one.id].index
        for metric in one.metrics:
            found = read(index, metric, "Average", days(7, 300))
            wanted = [
                truth.value(one, metric, "Average", 300, MIDNIGHT - 7 * DAY + place * 300)
                for place in range(7 * 288)
            ]
            assert np.array_equal(found, np.array(wanted, dtype=float), equal_nan=True), metric


def test_many_instances_at_once_are_the_same_as_one_by_one(fleet, statistics, read) -> None:
    rows = np.array([i for i in range(50) if not fleet.instances[i].detailed])
    together = statistics.many(rows[:, None], "NetworkIn", 300, days(3, 300), ["Sum"])["Sum"]
    for row, index in enumerate(rows):
        alone = read(index, "NetworkIn", "Sum", days(3, 300))
        assert np.array_equal(together[row], alone, equal_nan=True)


def test_a_group_is_the_sum_of_its_instances(fleet, statistics, read) -> None:
    members = [one.index for one in fleet.groups["us-east-1", "group-0000"]]
    bins = days(2, 300)
    group = statistics.many(np.array([members]), "NetworkIn", 300, bins, ["Sum", "Maximum"])
    sums = [read(index, "NetworkIn", "Sum", bins) for index in members]
    peaks = [read(index, "NetworkIn", "Maximum", bins) for index in members]
    assert len(members) == 10
    assert np.array_equal(group["Sum"][0], np.nansum(sums, axis=0))
    assert np.array_equal(group["Maximum"][0], np.nanmax(peaks, axis=0))


def test_cpu_is_a_percentage(read) -> None:
    for index in range(50):
        assert np.nanmin(read(index, "CPUUtilization", "Minimum", days(7, DAY))) >= 0
        assert np.nanmax(read(index, "CPUUtilization", "Maximum", days(7, DAY))) <= 100


def test_only_the_hot_one_is_over_90_percent_for_an_hour_of_a_day(fleet, read) -> None:
    def hours(index: int) -> np.ndarray:
        peaks = read(index, "CPUUtilization", "p95", days(14, 300))
        return (peaks > 90).reshape(14, -1).sum(axis=1) / 12

    over = [index for index in range(50) if (hours(index) > 1).any()]
    assert over == with_role(fleet, Role.HOT)
    assert (hours(over[0]) > 1).all()


def test_only_the_idle_ones_are_idle(fleet, read) -> None:
    def idle(index: int) -> bool:
        cpu = read(index, "CPUUtilization", "Average", days(14, 300))
        traffic = [read(index, name, "Sum", days(14, DAY)) for name in ("NetworkIn", "NetworkOut")]
        return np.nanmax(cpu) < 5 and np.nanmax(sum(traffic)) < 5 * MEGABYTE

    assert [index for index in range(50) if idle(index)] == with_role(fleet, Role.IDLE)


@pytest.mark.parametrize(
    ("check", "roles"),
    [
        ("StatusCheckFailed", [Role.FAILING, Role.SYSTEM]),
        ("StatusCheckFailed_Instance", [Role.FAILING]),
        ("StatusCheckFailed_System", [Role.SYSTEM]),
    ],
)
def test_only_the_failing_ones_fail_for_three_hours_a_day(fleet, read, check, roles) -> None:
    minutes = {index: read(index, check, "Sum", days(7, DAY)) for index in range(50)}
    failing = [index for index in minutes if np.nansum(minutes[index])]
    assert [fleet.instances[index].role for index in failing] == roles
    assert all(minutes[index].tolist() == [180.0] * 7 for index in failing)


def test_the_stopped_one_has_nothing_after_it_was_stopped(fleet, read) -> None:
    (index,) = with_role(fleet, Role.STOPPED)
    stopped = fleet.instances[index].stopped
    found = read(index, "CPUUtilization", "SampleCount", days(7, 60 * 5))
    last = (stopped - (MIDNIGHT - 7 * DAY)) // 300
    assert MIDNIGHT - 2 * DAY < stopped < MIDNIGHT - DAY
    assert not np.isnan(found[: last - 1]).any()
    assert np.isnan(found[last + 1 :]).all()


def test_the_restarted_one_has_nothing_while_it_rests(fleet, read) -> None:
    (index,) = with_role(fleet, Role.RESTARTED)
    one = fleet.instances[index]
    found = read(index, "CPUUtilization", "SampleCount", days(1, 300))
    rests, wakes = ((at - (MIDNIGHT - DAY)) // 300 for at in (one.stopped, one.started))
    assert np.isnan(found[rests + 1 : wakes]).all()
    assert wakes - rests >= 24
    assert not np.isnan(np.delete(found, slice(rests, wakes + 1))).any()


def test_the_replacement_begins_where_the_replaced_ends(fleet, read) -> None:
    (old,), (new,) = (with_role(fleet, role) for role in (Role.REPLACED, Role.REPLACEMENT))
    ended = fleet.instances[old].ended
    assert fleet.instances[new].launched == ended + 300
    assert fleet.instances[new].name == fleet.instances[old].name
    edge = (ended - (MIDNIGHT - DAY)) // 300
    before, after = (read(one, "NetworkIn", "SampleCount", days(1, 300)) for one in (old, new))
    assert np.isnan(before[edge + 1 :]).all()
    assert np.isnan(after[:edge]).all()
    assert not np.isnan(before[:edge]).any()
    assert not np.isnan(after[edge + 3 :]).any()


def test_the_gap_is_three_hours_of_each_day(fleet, read) -> None:
    (index,) = with_role(fleet, Role.GAP)
    for metric in fleet.instances[index].metrics[:10]:
        found = read(index, metric, "SampleCount", days(7, 3600)).reshape(7, 24)
        assert np.isnan(found).sum(axis=1).tolist() == [3] * 7


def test_weekends_are_calmer(fleet, read) -> None:
    start = int(datetime(2026, 11, 16, tzinfo=UTC).timestamp())  # a Monday
    calmer = 0
    for index in with_role(fleet, Role.NORMAL):
        week = read(index, "CPUUtilization", "Average", Bins(start, DAY, 7))
        calmer += week[5:].mean() < week[:5].mean()
    assert calmer == 38


def test_credits_are_those_of_t3_alone(fleet) -> None:
    with_credits = {one.type for one in fleet.instances if len(one.metrics) == len(METRICS)}
    assert with_credits == {"t3.micro", "t3.medium"}


def test_a_large_fleet_has_distinct_ids() -> None:
    fleet = Fleet(7, 20_000, ANCHOR)
    assert len(fleet.by_id) == 20_000
    assert max(len(members) for members in fleet.groups.values()) == 10
