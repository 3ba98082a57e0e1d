"""The part of the report that tells how available the fleet was, drawn of frames."""

import warnings
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgba

from discovered import instance
from nephoscope.availability import SECONDS, History, Slot, Slots, shares
from nephoscope.instances import Instance
from nephoscope.report.availability import part
from nephoscope.report.availability_groups import instances
from nephoscope.report.availability_services import services
from nephoscope.report.strips import MOST, WORDS, strips
from nephoscope.report.style import png
from unit.report.fleets import DAY, instance_id
from unit.report.hostile import PAYLOADS

STATES = tuple(WORDS)


def made(rows, names=None):
    """Return a fleet whose instances have these slots, of an hour each, and the slots."""
    found = Slots(DAY, 3600, np.array(rows, np.uint8))
    lasted = found.lasted()
    count = len(lasted)
    facts = pd.DataFrame(
        {
            "account": "123456789012",
            "region": "eu-west-1",
            "instance_id": [instance_id(n) for n in range(count)],
            "name": names or [f"web-{n}" for n in range(count)],
            "type": "m5.large",
            "tags": [{"app": "ab"[n % 2]} for n in range(count)],
            "ended": pd.Series([pd.NaT] * count, dtype="datetime64[us, UTC]"),
            "replaced_by": "",
        }
    )
    gone = lasted["terminated"] > 0
    facts.loc[gone, "ended"] = pd.Timestamp(DAY.start) + timedelta(hours=20)
    return pd.concat([facts, lasted, shares(lasted)], axis="columns"), found


def row(*spans, rest=Slot.UP):
    """Return a day of hours: (slot, first, end) each, and the rest."""
    hours = np.full(24, rest)
    for slot, first, end in spans:
        hours[first:end] = slot
    return hours


def whole(rows, **more):
    return part(*made(rows, **more), services([]))


def stranger_named(names):
    """Return a fleet whose instances failed, with these names and tags of these values."""
    known = [
        replace(Instance.of(one.resource, one.attributes), name=name, tags={f"a{name}": name[:9]})
        for n, name in enumerate(names)
        for one in (instance(n),)
    ]
    cells = np.array([row((Slot.SYSTEM, 2, 5))] * len(known), np.uint8)
    found = Slots(DAY, 3600, cells)
    return instances([History(one.resource, one) for one in known], found, {}), found


def boxes(axes, slot):
    """Return the boxes of a state as (strip, first hour, last hour)."""
    (collection,) = [one for one in axes.collections if one.get_label() == WORDS[slot]]
    left = axes.get_xlim()[0]
    return collection, [
        (
            int(path.vertices[:, 1].min()),
            round((path.vertices[:, 0].min() - left) * 24, 3),
            round((path.vertices[:, 0].max() - left) * 24, 3),
        )
        for path in collection.get_paths()
    ]


@pytest.fixture(scope="module")
def axes():
    fleet, found = made([row((slot, n, n + 3)) for n, slot in enumerate(STATES)])
    return strips(fleet, found, "").axes[0]


@pytest.mark.parametrize("slot", STATES[1:])
def test_each_state_is_drawn_where_it_was(axes, slot):
    place = STATES.index(slot)
    assert boxes(axes, slot)[1] == [(place, place, place + 3)]


def test_no_two_states_look_alike_and_none_by_colour_alone_is_red_or_green(axes):
    looks = {
        slot: (tuple(one.get_facecolor()[0]), one.get_hatch())
        for slot in STATES
        for one, _ in (boxes(axes, slot),)
        if slot is not Slot.IMPAIRED
    }
    assert len(set(looks.values())) == len(looks)
    assert looks[Slot.STOPPED][1] != looks[Slot.TERMINATED][1]
    colours = {tuple(np.round(colour, 3)) for colour, _ in looks.values()}
    assert not colours & {to_rgba("red"), to_rgba("green")}


def test_what_nobody_knows_is_not_drawn():
    fleet, found = made([row((Slot.UP, 0, 3), (Slot.STOPPED, 3, 5), rest=Slot.UNKNOWN)])
    axes = strips(fleet, found, "").axes[0]
    assert {one.get_label() for one in axes.collections} == {"up", "stopped"}


