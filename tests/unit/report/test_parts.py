"""The parts of the fleet's CPU: that what is drawn is what the tables hold."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from nephoscope.report import bands, busiest, gaps, overview, singles, style, utilisation
from nephoscope.report.busiest import Evidence, Verdict
from nephoscope.report.fleet import Fleet
from nephoscope.report.heat import heat
from nephoscope.report.style import png
from unit.report.fleets import DAY, inventory, named, one, points_of, without
from unit.report.hostile import PAYLOADS
from unit.report.test_page import CALENDAR, CONFIRMED, NO_WEEK


def line(axes, label):
    (found,) = [line for line in axes.lines if line.get_label() == label]
    return found.get_ydata()


def table(part, name):
    (found,) = [one.frame for one in part.tables if one.name == name]
    return found


def test_the_bands_are_drawn_from_their_table(fleet):
    averages = bands.averages(fleet)
    week = pd.Series(np.arange(96.0), index=averages.starts - pd.Timedelta(days=7))
    part = bands.part(averages, week, DAY)
    rows = table(part, "bands")
    (axes,) = part.pictures[0].figure.axes
    for column in ("median", "max", "last_week"):
        np.testing.assert_array_equal(line(axes, column), rows[column])
    np.testing.assert_array_equal(rows["last_week"], np.arange(96.0))
    wide, narrow = axes.collections[:2]
    for found, low, high in ((wide, "p5", "p95"), (narrow, "p25", "p75")):
        drawn = np.concatenate([path.vertices[:, 1] for path in found.get_paths()])
        assert {*rows[low], *rows[high]} <= {*drawn}


def test_an_average_of_the_bands_is_the_mean_of_the_stored_points_of_its_step(fleet):
    averages = bands.averages(fleet)
    for row, found in zip(averages.means, fleet.instances, strict=True):
        wanted = found.points["avg"].resample("900s").mean()
        np.testing.assert_allclose(row, wanted, rtol=1e-12)


def test_where_nobody_has_a_point_no_band_is_drawn():
    made = Fleet(DAY, (one(without(points_of(inventory([0])), (9, 11))),))
    part = bands.part(bands.averages(made), NO_WEEK, DAY)
    (axes,) = part.pictures[0].figure.axes
    assert np.isnan(line(axes, "median")[36:44]).all()
    assert len(axes.collections[0].get_paths()) == 2
    assert "last_week" not in {line.get_label() for line in axes.lines}
    assert "week before" not in part.pictures[0].caption


def test_the_utilization_counts_every_instance_once_a_step(fleet):
    averages = bands.averages(fleet)
    part = utilisation.part(averages, DAY)
    counted = utilisation.counts_of(table(part, "utilization"))
    np.testing.assert_array_equal(counted.sum(axis=0), np.isfinite(averages.means).sum(axis=0))
    axes, bar = part.pictures[0].figure.axes
    np.testing.assert_array_equal(axes.images[0].get_array().filled(0), counted)
    first = averages.means[0, 0] // utilisation.BAND
    assert counted[int(first), 0] >= 1
    assert all("$" not in label.get_text() for label in bar.get_xticklabels())


def test_the_calendar_is_drawn_from_its_table_and_grey_where_nobody_audited(fleet):
    more = CALENDAR.assign(day="2026-11-19", percent=np.nan)
    calendar = pd.concat([more, CALENDAR], ignore_index=True)
    part = gaps.part(fleet, calendar, CONFIRMED)
    (image,) = part.pictures[0].figure.axes[0].images
    np.testing.assert_array_equal(image.get_array().filled(np.nan), [[np.nan, 95.6]])
    drawn = image.to_rgba(image.get_array())
    assert tuple(drawn[0, 0]) == to_rgba(style.MISSING)
    assert "Lowest: 95.6 % of AWS/EC2 on 2026-11-20" in part.pictures[0].caption


def test_without_an_audit_no_calendar_is_drawn(fleet):
    part = gaps.part(fleet, CALENDAR.iloc[:0], CONFIRMED)
    assert part.pictures == ()
    assert {finding.rank for finding in part.findings} == {6}


@pytest.mark.parametrize(
    ("coverage", "highest", "quiet", "verdict"),
    [
        (100, 1.0, 14, Verdict.IDLE),
        (90, 4.99, 10, Verdict.IDLE),
        (89.9, 1.0, 14, Verdict.UNKNOWN),
        (89.9, 5.0, 14, Verdict.BUSY),
        (100, 5.0, 14, Verdict.BUSY),
        (100, 1.0, 9, Verdict.BUSY),
        (0, np.nan, 0, Verdict.UNKNOWN),
    ],
)
def test_idle_is_what_the_rule_says(by_name, coverage, highest, quiet, verdict):
    found = Evidence(by_name["prod-api-01"], coverage, highest, quiet, 1e6)
    assert found.verdict is verdict


def test_the_flagged_are_drawn_before_the_busiest(fleet):
    idle = [Evidence(found, 100, 1, 14, 1e6) for found in busiest.candidates(fleet)]
    failing = {fleet.instances[20].file}
    flagged = {found.title for found in singles.chosen(fleet, idle, failing, 7)}
    assert {"prod-web-00", "prod-api-01", "prod-web-06", "prod-api-07"} < flagged
    assert fleet.instances[20].title in flagged
    assert len(singles.chosen(fleet, idle, failing, 12)) == 12
    assert singles.chosen(fleet, idle, failing, None) == list(fleet.instances)


def test_one_instance_and_hostile_names_make_every_part():
    for made in (Fleet(DAY, named(["web"]).instances[:1]), named(PAYLOADS, len(PAYLOADS))):
        averages = bands.averages(made)
        parts = (
            overview.part(made, heat(made)),
            utilisation.part(averages, DAY),
            bands.part(averages, NO_WEEK, DAY),
            gaps.part(made, CALENDAR.assign(namespace=PAYLOADS[0]), CONFIRMED),
            singles.single(made.instances[0], DAY, {}),
        )
        for part in parts:
            assert all(png(picture.figure, picture.colours) for picture in part.pictures)
