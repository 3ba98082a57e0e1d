"""What should be stored of what was planned: dense metrics, while instances ran."""

from dataclasses import replace
from datetime import timedelta

import pytest

from discovered import NOW, instance
from nephoscope.chain.expectation import NOT_READ, expectations
from nephoscope.chain.lives import lives
from nephoscope.chain.readings import Answered
from nephoscope.model import Window
from nephoscope.plan.fleet import Remembered
from nephoscope.plan.planning import Plan
from nephoscope.plan.shards import Series
from nephoscope.plan.unasked import Unasked
from nephoscope.store.coverage.expected import Reading
from shards import DAY, shard

CPU, NETWORK = ("CPUUtilization", "avg"), ("NetworkIn", "sum")
ONE = instance(1)
WHOLE = Answered()


def asks(one=ONE, *metrics, **more):
    """Return a shard that asks metrics of a resource."""
    metrics = metrics or ("CPUUtilization", "NetworkIn")
    statistics = {"CPUUtilization": ("Average",), "NetworkIn": ("Sum",), "New": ("Sum",)}
    series = (Series(one.resource.dimensions, metrics),)
    return shard(series=series, statistics=statistics, **more)


def expected(shards, answered=WHOLE, seen=(ONE,), **plan):
    made = Plan(NOW, {"ec2": DAY}, tuple(shards), **plan)
    found = expectations(made, lives(made, seen), [answered] * len(shards), final=True)
    return found.get(DAY, [])


def test_the_dense_metrics_of_an_instance_are_expected_while_it_ran():
    [found] = expected([asks(ONE, "CPUUtilization", "New")])
    assert (found.resource, found.period, found.measures) == (ONE.resource, 300, (CPU,))
    assert found.running[0].start < DAY.start


def test_of_what_nobody_described_it_is_not_known_whether_it_ran():
    [found] = expected([asks()], seen=(replace(ONE, attributes={}),))
    assert (found.running, found.known) == ((), ())


def test_a_sparse_metric_is_expected_where_cloudwatch_did_not_answer():
    failed = {(ONE.resource.key, "New", "Sum"): "Forbidden"}
    [found] = expected([asks(ONE, "New")], Answered(failed=failed))
    assert (found.measures, found.reasons) == ((("New", "sum"),), {("New", "sum"): "Forbidden"})


def test_a_reading_is_of_the_measure_that_was_asked():
    reading = Reading(NOW, DAY, (DAY,))
    [found] = expected(
        [asks()], Answered(readings={(ONE.resource.key, "CPUUtilization", "Average"): reading})
    )
    assert found.readings == {CPU: reading}


def test_two_collections_of_one_resource_expect_one_day_of_it():
    [found] = expected([asks(ONE, "CPUUtilization"), asks(ONE, "NetworkIn")])
    assert set(found.measures) == {CPU, NETWORK}


def test_what_was_asked_at_a_coarser_period_is_expected_at_it():
    [found] = expected([asks()], Answered({ONE.resource.key: 3600}))
    assert found.period == 3600


def test_a_failed_query_gives_its_reason():
    failed = {(ONE.resource.key, "NetworkIn", "Sum"): "Forbidden"}
    [found] = expected([asks()], Answered(failed=failed))
    assert found.reasons == {NETWORK: "Forbidden"}


def test_a_shard_that_nobody_read_to_its_end_says_so():
    [found] = expected([asks()], None)
    assert found.reasons == {CPU: NOT_READ, NETWORK: NOT_READ}


def test_what_expired_in_the_queue_is_no_gap():
    key = ONE.resource.key
    failed = {
        (key, m, s): "Expired" for m, s in (("CPUUtilization", "Average"), ("NetworkIn", "Sum"))
    }
    [found] = expected([asks()], Answered(failed=failed))
    assert found.expired


def test_of_what_is_not_kept_nothing_is_said():
    assert expected([], unasked=(Unasked("not kept", asks()),)) == []


@pytest.mark.parametrize(("reason", "expired"), [("stopped", False), ("expired", True)])
def test_what_was_not_asked_has_a_day_too(reason, expired):
    [found] = expected([], unasked=(Unasked(reason, asks()),))
    assert (found.resource, found.expired) == (ONE.resource, expired)


def test_what_aws_lists_no_more_ran_until_it_was_last_seen():
    last = DAY.start + timedelta(hours=3)
    [found] = expected([asks()], seen=(), silent=(Remembered(ONE, last),))
    assert [span.end for span in found.running] == [last]
    assert isinstance(found.running[0], Window)