def test_a_short_failure_of_a_long_window_is_wide_enough_to_be_seen():
    cells = np.full((1, 8640), Slot.UP, np.uint8)
    cells[0, 4000] = Slot.SYSTEM
    fleet, _ = made([row((Slot.SYSTEM, 3, 4))])
    axes = strips(fleet, Slots(DAY, 10, cells), "").axes[0]
    [(_, first, last)] = boxes(axes, Slot.SYSTEM)[1]
    assert (last - first) / 24 * axes.get_window_extent().width >= 2


def test_only_what_was_not_up_all_the_time_has_a_strip_and_the_others_are_counted():
    found = whole([row(), row((Slot.NO_DATA, 3, 5)), row(), row((Slot.STOPPED, 3, 5))])
    [picture] = found.pictures
    assert picture.name != found.anchor  # both are ids of the page
    labels = [label.get_text() for label in picture.figure.axes[0].get_yticklabels()]
    assert labels == ["web-1", "web-3"]
    assert "2 instances had none of it" in picture.caption
    assert "2 up all the time" in picture.figure.axes[0].texts[0].get_text()


def test_a_clean_fleet_has_its_numbers_and_no_picture():
    found = whole([row(), row()])
    assert found.pictures == found.findings == ()
    assert found.tables[0].frame["availability"].tolist() == [100, 100, 100]


def test_more_than_fit_are_told_of():
    found = whole([row((Slot.INSTANCE, 3, 4 + n % 9)) for n in range(MOST + 5)])
    [picture] = found.pictures
    axes = picture.figure.axes[0]
    assert len(axes.get_yticks()) == MOST
    assert f"the first {MOST} of {MOST + 5}" in axes.texts[0].get_text()


def test_the_longest_failure_stands_first():
    found = whole([row((Slot.STOPPED, 0, 9)), row((Slot.SYSTEM, 2, 3)), row((Slot.BOTH, 2, 5))])
    instances = found.tables[1].frame
    assert instances["name"].tolist() == ["web-2", "web-1", "web-0"]
    assert [one.text for one in found.findings] == [
        "status check failed: system for 3 h, instance for 3 h",
        "status check failed: system for 1 h",
    ]
    assert "that of web-2: 3 h" in found.pictures[0].caption


def test_an_end_without_a_replacement_is_a_finding_and_one_with_it_is_none():
    fleet, found = made([row((Slot.TERMINATED, 20, 24)), row((Slot.TERMINATED, 20, 24))])
    fleet.loc[1, "replaced_by"] = instance_id(7)
    told = part(fleet, found, services([])).findings
    assert [(one.subject, one.figure) for one in told] == [("web-0", "gone")]


def test_of_one_that_ec2_never_described_nobody_knows_whether_it_was_replaced():
    fleet, found = made([row((Slot.TERMINATED, 20, 24))])
    told = part(fleet.assign(name="", type=""), found, services([]))
    assert told.findings == ()
    assert [text.get_text() for text in told.pictures[0].figure.axes[0].texts][-2:][0] == "gone"


def test_many_of_a_kind_leave_room_for_other_findings():
    told = whole([row((Slot.SYSTEM, 2, 5))] * 9 + [row((Slot.TERMINATED, 20, 24))] * 4).findings
    assert [one.figure for one in told] == ["87.50 %"] * 3 + ["6 more"] + ["gone"] * 3 + ["1 more"]


def test_the_tables_hold_what_was_computed():
    rows = [row((Slot.SYSTEM, 2, 5), (Slot.NO_DATA, 7, 9)), row()]
    fleet, found = made(rows)
    table = part(fleet, found, services([])).tables[1].frame
    pd.testing.assert_frame_equal(table[list(SECONDS)], fleet[list(SECONDS)])
    assert table.loc[0, ["up", "impaired", "no_data"]].tolist() == [19 * 3600, 3 * 3600, 2 * 3600]


def test_where_nothing_is_known_there_is_no_part():
    fleet, found = made([row()])
    assert part(fleet.iloc[:0], found, services([])) is None


def test_names_by_strangers_are_drawn_and_written_as_text():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = part(*stranger_named(PAYLOADS), services([]))
        assert png(found.pictures[0].figure)
    names = "".join(found.tables[1].frame["name"])
    assert not set(names) & set("\x00\x1b\u202e\ud800\n\t")
    assert found.tables[0].frame["instances"].iloc[0] == len(PAYLOADS)
    assert not any("\n" in one.subject for one in found.findings)
