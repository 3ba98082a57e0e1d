"""What is asked is the least that the window allows: no more resources, no finer, none twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from discovered import LAUNCHED, NOW, OWNER, discovery, instance, queue
from nephoscope.config.collections import Collection
from nephoscope.model import Window
from nephoscope.plan.asking import Asking
from nephoscope.plan.fleet import Fleet, Memory, Remembered
from nephoscope.plan.held import Held
from nephoscope.plan.unasked import left_out

DAY = Window.day(NOW - timedelta(days=1))
ASKED = {"CPUUtilization": ["Average", "Maximum"], "NetworkIn": ["Sum"]}


def part(seen, *, memory=None, window=DAY, slots=1, **entry):
    entry = {"namespace": "AWS/EC2", "metrics": ASKED, **entry}
    fleet = Fleet(discovery(*seen), memory or Memory())
    return Asking("it", Collection(**entry), fleet, window, NOW, slots, Held()).part()


def asked(found):
    """Return who is asked what, by period."""
    return {
        (whole.period, one.dimensions[0][1]): one.metrics
        for whole in found.wholes
        for one in whole.series
    }


def test_an_instance_is_asked_at_its_own_period():
    found = part([instance(1), instance(2, detailed=True)])
    metrics = ("CPUUtilization", "NetworkIn")
    assert asked(found) == {(300, instance(1).resource.dimensions[0][1]): metrics,
                            (60, instance(2).resource.dimensions[0][1]): metrics}  # fmt: skip


def test_each_statistic_of_each_metric_is_asked_once():
    [whole] = part([instance(n) for n in range(10)]).wholes
    queries = list(whole.queries())
    assert len(queries) == len(set(queries)) == 30


def test_an_instance_that_was_stopped_all_day_is_not_asked():
    stopped = instance(1, state="stopped", stopped_at=DAY.start - timedelta(hours=1))
    found = part([stopped, instance(2)])
    assert len(asked(found)) == 1
    [left] = found.unasked
    assert (left.reason, len(left.shard.series)) == ("stopped", 1)


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"stopped_at": DAY.start - timedelta(minutes=59)}, id="just-before"),
        pytest.param({"stopped_at": DAY.start + timedelta(hours=4)}, id="within"),
        pytest.param({"stopped_at": None}, id="nobody-knows-when"),
    ],
)
def test_an_instance_that_may_have_run_is_asked(facts):
    assert len(asked(part([instance(1, state="stopped", **facts)]))) == 1


def test_what_cloudwatch_may_no_longer_hold_is_left_out_and_told():
    old = Window.day(NOW - timedelta(days=460))
    found = part([instance(1)], window=old)
    assert found.wholes == []
    [left] = found.unasked
    assert (left.reason, left.shard.window) == ("expired", old)


@pytest.mark.parametrize(
    ("age", "reasons"),
    [
        pytest.param(timedelta(days=30), ["not kept"], id="over"),
        pytest.param(timedelta(days=30) - timedelta(seconds=1), [], id="kept-for-a-moment"),
    ],
)
def test_what_ended_longer_ago_than_is_kept_is_not_asked(age, reasons):
    end = NOW - age
    window = Window(end - timedelta(hours=1), end)
    found = part([instance(1, state="stopped"), instance(2)], window=window, keep="30d")
    assert [left.reason for left in found.unasked] == reasons
    assert len(found.wholes) == 1 - len(reasons)
    assert left_out(found.unasked) == dict.fromkeys(reasons, 2)


def test_without_keep_all_is_asked():
    assert part([instance(1)], window=Window.day(NOW - timedelta(days=400))).unasked == []


def test_a_new_instance_that_is_not_listed_yet_is_asked_what_every_instance_has():
    new = instance(1, metrics=(), launched_at=DAY.end - timedelta(minutes=10))
    [metrics] = asked(part([new])).values()
    assert metrics == ("CPUUtilization", "NetworkIn")
    entry = {"CPUUtilization": ["Average"], "CPUCreditBalance": ["Average"]}
    [metrics] = asked(part([new], metrics=entry)).values()
    assert metrics == ("CPUUtilization",)


def test_an_instance_launched_after_the_window_is_only_asked_what_is_listed():
    after = DAY.end + timedelta(minutes=10)
    assert asked(part([instance(1, metrics=(), launched_at=after)])) == {}


class TestMemory:
    """What AWS no longer lists, and what resources were."""

    gone = instance(7, metrics=("CPUUtilization",))

    def memory(self, last_seen, then=None):
        last = {self.gone.resource: Remembered(self.gone, last_seen)}
        return Memory(last, {self.gone.resource: then} if then else {})

    def test_a_silent_resource_is_asked_for_the_time_before_it_was_last_seen(self):
        memory = self.memory(DAY.start + timedelta(hours=3))
        found = part([], memory=memory)
        assert list(asked(found).values()) == [("CPUUtilization",)]
        assert found.silent == [memory.last[self.gone.resource]]

    def test_it_is_not_asked_for_later_days(self):
        assert asked(part([], memory=self.memory(DAY.start - timedelta(days=1)))) == {}

    def test_a_listed_resource_is_asked_what_it_had_before_too(self):
        still = replace(self.gone, metrics=("NetworkIn",))
        [metrics] = asked(part([still], memory=self.memory(NOW))).values()
        assert metrics == ("CPUUtilization", "NetworkIn")

    def test_a_resource_of_another_account_is_left_to_its_own_place(self):
        other = instance(8, account="210987654321")
        memory = Memory({other.resource: Remembered(other, NOW)})
        assert asked(part([], memory=memory)) == {}

    def test_documents_carry_what_a_resource_was_then(self):
        then = {**self.gone.attributes, "name": "before", "detailed": True}
        [whole] = part([self.gone], memory=self.memory(NOW, then)).wholes
        assert whole.period == 60
        assert whole.series[0].attributes["name"] == "before"


class TestSelection:
    """Which resources an entry means."""

    queues = (queue("a", tags={"env": "prod"}), queue("b", tags={"env": "dev"}), queue("c"))

    def names(self, **entry):
        entry = {"namespace": "AWS/SQS", "metrics": {"*": ["Maximum"]}, **entry}
        return [name for _, name in asked(part(self.queues, **entry))]

    def test_without_a_filter_the_untagged_are_asked_too(self):
        assert self.names() == ["a", "b", "c"]

    def test_a_tag_filter_leaves_out_the_untagged(self):
        assert self.names(resources={"tags": {"env": "prod"}}) == ["a"]

    def test_dimensions_may_be_patterns(self):
        assert self.names(resources={"dimensions": {"QueueName": ["b*", "c"]}}) == ["b", "c"]

    def test_an_id_that_the_owner_names_is_asked_though_it_is_not_listed(self):
        entry = {"metrics": ASKED, "resources": {"ids": ["i-gone"], "tags": {"env": "x"}}}
        assert asked(part([instance(1)], **entry)) == {
            (300, "i-gone"): ("CPUUtilization", "NetworkIn")
        }

    def test_the_fleets_sum_is_not_taken_for_a_resource(self):
        group = replace(instance(1).resource, dimensions=(("AutoScalingGroupName", "g"),))
        assert asked(part([replace(instance(1), resource=group)])) == {}

    def test_over_its_limit_a_collection_is_refused_and_asks_nothing(self):
        found = part([instance(n) for n in range(4)], limit=11)
        assert found.wholes == []
        [refused] = found.refused
        assert "would ask 12 series" in refused.refusal
        assert "limit of 11" in refused.refusal


def test_a_metric_may_have_a_period_of_its_own():
    metrics = {"CPUUtilization": {"statistics": ["Average"], "period": 3600}, "NetworkIn": ["Sum"]}
    found = part([instance(1)], metrics=metrics, every="1h")
    assert sorted(whole.period for whole in found.wholes) == [300, 3600]


def test_what_another_account_shares_is_asked_by_its_id():
    linked = instance(1, account="210987654321")
    wholes = part([linked, instance(2)]).wholes
    of = {one.account: one.linked for one in wholes}
    assert of == {OWNER: False, linked.resource.account: True}


@pytest.mark.parametrize(
    ("window", "points"),
    [
        pytest.param(DAY, 396_000, id="older"),
        pytest.param(Window(NOW - timedelta(hours=1), NOW), 180_000, id="recent"),
    ],
)
def test_shards_share_nine_tenths_of_the_quota(window, points):
    [whole] = part([instance(1)], window=window, slots=4).wholes
    assert whole.pace.points == pytest.approx(0.9 * points / 4)
    assert whole.pace.calls == pytest.approx(0.9 * 50 / 4)


def test_a_launch_long_ago_says_nothing_of_the_time_before():
    early = Window.day(datetime(2025, 12, 1, tzinfo=UTC))
    assert early.start > LAUNCHED
    again = instance(1, metrics=(), launched_at=NOW)
    assert asked(part([again], window=early)) == {}
