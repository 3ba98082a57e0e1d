import numpy as np
import pytest
from matplotlib.colors import to_rgba

from nephoscope.report import style
from nephoscope.report.fleet import Cell, Fleet
from nephoscope.report.heat import heat
from nephoscope.report.maps import heat_map, miniature
from nephoscope.report.style import png
from unit.report.fleets import DAY, named, planted
from unit.report.hostile import PAYLOADS


@pytest.fixture(scope="module")
def drawn():
    made = planted()[2]
    figure = heat_map(made, heat(made))
    return figure, figure.axes[0], made


def color_at(axes, row, column):
    (image,) = axes.images
    return tuple(image.to_rgba(image.get_array())[row, column])


def covers(axes, label):
    """The boxes of a state as (row, first hour, last hour)."""
    (collection,) = [c for c in axes.collections if c.get_label() == label]
    left = axes.get_xlim()[0]
    return collection, [
        (
            int(path.vertices[0, 1]),
            round((path.vertices[:, 0].min() - left) * 24, 3),
            round((path.vertices[:, 0].max() - left) * 24, 3),
        )
        for path in collection.get_paths()
    ]


def test_the_picture_is_the_bins(drawn):
    _, axes, made = drawn
    (image,) = axes.images
    np.testing.assert_array_equal(image.get_array().filled(np.nan), heat(made).highest)


def test_the_scale_is_fixed(drawn):
    (image,) = drawn[1].images
    assert image.get_clim() == (0, 100)
    assert image.get_cmap().name == "cividis"


def test_missing_cells_have_the_missing_colour_and_no_value_has(drawn):
    _, axes, made = drawn
    cells = heat(made).cells
    missing = np.argwhere(cells == Cell.MISSING)
    assert len(missing) == 44
    assert {color_at(axes, *cell) for cell in missing} == {to_rgba(style.MISSING)}
    image = axes.images[0]
    colors = image.cmap(np.linspace(0, 1, 1000))
    assert not (np.abs(colors - to_rgba(style.MISSING)).max(axis=1) < 0.05).any()


def test_stopped_spans_are_hatched_and_only_they(drawn):
    _, axes, made = drawn
    collection, boxes = covers(axes, "stopped")
    row = {found.title: row for row, found in enumerate(made.instances)}
    assert collection.get_hatch() == style.STRIPES
    assert sorted(boxes) == sorted(
        [
            (row["prod-worker-02"], 0, 24),
            (row["prod-db-03"], 14.417, 24),
            (row["prod-cache-04"], 0, 6.75),
        ]
    )


def test_title_axes_and_colour_bar_say_what_is_drawn(drawn):
    figure, axes, _ = drawn
    assert axes.get_title() == "Fleet CPU Utilization"
    assert axes.get_xlabel() == "Time (UTC)"
    assert figure.axes[1].get_title() == "CPU Utilization (%)"
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["missing", "stopped"]


def test_every_row_of_a_small_fleet_has_its_name_and_p95(drawn):
    _, axes, made = drawn
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        found.title for found in made.instances
    ]
    p95 = [f"{found.numbers.p95:.1f}" for found in made.instances if found.numbers.stored]
    assert {text.get_text() for text in axes.texts} >= {*p95, "p95 %"}


def test_a_large_fleet_is_ranked():
    made = planted(70)[2]
    axes = heat_map(made, heat(made)).axes[0]
    assert axes.get_ylabel() == "Instances by p95"
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "1",
        *(str(rank) for rank in range(10, 71, 10)),
    ]


def test_one_instance_is_drawn():
    made = Fleet(DAY, named(["web"]).instances[:1])
    assert png(heat_map(made, heat(made)))


def test_a_fleet_that_is_not_settled_is_white_there():
    made = planted(12, settled=DAY.start)[2]
    assert covers(heat_map(made, heat(made)).axes[0], "not known yet")[1]


def test_the_same_input_gives_the_same_bytes(drawn):
    _, _, made = drawn
    first, second = (png(heat_map(made, heat(made))) for _ in range(2))
    assert first == second


def test_hostile_names_are_drawn():
    made = named(PAYLOADS, count=len(PAYLOADS))
    assert png(heat_map(made, heat(made)))


@pytest.mark.parametrize("count", [0, 10])
def test_a_miniature_of_any_fleet_is_drawn(count):
    shown = heat(named([], count)) if count else None
    assert png(miniature(shown))
