import os
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from nephoscope.model import Window
from nephoscope.report.fleet import Cell, runs
from nephoscope.report.frames import fleet as make_fleet
from unit.report.fleets import DAY, cpu, inventory, one, planted, points_of, without

EVENING = pd.Timestamp("2026-11-20T18:00:00Z")


@pytest.fixture
def whole():
    return points_of(inventory([0]))


def hours(instance, cell):
    """Spans as hours of the day."""
    return [
        tuple((bound - DAY.start) / timedelta(hours=1) for bound in span[:2])
        for span in instance.spans(cell)
    ]


def test_every_stored_point_stands_at_its_time_and_all_others_are_empty(whole):
    some = without(whole, (9, 10), (13, 13.1))
    grid = one(some).points
    stored = some.set_index("timestamp")
    assert len(grid) == 288
    pd.testing.assert_frame_equal(
        grid.dropna()[["avg", "max"]],
        stored[["avg", "max"]],
        check_index_type=False,
        check_freq=False,
        check_exact=True,
    )
    assert grid["avg"].isna().sum() == 288 - len(some)


def test_a_gap_while_the_instance_ran_is_missing(whole):
    found = one(without(whole, (9, 10.5)))
    assert hours(found, Cell.MISSING) == [(9, 10.5)]
    assert found.spans(Cell.MISSING)[0].points == 18
    assert found.numbers.expected == 288
    assert found.numbers.coverage == pytest.approx(100 * 270 / 288)


def test_a_stop_is_not_a_gap(whole):
    found = one(without(whole, (18, 24)), state="stopped", stopped_at=EVENING)
    assert hours(found, Cell.STOPPED) == [(18, 24)]
    assert found.numbers.coverage == 100


def test_what_is_missing_before_a_stop_is_missing(whole):
    found = one(without(whole, (16, 24)), state="stopped", stopped_at=EVENING)
    assert hours(found, Cell.MISSING) == [(16, 18)]
    assert hours(found, Cell.STOPPED) == [(18, 24)]


def test_a_stop_of_unknown_time_follows_the_last_point(whole):
    found = one(without(whole, (3, 4), (18, 24)), state="stopped")
    assert hours(found, Cell.MISSING) == [(3, 4)]
    assert hours(found, Cell.STOPPED) == [(18, 24)]


def test_before_its_first_start_an_instance_misses_nothing(whole):
    found = one(without(whole, (0, 18), (20, 21)), launch_time=EVENING)
    assert hours(found, Cell.STOPPED) == [(0, 18)]
    assert hours(found, Cell.MISSING) == [(20, 21)]


def test_a_restart_ends_a_stop_that_began_after_the_last_point(whole):
    found = one(without(whole, (5, 6), (15, 18)), launch_time=EVENING)
    assert hours(found, Cell.MISSING) == [(5, 6)]
    assert hours(found, Cell.STOPPED) == [(15, 18)]


def test_a_period_in_which_the_instance_started_is_not_expected(whole):
    found = one(without(whole, (0, 18.05)), launch_time=EVENING + pd.Timedelta(minutes=2))
    assert found.spans(Cell.MISSING) == []
    assert hours(found, Cell.STOPPED) == [(0, pytest.approx(18 + 5 / 60))]


def test_a_stored_point_is_stored_whatever_the_inventory_says(whole):
    found = one(whole, state="stopped", stopped_at=EVENING)
    assert (found.points["cell"] == Cell.STORED).all()


@pytest.mark.parametrize("state", ["unknown", None])
def test_of_an_unknown_instance_only_gaps_between_its_points_are_known(whole, state):
    found = one(without(whole, (0, 2), (9, 10), (20, 24)), state=state)
    assert hours(found, Cell.UNKNOWN) == [(0, 2), (20, 24)]
    assert hours(found, Cell.MISSING) == [(9, 10)]
    assert found.state == "unknown"


def test_a_resource_without_inventory_is_drawn_by_its_id(whole):
    (found,) = make_fleet(whole, inventory([]), DAY, DAY.end).instances
    assert (found.title, found.state) == ("i-0c08512debca266ab", "unknown")


def test_an_instance_without_a_point_is_missing_all_day():
    found = one(points_of(inventory([0])).iloc[:0])
    assert (found.points["cell"] == Cell.MISSING).all()
    assert found.numbers.stored == 0
    assert found.numbers.coverage == 0
    assert np.isnan(found.numbers.p95)


def test_an_instance_that_was_born_later_is_not_of_the_day():
    instances = inventory([0])
    instances.loc[0, "launch_time"] = pd.Timestamp(DAY.end)
    assert not make_fleet(points_of(instances).iloc[:0], instances, DAY, DAY.end).instances


