"""What runs beside the instances, over a socket and by boto3's own parser."""

from datetime import UTC, datetime, timedelta

import pytest

import truth_services
from past_fleet import ANCHOR

TRUTH = list(truth_services.series(7, 50, ANCHOR))
MIDNIGHT = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC)


def query(name, one, stat, period):
    dimensions = [{"Name": key, "Value": value} for key, value in one.dimensions]
    metric = {"Namespace": one.namespace, "MetricName": one.metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}


@pytest.mark.parametrize("namespace", [service[0] for service in truth_services.SERVICES])
def test_what_is_listed_can_be_asked_and_is_the_truth(client, namespace) -> None:
    cloudwatch = client("cloudwatch")
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace)
    listed = [metric for page in pages for metric in page["Metrics"]][:40]
    known = {(one.metric, one.dimensions): one for one in TRUTH if one.namespace == namespace}
    named = [tuple((d["Name"], d["Value"]) for d in metric["Dimensions"]) for metric in listed]
    series = [known[m["MetricName"], key] for m, key in zip(listed, named, strict=True)]
    period = max(3600, series[0].native)
    start = MIDNIGHT - timedelta(days=2)
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[query(f"q{n}", one, "Sum", period) for n, one in enumerate(series)],
        StartTime=start,
        EndTime=start + timedelta(seconds=2 * period),
        ScanBy="TimestampAscending",
    )
    for one, result in zip(series, answer["MetricDataResults"], strict=True):
        first = int(start.timestamp())
        wanted = {
            stamp: value
            for stamp in (first, first + period)
            if (value := truth_services.value(one, "Sum", period, stamp)) is not None
        }
        stamps = [stamp.timestamp() for stamp in result["Timestamps"]]
        assert dict(zip(stamps, result["Values"], strict=True)) == wanted


def test_the_tags_of_what_has_metrics_are_found_by_arn(client) -> None:
    pages = client("resourcegroupstaggingapi").get_paginator("get_resources")
    found = {
        one["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in one["Tags"]}
        for page in pages.paginate(ResourcesPerPage=9)
        for one in page["ResourceTagMappingList"]
        if ":instance/" not in one["ResourceARN"]
    }
    assert found == {
        one.arn: dict(one.tags)
        for one in TRUTH
        if one.tags and one.arn and one.region == "eu-west-1"
    }
