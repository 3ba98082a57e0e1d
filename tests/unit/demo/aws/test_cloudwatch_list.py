from collections import Counter

import orjson
import pytest

from asker import ANCHOR, DAY, FLEET, STOPPED, TRUTH, Asker, refusal
from nephoscope.demo.aws.fleet import Fleet


def listed(ask, **request):
    return [m for page in ask.pages("ListMetrics", **request) for m in page["Metrics"]]


def test_every_metric_is_listed_once(ask) -> None:
    found = Counter(orjson.dumps(metric) for metric in listed(ask, Namespace="AWS/EC2"))
    instances = [one for one in TRUTH if one.region == "eu-west-1"]
    groups = {one.group for one in instances}
    assert len(found) == sum(len(one.metrics) for one in instances) + 10 * len(groups)
    assert set(found.values()) == {1}


def test_a_page_has_500() -> None:
    ask = Asker(Fleet(7, 200, ANCHOR))
    sizes = [len(page["Metrics"]) for page in ask.pages("ListMetrics")]
    assert sizes[:-1] == [500] * (len(sizes) - 1)
    assert len(sizes) > 2


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"MetricName": "NetworkIn"}, 25 + 3),
        ({"MetricName": "CPUUtilization", "Dimensions": [{"Name": "InstanceId"}]}, 25),
        ({"MetricName": "NetworkIn", "Dimensions": [{"Name": "AutoScalingGroupName"}]}, 3),
        (
            {"Dimensions": [{"Name": "AutoScalingGroupName", "Value": "group-0001"}]},
            10,
        ),
        ({"Dimensions": [{"Name": "InstanceId"}, {"Name": "ImageId"}]}, 0),
        ({"Namespace": "AWS/Unheard"}, 0),
    ],
    ids=["metric", "dimension", "group", "dimension and value", "two dimensions", "namespace"],
)
def test_filters(ask, asked, count) -> None:
    assert len(listed(ask, **asked)) == count


@pytest.mark.parametrize(
    ("days", "more", "known"),
    [(13, {}, True), (15, {}, False), (1, {"RecentlyActive": "PT3H"}, False)],
)
def test_what_had_no_data_of_late_is_not_listed(ask, days, more, known) -> None:
    one = FLEET.instances[STOPPED]
    ask.now = one.stopped + days * DAY
    dimensions = [{"Name": "InstanceId", "Value": one.id}]
    assert bool(listed(ask, Dimensions=dimensions, **more)) is known


def test_a_token_that_is_none_is_refused(ask) -> None:
    assert refusal(ask, "ListMetrics", NextToken="nonsense") == "InvalidNextToken"
