"""What a slot of an instance was: by what is stored, else by what is known of its states."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from discovered import NOW, instance
from nephoscope.availability import SECONDS, History, Slot, Spell, shares, slots
from nephoscope.instances import Instance
from nephoscope.model import Window
from nephoscope.report.availability_groups import groups, instances

DAY = Window.day(NOW - timedelta(days=1))
HOUR = timedelta(hours=1)
EVER = DAY.start - timedelta(days=9), DAY.end + timedelta(days=9)


def at(hours):
    return DAY.start + hours * HOUR


def checks(number, hours, failed=0.0, system=0.0, its_own=0.0, period=300):
    """Return the checks of an instance between two hours of the day."""
    one = instance(number).resource
    times = pd.date_range(at(hours[0]), at(hours[1]), freq=f"{period}s", inclusive="left")
    told = {"failed": failed, "system": system, "instance": its_own}
    whose = {"account": one.account, "region": one.region, "dimensions": one.key}
    return pd.DataFrame({**whose, "period": period, "timestamp": times, **told})


NOTHING = checks(1, (0, 0))


def history(number, *spells, **facts):
    one = instance(number, **facts)
    return History(one.resource, None, spells)


def hours(histories, *stored, settled=DAY.end):
    """Return, of each history, the hours of the day in each state."""
    rows = pd.concat(stored) if stored else NOTHING
    lasted = slots(histories, rows, DAY, settled).lasted()
    return [
        {name: float(row[name]) / 3600 for name in SECONDS if row[name]}
        for row in lasted.to_dict("records")
    ]


def ran(*bounds):
    return Spell(Slot.NO_DATA, *(bounds or EVER))


def test_what_ran_and_has_no_check_has_no_data():
    assert hours([history(1, ran())], checks(1, (0, 20))) == [{"up": 20, "no_data": 4}]


def test_what_was_stopped_or_terminated_lacks_nothing():
    stopped = Spell(Slot.STOPPED, at(6), at(8))
    gone = Spell(Slot.TERMINATED, at(8), EVER[1])
    found = hours([history(1, ran(EVER[0], at(6)), stopped, gone)], checks(1, (0, 6)))
    assert found == [{"up": 6, "stopped": 2, "terminated": 16}]


def test_of_what_nobody_saw_nothing_is_said():
    assert hours([history(1)], checks(1, (3, 5))) == [{"up": 2}]


def test_what_has_not_settled_is_not_missing():
    found = hours([history(1, ran())], checks(1, (0, 10)), settled=at(12))
    assert found == [{"up": 10, "no_data": 2}]


def test_a_check_that_is_stored_counts_whatever_ec2_said():
    stopped = Spell(Slot.STOPPED, at(0), at(24))
    assert hours([history(1, stopped)], checks(1, (0, 2))) == [{"up": 2, "stopped": 22}]


def test_a_slot_of_which_it_ran_a_part_lacks_nothing():
    spells = ran(at(1.01), at(2.99)), Spell(Slot.STOPPED, at(2.99), at(4))
    [found] = hours([history(1, *spells)])
    assert found == {"no_data": pytest.approx(1.75 + 1 / 12), "stopped": pytest.approx(1 + 1 / 12)}


@pytest.mark.parametrize(
    ("told", "checks_"),
    [
        ({"failed": 1.0, "system": 1.0}, {"system"}),
        ({"failed": 1.0, "its_own": 1.0}, {"instance"}),
        ({"failed": 1.0, "system": 1.0, "its_own": 1.0}, {"system", "instance"}),
        ({"failed": 1.0}, set()),
        ({"failed": np.nan, "system": 1.0}, {"system"}),
    ],
    ids=["system", "instance", "both", "neither told", "failed is not collected"],
)
def test_an_impaired_slot_tells_which_check_failed(told, checks_):
    found = hours([history(1)], checks(1, (0, 3), **told), checks(1, (3, 24)))
    assert found == [{"up": 21, "impaired": 3, **dict.fromkeys(checks_, 3)}]


def test_a_stop_that_nobody_saw_begins_with_the_first_check_that_is_missing():
    started = Spell(Slot.NO_DATA, at(9), EVER[1], Slot.STOPPED)
    stored = checks(1, (0, 6)), checks(1, (9, 24))
    assert hours([history(1, started)], *stored) == [{"up": 21, "stopped": 3}]
    assert hours([history(1, started)], stored[1]) == [{"up": 15}]


def test_an_end_that_nobody_saw_leaves_no_data_where_it_was_seen_to_run():
    gone = Spell(Slot.TERMINATED, at(12), EVER[1], Slot.TERMINATED)
    found = hours([history(1, ran(EVER[0], at(8)), gone)], checks(1, (0, 6)))
    assert found == [{"up": 6, "no_data": 2, "terminated": 12}]


def test_checks_by_the_minute_and_by_five_stand_side_by_side():
    both = [history(1, ran()), history(2, ran())]
    stored = checks(1, (0, 12), period=60), checks(2, (0, 6)), checks(3, (0, 24))
    assert hours(both, *stored) == [{"up": 12, "no_data": 12}, {"up": 6, "no_data": 18}]


def test_shares_of_nothing_are_not_numbers():
    found = shares(pd.DataFrame([dict.fromkeys(SECONDS, 0), dict.fromkeys(SECONDS, 5)]))
    assert found.iloc[0].isna().all()
    assert found.iloc[1].round(2).tolist() == [50.0, 33.33, 66.67]


def seen(number, **tags):
    one = instance(number, tags=tags)
    return History(one.resource, Instance.of(one.resource, one.attributes), (ran(),))


def fleet(*histories, stored):
    return instances(histories, slots(histories, pd.concat(stored), DAY, DAY.end), {})


def test_a_group_weighs_its_instances_by_the_time_that_was_observed():
    stored = checks(1, (0, 24)), checks(2, (0, 6), failed=1.0), checks(3, (0, 24))
    found = fleet(seen(1, app="a"), seen(2, app="a"), seen(3, app="b"), stored=stored)
    rows = groups(found).set_index(["tag", "value"])["availability"].to_dict()
    assert rows == {("", "all instances"): 100 * 48 / 54, ("app", "a"): 80, ("app", "b"): 100}


def test_a_tag_groups_that_most_have_and_that_has_few_values():
    tags = [
        {"app": "ab"[n % 2], "id": str(n), "one": "same", **({"rare": "xy"[n]} if n < 2 else {})}
        for n in range(30)
    ]
    stored = [checks(n, (0, 1)) for n in range(30)]
    found = fleet(*(seen(n, **tags[n]) for n in range(30)), stored=stored)
    assert set(groups(found)["tag"]) == {"", "app"}


def test_those_that_lack_a_tag_are_a_group_of_their_own():
    stored = [checks(n, (0, 24)) for n in (1, 2, 3)]
    found = groups(fleet(seen(1, env="a"), seen(2, env="b"), seen(3), stored=stored))
    assert found.set_index("tag").loc["env", "value"].tolist() == ["", "a", "b"]


def test_what_was_only_terminated_in_the_window_is_not_told_of():
    gone = history(2, Spell(Slot.TERMINATED, *EVER))
    assert len(fleet(seen(1), gone, stored=[NOTHING])) == 1
