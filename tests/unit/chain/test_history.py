"""The states that instances went through, by the versions that the inventory has of them."""

from datetime import timedelta

import pytest

from discovered import LAUNCHED, NOW, instance
from nephoscope.availability import Slot
from nephoscope.chain.history import GROUP, histories, replacements
from nephoscope.instances import FOREVER
from nephoscope.model import Seen
from nephoscope.store.inventory import Version

HOUR = timedelta(hours=1)
LAST = NOW - HOUR


def version(number, first, last=1.0, **facts):
    """Return a version that was seen from so many hours ago to so many hours ago."""
    one = instance(number, **facts)
    return Version(one.resource, one.attributes, NOW - first * HOUR, NOW - last * HOUR)


def listed(number, first, last=1.0):
    """Return a version of one that CloudWatch lists and EC2 does not describe."""
    return Version(instance(number).resource, {}, NOW - first * HOUR, NOW - last * HOUR)


def of(number, *versions):
    """Return the history of an instance, beside another one that is seen until the last look."""
    found = {one.resource: one for one in histories([*versions, version(99, 50)])}
    return found[instance(number).resource]


def spells(*versions):
    return [(one.slot, one.start, one.end, one.before) for one in of(1, *versions).spells]


def ago(hours):
    return NOW - hours * HOUR


def test_one_that_runs_has_run_since_its_last_start_and_until_it_was_seen_last():
    assert spells(version(1, 9)) == [(Slot.NO_DATA, LAUNCHED, LAST, Slot.STOPPED)]


def test_changes_of_other_things_are_no_change_of_state():
    assert len(spells(version(1, 9, 5), version(1, 4, tags={"a": "b"}))) == 1


def test_a_stop_has_the_time_that_ec2_tells():
    found = spells(version(1, 9, 5), version(1, 4, state="stopped", stopped_at=ago(4.5)))
    assert [one[:3] for one in found] == [
        (Slot.NO_DATA, LAUNCHED, ago(4.5)),
        (Slot.STOPPED, ago(4.5), LAST),
    ]


def test_a_stop_without_a_time_is_known_since_it_was_seen():
    found = spells(version(1, 9, 5), version(1, 4, state="stopped"))
    assert found == [
        (Slot.NO_DATA, LAUNCHED, ago(5), Slot.STOPPED),
        (Slot.STOPPED, ago(4), LAST, Slot.STOPPED),
    ]


def test_a_stop_between_two_looks_is_told_by_the_start_after_it():
    found = spells(version(1, 9, 5), version(1, 4, launched_at=ago(4.2)))
    assert found == [
        (Slot.NO_DATA, LAUNCHED, ago(5), Slot.STOPPED),
        (Slot.NO_DATA, ago(4.2), LAST, Slot.STOPPED),
    ]


def test_what_ends_after_a_stop_did_not_run_in_between():
    stop = version(1, 9, 5, state="stopped", stopped_at=ago(10))
    found = spells(stop, version(1, 4, 4, state="terminated", stopped_at=ago(4.5)))
    assert [one[:3] for one in found] == [
        (Slot.NO_DATA, LAUNCHED, ago(10)),
        (Slot.STOPPED, ago(10), ago(4.5)),
        (Slot.TERMINATED, ago(4.5), FOREVER),
    ]


@pytest.mark.parametrize(
    ("then", "end"),
    [
        pytest.param(listed(1, 4), ago(4), id="listed and not described"),
        pytest.param(None, LAST, id="not listed either"),
    ],
)
def test_what_ec2_describes_no_more_is_gone(then, end):
    found = of(1, *filter(None, [version(1, 9, 5), then]))
    assert found.ended == end
    assert found.spells[-1].end == FOREVER
    assert found.spells[-1].before is Slot.TERMINATED
    assert found.instance.name == "web-1"


def test_one_that_is_described_again_was_not_gone():
    found = of(1, version(1, 9, 7), listed(1, 6, 5), version(1, 4))
    assert found.ended is None


def test_of_linked_accounts_nothing_is_known():
    there = Version(instance(5, account="210987654321").resource, {}, ago(9), LAST)
    [found] = [one for one in histories([there, version(99, 50)]) if one.instance is None]
    assert (found.spells, found.ended) == ((), None)


def test_other_resources_are_no_instances():
    seen = Seen(instance(1).resource, (), {})
    group = (("AutoScalingGroupName", "web"),)
    other = type(seen.resource)("1", "eu-west-1", "AWS/EC2", group)
    assert histories([Version(other, {}, ago(9), LAST)]) == []


def replaced(*versions):
    """Return which instance replaced which, by number."""
    found = replacements(histories([*versions, version(99, 50)]))
    return {int(one.dimensions[0][1][-2:]): int(it.instance_id[-2:]) for one, it in found.items()}


def gone(number, **facts):
    return version(number, 9, 5, state="terminated", stopped_at=ago(5.5), **facts)


@pytest.mark.parametrize(
    ("tags", "launched", "expected"),
    [
        ({GROUP: "web"}, ago(5.4), {1: 2}),
        ({GROUP: "web"}, ago(6.4), {1: 2}),
        ({GROUP: "web"}, ago(6.6), {}),
        ({GROUP: "other"}, ago(5.4), {}),
        ({}, ago(5.4), {}),
    ],
    ids=["after", "shortly before", "long before", "of another group", "of no group"],
)
def test_an_instance_is_replaced_by_a_later_one_of_its_group(tags, launched, expected):
    assert (
        replaced(gone(1, tags={GROUP: "web"}), version(2, 5, launched_at=launched, tags=tags))
        == expected
    )


def test_one_replaces_one_at_the_most():
    old = [gone(n, tags={GROUP: "web"}) for n in (1, 2)]
    new = version(3, 5, launched_at=ago(5), tags={GROUP: "web"})
    assert len(replaced(*old, new)) == 1


def test_one_that_was_started_again_replaces_nothing():
    old = gone(1, tags={GROUP: "web"})
    again = (
        version(2, 9, 6, tags={GROUP: "web"}),
        version(2, 5, launched_at=ago(5.2), tags={GROUP: "web"}),
    )
    assert replaced(old, *again) == {}
