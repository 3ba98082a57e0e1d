import numpy as np
import pandas as pd
import pytest
from matplotlib import dates, rcParams
from matplotlib.colors import to_rgba

from nephoscope.report import canvas, style
from nephoscope.report.fleet import Cell
from nephoscope.report.names import printable
from nephoscope.report.plots import cpu_plot
from nephoscope.report.style import png
from unit.report.fleets import DAY, inventory, one, points_of, without
from unit.report.hostile import PAYLOADS

EVENING = pd.Timestamp("2026-11-20T18:00:00Z")


@pytest.fixture
def whole():
    return points_of(inventory([0]))


def axes_of(found):
    (axes,) = cpu_plot(found, DAY).axes
    return axes


def line(axes, label):
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return found


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_title_and_axes_say_what_is_drawn(whole):
    axes = axes_of(one(whole))
    assert axes.get_title() == "AWS EC2 CPU Utilization"
    assert axes.get_xlabel() == "Time (UTC)"
    assert axes.get_ylabel() == "CPU Utilization (%)"
    assert "prod-web-00  ·  i-0c08512debca266ab" in words(axes)


def test_no_line_is_drawn_across_a_gap(whole):
    found = one(without(whole, (9, 11)))
    y = line(axes_of(found), "average").get_ydata()
    assert np.isnan(y[108:132]).all()
    assert np.isfinite(np.delete(y, range(108, 132))).all()


def test_the_line_is_the_stored_averages_at_their_times(by_name):
    for found in by_name.values():
        drawn = line(axes_of(found), "average")
        np.testing.assert_array_equal(drawn.get_ydata(), found.points["avg"])
        moments = [moment.timestamp() for moment in dates.num2date(drawn.get_xdata())]
        np.testing.assert_allclose(moments, found.times.as_unit("s").asi8, rtol=0, atol=1e-4)


def test_the_band_reaches_from_the_average_to_the_maximum_and_ends_at_a_gap(whole):
    found = one(without(whole, (9, 11)))
    (band,) = [c for c in axes_of(found).collections if c.get_label() == "maximum"]
    before, after = (path.vertices for path in band.get_paths())
    assert {*found.points["avg"].dropna(), *found.points["max"].dropna()} <= {
        *before[:, 1],
        *after[:, 1],
    }
    hour = [(np.array(x) - before[:, 0].min()) * 24 for x in (before[:, 0], after[:, 0])]
    assert hour[0].max() < 9
    assert hour[1].min() == pytest.approx(11)


def test_a_point_alone_gets_a_marker(whole):
    found = one(without(whole, (9, 10), (10 + 1 / 12, 11)))
    alone = line(axes_of(found), "alone")
    assert alone.get_marker() == "o"
    assert alone.get_ydata().tolist() == [found.points["avg"].iloc[120]]


def test_a_missing_span_is_grey_and_a_stopped_one_is_hatched_and_named(whole):
    found = one(without(whole, (3, 7), (18, 24)), state="stopped", stopped_at=EVENING)
    axes = axes_of(found)
    missing, stopped = axes.patches
    assert missing.get_facecolor() == to_rgba(style.MISSING)
    assert stopped.get_hatch() == style.STRIPES
    assert {"missing", "stopped"} <= set(words(axes))
    assert {"average", "band: up to the maximum"} <= set(words(axes))


def test_what_is_not_known_yet_is_left_white(whole):
    found = one(without(whole, (0, 9)), state="unknown")
    assert found.spans(Cell.UNKNOWN)
    assert not axes_of(found).patches


@pytest.mark.parametrize(
    ("highest", "top"), [(3.0, 10), (10.0, 10), (10.1, 25), (49, 50), (80, 100), (100.0001, 100)]
)
def test_the_scale_is_the_first_that_holds_the_maximum(whole, highest, top):
    found = one(whole.assign(avg=highest / 2, max=highest))
    assert axes_of(found).get_ylim() == (0, top)


def test_an_instance_without_a_point_is_drawn(whole):
    assert png(cpu_plot(one(whole.iloc[:0], state="stopped"), DAY))


def test_points_without_a_maximum_are_drawn(whole):
    assert png(cpu_plot(one(whole.assign(max=np.nan)), DAY))


def test_ticks_are_utc_whatever_the_machine_or_matplotlib_thinks(whole, monkeypatch):
    monkeypatch.setitem(rcParams, "timezone", "America/Los_Angeles")
    axes = axes_of(one(whole))
    ticks = [label.get_text() for label in axes.get_xticklabels()]
    assert ticks == [
        "20 Nov",
        *(f"{hour:02}:00" for hour in range(3, 24, 3)),
        "21 Nov",
    ]


def test_the_same_input_gives_the_same_bytes(whole):
    found = one(without(whole, (9, 11)))
    assert png(cpu_plot(found, DAY)) == png(cpu_plot(found, DAY))


def test_a_picture_holds_no_date_and_no_version(whole):
    picture = png(cpu_plot(one(whole), DAY))
    assert not {b"tEXt", b"iTXt", b"tIME"} & {picture[i : i + 4] for i in range(len(picture))}


def test_drawing_leaves_matplotlib_as_it_was(whole):
    before = dict(rcParams)
    png(cpu_plot(one(whole), DAY))
    assert dict(rcParams) == before


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_name_breaks_a_drawing(whole, name):
    assert png(cpu_plot(one(whole, name=name), DAY))


def test_no_generated_name_breaks_a_drawing():
    random = np.random.default_rng(9)
    special = [*r"$\_^{}%&#~", "\ud800", "\U0001f329", *[*r"$\{}"] * 500]
    letters = np.array([*map(chr, range(0x3000)), *special])
    names = ["".join(random.choice(letters, random.integers(1, 40))) for _ in range(2000)]

    @style.styled
    def drawn():
        figure = canvas.sheet(400, 400)
        for name, font in zip(names, [style.SANS, style.MONO] * 1000, strict=True):
            figure.text(0.5, 0.5, style.drawable(printable(name), font), fontfamily=font)
        return figure

    assert png(drawn())
