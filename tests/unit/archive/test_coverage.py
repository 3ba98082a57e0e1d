"""What audits found is kept beside the points, and read back as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nephoscope.archive.coverage import keep_coverage, kept_coverage, read_coverage
from nephoscope.archive.layout import Source
from nephoscope.coverage import Coverage, Gap, Lack, State
from nephoscope.model import Resource, Window
from nephoscope.place import files
from shards import DAY

HOUR = timedelta(hours=1)
NEXT = Window.day(DAY.end)
SOURCE = Source("123456789012", "eu-west-1", "AWS/EC2")


def day_of(number, day=DAY, namespace="AWS/EC2", **more):
    whose = Resource("123456789012", "eu-west-1", namespace, (("InstanceId", f"i-{number}"),))
    facts = {"state": State.STORED, "final": True, "expected": 24, "stored": 24, **more}
    return Coverage(whose, 300, day, **facts)


def lacking(number):
    """Return a day with everything that a day can have."""
    read = DAY.end + 7 * HOUR
    spans = [Window(DAY.start + hour * HOUR, DAY.start + (hour + 1) * HOUR) for hour in range(6)]
    gaps = (Gap(spans[0], "Forbidden"), Gap(spans[1], "", read, read + timedelta(milliseconds=1)))
    return day_of(
        number,
        state=State.MISSING,
        stored=20,
        confirmed=1,
        stopped=(spans[2],),
        unknown=(spans[3],),
        unsettled=(spans[4], spans[5]),
        lacks=(
            Lack((("CPUUtilization", "avg"), ("p99", "p99_9")), gaps),
            Lack((("a", "b"),), gaps[:1]),
        ),
        measures=(("CPUUtilization", "avg"), ("p99", "p99_9")),
        sparse=(("a", "b"),),
    )


def test_days_read_back_as_they_were(tmp_path):
    days = [day_of(1), lacking(2), replace(day_of(1), period=60)]
    keep_coverage(tmp_path, days)
    [read] = read_coverage(tmp_path, DAY)
    assert sorted(read, key=lambda one: one.key) == sorted(days, key=lambda one: one.key)
    assert kept_coverage(tmp_path, [SOURCE], DAY) == {one.key: one for one in days}


def test_a_later_audit_replaces_its_resources_and_leaves_the_others(tmp_path):
    keep_coverage(tmp_path, [lacking(1), day_of(2)])
    keep_coverage(tmp_path, [day_of(1), day_of(3)])
    [read] = read_coverage(tmp_path, DAY)
    assert read == [day_of(1), day_of(2), day_of(3)]


def test_each_source_and_day_has_a_file_of_its_own(tmp_path):
    odd = 'a/b="c"\n' + "x" * 300
    days = [day_of(1), day_of(1, NEXT), day_of(1, namespace=odd)]
    keep_coverage(tmp_path, days)
    assert len(files(tmp_path, "coverage")) == 3
    assert [*read_coverage(tmp_path, NEXT)] == [[days[1]]]
    assert sorted(one.resource.namespace for [one] in read_coverage(tmp_path, DAY)) == [
        "AWS/EC2",
        odd,
    ]


@pytest.mark.parametrize("day", [DAY, NEXT])
def test_of_what_was_not_audited_nothing_is_kept(tmp_path, day):
    assert kept_coverage(tmp_path, [SOURCE], day) == {}
    assert [*read_coverage(tmp_path, day)] == []
