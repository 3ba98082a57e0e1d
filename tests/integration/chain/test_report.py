"""The report of the stand-in's fleet, through a real node: what was planted, and every number."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import truth
from nephoscope.chain.report import Asked, draw
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.model import Window
from nephoscope.store.read import queries
from stored_fleet import store_fleet

END = datetime(2026, 11, 21, tzinfo=UTC)
DAY = Window.day(END - timedelta(days=1))
BEFORE = Window(END - timedelta(days=14), DAY.start)
ASKED = END + timedelta(hours=6, minutes=4)
COUNT = 10
QUIET = {"CPUUtilization": ["Average"], "NetworkIn": ["Sum"], "NetworkOut": ["Sum"]}


@pytest.fixture
def fleet(store):
    """Store a day of a fleet of some seed, and of the idle ones thirteen days before."""

    def plant(seed, before=BEFORE):
        made = Fleet(seed, COUNT, date(2026, 11, 21))
        store_fleet(store, made, DAY)
        idle = [one for one in made.instances if one.role == "idle"]
        store_fleet(store, made, before, QUIET, only=idle)
        return made

    return plant


@pytest.fixture
def drawn(store, tmp_path):
    return lambda window=DAY, **more: draw(store, tmp_path, Asked(window, ASKED, **more))


def told(report, fleet):
    """The roles of the instances that findings name, each with the findings' parts."""
    by_name = {one.name: one for one in fleet.instances}
    return sorted(
        (by_name[one.subject].role.value, part.anchor)
        for part, one in report.findings
        if one.subject in by_name
    )


def rows(folder, name):
    with (Path(folder) / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("_nth", range(3))
def test_what_was_planted_is_found_and_nothing_else(fleet, drawn, draw, _nth):
    planted = fleet(draw.randrange(2**32))
    assert told(drawn(), planted) == [
        ("failing", "availability"),
        ("gap", "gaps"),
        ("hot", "busiest"),
        *[("idle", "busiest")] * 3,
        ("stopped", "instances"),
    ]


def test_with_too_little_stored_nobody_is_called_idle(fleet, drawn, tmp_path):
    planted = fleet(7, Window(DAY.start - timedelta(days=10), DAY.start))
    report = drawn(instances=0)
    assert "idle" not in {role for role, _ in told(report, planted)}
    found = rows(Path(report.page).parent, "idle")
    assert {row["verdict"] for row in found} == {"unknown"}
    assert len(found) == 3


def test_every_number_of_a_day_is_what_a_query_returns(fleet, drawn, store):
    planted = fleet(7)
    report = drawn(instances=0)
    asked = {"namespace": "AWS/EC2", "metric": "CPUUtilization", "window": DAY}
    stored = queries.series(store, **asked, statistics=("Average", "Maximum")).to_pylist()
    wanted = {
        (
            re.search(r"i-[0-9a-f]+", row["dimensions"])[0],
            f"{row['timestamp']:%Y-%m-%dT%H:%M:%SZ}",
        ): (
            row["Average"],
            row["Maximum"],
        )
        for row in stored
    }
    found = {
        (row["instance_id"], row["timestamp"]): (float(row["avg"]), float(row["max"]))
        for row in rows(Path(report.page).parent, "cpu")
        if row["avg"]
    }
    assert found == wanted
    one = next(one for one in truth.instances(7, COUNT, date(2026, 11, 21)) if one.role == "hot")
    noon = int(DAY.start.timestamp()) + 43200
    assert found[one.id, "2026-11-20T12:00:00Z"][0] == truth.value(
        one, "CPUUtilization", "Average", 300, noon
    )
    assert planted.by_id[one.id].role == "hot"


def test_the_bands_are_the_quantiles_of_the_specification(fleet, drawn):
    fleet(7)
    found = rows(Path(drawn(instances=0).page).parent, "bands")
    noon = next(row for row in found if row["timestamp"] == "2026-11-20T12:00:00Z")
    start = int(DAY.start.timestamp()) + 43200
    means = [
        np.mean(values)
        for one in truth.instances(7, COUNT, date(2026, 11, 21))
        if (values := averages(one, start, start + 900))
    ]
    assert int(noon["instances"]) == len(means)
    for name, percent in {"p5": 5, "median": 50, "p95": 95, "max": 100}.items():
        assert float(noon[name]) == pytest.approx(np.percentile(means, percent), rel=1e-12)


def averages(one, start, end):
    period = 60 if one.detailed else 300
    values = (
        truth.value(one, "CPUUtilization", "Average", period, at)
        for at in range(start, end, period)
    )
    return [value for value in values if value is not None]


def test_a_range_is_drawn_in_bins_and_loses_no_point(fleet, drawn, store):
    fleet(7)
    window = Window(DAY.start - timedelta(days=6), DAY.end)
    report = drawn(window, instances=2)
    assert report.page.endswith("days=2026-11-14_2026-11-20/index.html")
    found = {row["instance_id"]: row for row in rows(Path(report.page).parent, "instances")}
    asked = {"namespace": "AWS/EC2", "metric": "CPUUtilization", "window": window}
    points = queries.series(store, **asked, statistics=("Average",)).to_pandas()
    points["id"] = points["dimensions"].str.extract("(i-[0-9a-f]+)", expand=False)
    for name, own in points.groupby("id"):
        assert int(found[name]["stored"]) == len(own)
        np.testing.assert_equal(float(found[name]["highest"]), own["Average"].max())
    step = points.assign(bin=points["timestamp"].dt.floor("15min"))
    means = step.groupby(["id", "bin"])["Average"].mean()
    drawn_ = rows(Path(report.page).parent, "cpu")
    values = {(row["instance_id"], row["timestamp"]): row["avg"] for row in drawn_ if row["avg"]}
    assert len(values) == len(means)
    for (name, at), mean in means.items():
        assert float(values[name, f"{at:%Y-%m-%dT%H:%M:%SZ}"]) == pytest.approx(mean, rel=1e-12)


def test_the_page_of_an_instance_has_what_is_stored_beside_its_cpu(fleet, drawn):
    planted = fleet(7)
    failing = next(one for one in planted.instances if one.role == "failing")
    folder = Path(drawn(instances=7).page).parent / "instances"  # the flagged are seven
    (path,) = folder.glob(f"data/*{failing.id}.csv")
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert (folder / f"{path.stem}.html").exists()
    same = next(
        one for one in truth.instances(7, COUNT, date(2026, 11, 21)) if one.id == failing.id
    )
    for number, row in enumerate(found):
        at = int(DAY.start.timestamp()) + 300 * number
        for column, metric, statistic in (
            ("avg", "CPUUtilization", "Average"),
            ("network_in", "NetworkIn", "Sum"),
            ("failed", "StatusCheckFailed", "Maximum"),
        ):
            np.testing.assert_equal(
                float(row[column]), truth.value(same, metric, statistic, 300, at)
            )
    assert len(found) == 288


def test_a_window_of_which_nothing_is_stored_has_a_page(store, drawn):
    page = Path(drawn().page).read_text("utf-8")
    assert "No instance was seen in this window, so there is nothing to draw." in page
