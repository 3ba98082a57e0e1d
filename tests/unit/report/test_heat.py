from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from nephoscope.model import Window
from nephoscope.report.bands import step_for
from nephoscope.report.fleet import Cell
from nephoscope.report.frames import fleet as make_fleet
from nephoscope.report.heat import heat, labels, step_of
from unit.report.fleets import DAY, cpu, instance_id, inventory, named, without


def test_a_row_of_the_columns_own_period_is_the_averages(fleet):
    shown = heat(fleet)
    assert (shown.step, shown.stack) == (300, 1)
    for row, found in enumerate(fleet.instances):
        if found.period == 300:
            np.testing.assert_array_equal(shown.highest[row], found.points["avg"])
            np.testing.assert_array_equal(shown.cells[row], found.points["cell"])


def test_a_finer_row_shows_the_highest_average_of_each_column(fleet):
    (row,) = [row for row, found in enumerate(fleet.instances) if found.period == 60]
    fine = fleet.instances[row].points["avg"]
    np.testing.assert_array_equal(heat(fleet).highest[row], fine.resample("300s").max())


def test_a_coarser_row_repeats_its_averages():
    instances = inventory([0])
    points = cpu(instances.loc[0], 0, period=3600)
    shown = heat(make_fleet(points, instances, DAY, DAY.end))
    np.testing.assert_array_equal(shown.highest[0], np.repeat(points["avg"], 12))


@pytest.mark.parametrize(
    ("lost", "cell"),
    [
        pytest.param((9, 9.05), Cell.STORED, id="a part of a column is missing"),
        pytest.param((9, 10), Cell.MISSING, id="all of it"),
    ],
)
def test_a_column_is_missing_where_it_holds_no_point(lost, cell):
    instances = inventory([0])
    points = without(cpu(instances.loc[0], 0, period=60), lost)
    assert heat(make_fleet(points, instances, DAY, DAY.end)).cells[0, 108] == cell


def test_more_instances_than_rows_share_one_and_nothing_hot_is_lost():
    instances = inventory(range(1003))
    times = pd.date_range(DAY.start, DAY.end, freq="1h", inclusive="left")
    points = instances[["account", "region", "dimensions"]].merge(
        pd.DataFrame({"timestamp": times}), how="cross"
    )
    points = points.assign(period=3600, avg=np.arange(len(points)) % 97.0, max=99.0)
    made = make_fleet(points, instances, DAY, DAY.end)
    shown = heat(made)
    assert (shown.stack, len(shown.highest), shown.instances) == (2, 502, 1003)
    pair = [found.points["avg"].to_numpy() for found in made.instances[:2]]
    np.testing.assert_array_equal(shown.highest[0, ::12], np.maximum(*pair))
    last = made.instances[-1].points["avg"]
    np.testing.assert_array_equal(shown.highest[-1, ::12], last)


def test_the_edges_are_one_more_than_the_columns(fleet):
    edges = heat(fleet).edges
    assert (edges[0], edges[-1], len(edges)) == (DAY.start, DAY.end, 289)


def test_instances_of_one_name_are_told_apart_by_their_ids():
    made = named(["web", "web", "api"])
    shown = dict(zip(made.instances, labels(made), strict=True))
    assert {label for found, label in shown.items() if found.title in {"web", "api"}} == {
        "api",
        f"web {instance_id(0)[-5:]}",
        f"web {instance_id(1)[-5:]}",
    }


def test_no_label_is_longer_than_its_room():
    assert max(map(len, labels(named(["x" * 300, "y" * 300, "y" * 300])))) <= 26


@pytest.mark.parametrize("days", [1, 2, 3, 7, 14, 31, 92, 366, 800])
def test_the_steps_of_any_range_divide_a_day_and_fit_each_other(days):
    window = Window(DAY.start, DAY.start + timedelta(days=days))
    assert step_for(window) % step_of(window) == 86400 % step_for(window) == 0
    assert timedelta(days=days) / timedelta(seconds=step_of(window)) <= 720 or days > 720
