"""Asks the CloudWatch of the demo without a socket, with a clock that a test holds."""

from datetime import UTC, date, datetime

import orjson
import pytest

import truth
from nephoscope.demo.aws.cloudwatch import CloudWatch
from nephoscope.demo.aws.control import Counters, Faults
from nephoscope.demo.aws.fleet import Fleet
from nephoscope.demo.aws.wire import Call, Refusal

ANCHOR = date(2026, 11, 22)
MIDNIGHT = int(datetime(2026, 11, 22, tzinfo=UTC).timestamp())
DAY = 86400
NOON = MIDNIGHT + DAY // 2
FLEET = Fleet(seed=7, count=50, anchor=ANCHOR)
TRUTH = truth.instances(7, 50, ANCHOR)
DETAILED, BASIC, STOPPED, GAP = 0, 10, 6, 7


class Asker:
    """Speaks AWS JSON to a CloudWatch whose clock it holds."""

    def __init__(self, fleet: Fleet = FLEET, **how) -> None:
        self.now = float(NOON)
        self.counters = Counters()
        self.faults = Faults()
        self.cloudwatch = CloudWatch(fleet, self.counters, self.faults, lambda: self.now, **how)

    def __call__(self, operation: str, region: str = "eu-west-1", **request):
        headers = {
            "x-amz-target": f"GraniteServiceVersion20100801.{operation}",
            "authorization": f"AWS4-HMAC-SHA256 Credential=AK/20261122/{region}/monitoring/aws4",
        }
        call = Call("POST", "/", headers, orjson.dumps(request))
        self.faults.check(call)
        return orjson.loads(self.cloudwatch.answer(call).body)

    def data(self, queries, start, end, **more):
        times = {"StartTime": start, "EndTime": end}
        return self("GetMetricData", MetricDataQueries=queries, **times, **more)

    def pages(self, operation: str, **request):
        page = self(operation, **request)
        yield page
        while "NextToken" in page:
            page = self(operation, **request, NextToken=page["NextToken"])
            yield page

    def one(self, index, start, end, **how):
        """Return the only result of one query."""
        (result,) = self.data([query("a", index, **how)], start, end)["MetricDataResults"]
        return result


def query(name, index, metric="CPUUtilization", stat="Average", period=300, **more):
    return {
        "Id": name,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/EC2",
                "MetricName": metric,
                "Dimensions": [{"Name": "InstanceId", "Value": FLEET.instances[index].id}],
            },
            "Period": period,
            "Stat": stat,
        },
    } | more


def query_of(name, series, stat="Average", period=300, **more):
    """Ask for a series of `truth_services`."""
    dimensions = [{"Name": name, "Value": value} for name, value in series.dimensions]
    metric = {
        "Namespace": series.namespace,
        "MetricName": series.metric,
        "Dimensions": dimensions,
    }
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}} | more


def expected(index, metric, stat, period, start, end):
    """Return what must stand in an answer: timestamp and value, oldest first."""
    found = {
        stamp: truth.value(TRUTH[index], metric, stat, period, stamp)
        for stamp in range(start, end, period)
    }
    return {stamp: value for stamp, value in found.items() if value is not None}


def points(result):
    return dict(zip(result["Timestamps"], result["Values"], strict=True))


def refusal(ask, *args, **kwargs) -> str:
    with pytest.raises(Refusal) as caught:
        ask(*args, **kwargs)
    return caught.value.code