def test_what_is_not_settled_is_not_missing(whole):
    settled = DAY.start + timedelta(hours=12, minutes=2)
    made = make_fleet(without(whole, (8, 9), (12, 24)), inventory([0]), DAY, settled)
    (found,) = made.instances
    assert hours(found, Cell.MISSING) == [(8, 9)]
    assert hours(found, Cell.UNKNOWN) == [(12, 24)]
    assert made.coverage == pytest.approx(100 * 132 / 144)


def test_the_numbers_are_those_of_the_stored_points(whole):
    some = without(whole, (9, 12))
    numbers = one(some).numbers
    assert numbers.mean == some["avg"].mean()
    assert numbers.median == some["avg"].median()
    assert numbers.p95 == pytest.approx(some["avg"].quantile(0.95), rel=1e-12)
    assert numbers.max == some["max"].max()
    assert (numbers.stored, numbers.expected) == (252, 288)


def test_the_finest_period_counts_and_two_never_mix(whole):
    fine = cpu(inventory([0]).loc[0], 7, period=60)
    found = one(pd.concat([whole, fine]))
    assert found.period == 60
    assert found.points["avg"].tolist() == fine["avg"].tolist()


def test_a_point_beside_its_grid_is_refused(whole):
    whole.loc[5, "timestamp"] += pd.Timedelta(seconds=7)
    with pytest.raises(ValueError, match="lies beside its 300 s grid"):
        one(whole)


def test_points_outside_of_the_window_are_left_out(whole):
    later = whole.assign(timestamp=whole["timestamp"] + pd.Timedelta(days=1), avg=99.0)
    assert one(pd.concat([later, whole])).points["avg"].tolist() == whole["avg"].tolist()


def test_instances_stand_by_p95_and_those_without_a_point_last(fleet):
    p95 = [instance.numbers.p95 for instance in fleet.instances]
    stored = [value for value in p95 if not np.isnan(value)]
    assert stored == sorted(stored, reverse=True)
    assert np.isnan(p95[len(stored) :]).all()


def test_the_planted_facts_are_told_apart(by_name):
    assert by_name["prod-web-00"].numbers.p95 > 95
    assert by_name["prod-api-01"].numbers.max < 5
    assert hours(by_name["prod-worker-02"], Cell.STOPPED) == [(0, 24)]
    assert hours(by_name["prod-db-03"], Cell.STOPPED) == [(pytest.approx(14 + 25 / 60), 24)]
    assert hours(by_name["prod-web-06"], Cell.MISSING) == [
        (9, 10.5),
        (pytest.approx(10 + 7 / 12), 12.25),
    ]
    assert hours(by_name["prod-api-07"], Cell.MISSING) == [(3, 3.5)]
    assert by_name["prod-worker-08"].period == 60
    missing = [one for one in by_name.values() if one.spans(Cell.MISSING)]
    assert {found.title for found in missing} == {"prod-web-06", "prod-api-07"}


def test_rows_in_any_order_and_of_any_string_type_make_the_same_fleet(planted):
    points, instances, made = planted
    names = ["account", "region", "dimensions"]
    shuffled = points.sample(frac=1, random_state=1).astype(dict.fromkeys(names, "category"))
    again = make_fleet(shuffled, instances.iloc[::-1], DAY, DAY.end)
    assert [one.file for one in again.instances] == [one.file for one in made.instances]
    for left, right in zip(again.instances, made.instances, strict=True):
        pd.testing.assert_frame_equal(left.points, right.points, check_exact=True)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu"])
@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25", "2026-11-01"])
def test_a_day_on_which_clocks_change_has_24_hours_of_utc(monkeypatch, zone, day):
    monkeypatch.setitem(os.environ, "TZ", zone)
    time.tzset()
    window = Window.day(datetime.fromisoformat(day).replace(tzinfo=UTC))
    instances = inventory([0])
    (found,) = make_fleet(
        points_of(instances, window=window), instances, window, window.end
    ).instances
    monkeypatch.undo()
    time.tzset()
    assert len(found.points) == 288
    assert found.times[0].isoformat() == f"{day}T00:00:00+00:00"
    assert (found.points["cell"] == Cell.STORED).all()


def test_settled_in_the_past_of_the_window_expects_nothing():
    made = planted(settled=DAY.start)[2]
    assert made.missing == 0


def test_runs_are_first_and_last():
    assert runs(np.array([True, True, False, True])) == [(0, 1), (3, 3)]
    assert runs(np.array([], dtype=bool)) == []
