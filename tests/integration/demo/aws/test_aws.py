"""The stand-in AWS over a socket, asked by boto3 as the collectors ask."""

import socket
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

import truth
from past_fleet import ANCHOR, DAY, END, FLEET, code, query


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_the_merged_pages_of_a_region_are_the_truth(client, region) -> None:
    """Every metric of every instance over two days, some 140,000 points on three pages."""
    asked = {
        f"q{number}_{place}": (one, metric, truth.native(one, metric))
        for number, one in enumerate(FLEET)
        for place, metric in enumerate(one.metrics)
        if one.region == region
    }
    pages = client("cloudwatch", region).get_paginator("get_metric_data")
    found = {name: {} for name in asked}
    for page in pages.paginate(
        MetricDataQueries=[
            query(name, one, metric, "Average", period)
            for name, (one, metric, period) in asked.items()
        ],
        StartTime=END - 2 * DAY,
        EndTime=END,
    ):
        for result in page["MetricDataResults"]:
            stamps = [int(stamp.timestamp()) for stamp in result["Timestamps"]]
            found[result["Id"]] |= dict(zip(stamps, result["Values"], strict=True))
    for name, (one, metric, period) in asked.items():
        start, end = int((END - 2 * DAY).timestamp()), int(END.timestamp())
        wanted = {
            t: truth.value(one, metric, "Average", period, t) for t in range(start, end, period)
        }
        assert found[name] == {t: value for t, value in wanted.items() if value is not None}


def test_501_queries_are_refused(client) -> None:
    asked = [query(f"q{n}", FLEET[0], "CPUUtilization", "Sum", 300) for n in range(501)]
    with pytest.raises(ClientError, match="size greater than 500") as caught:
        client("cloudwatch").get_metric_data(
            MetricDataQueries=asked, StartTime=END - DAY, EndTime=END
        )
    assert code(caught) == "ValidationError"


@pytest.mark.parametrize(("period", "count"), [(60, 0), (300, 0), (3600, 24)])
def test_old_points_are_gone(client, period, count) -> None:
    answer = client("cloudwatch").get_metric_data(
        MetricDataQueries=[query("a", FLEET[0], "CPUUtilization", "Sum", period)],
        StartTime=END - 100 * DAY,
        EndTime=END - 99 * DAY,
    )
    (result,) = answer["MetricDataResults"]
    assert (len(result["Values"]), result["StatusCode"]) == (count, "Complete")


def test_s3_keeps_what_it_is_given(client) -> None:
    s3 = client("s3")
    where = {"Bucket": "reports", "Key": "a b/\u00fc+%2F=.txt"}
    s3.create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    s3.put_object(**where, Body=b"x" * 300_000, Metadata={"run": "7"})
    assert s3.get_object(**where)["Body"].read() == b"x" * 300_000
    assert s3.head_object(**where)["ContentLength"] == 300_000
    assert [one["Key"] for one in s3.list_objects_v2(Bucket="reports")["Contents"]] == [
        where["Key"]
    ]
    s3.delete_object(**where)
    assert s3.list_objects_v2(Bucket="reports")["KeyCount"] == 0


def test_a_missing_object_is_an_error(client) -> None:
    s3 = client("s3", "us-east-1")
    s3.create_bucket(Bucket="empty")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket="empty", Key="none")
    assert code(caught) == "NoSuchKey"


def test_sts_knows_the_account(client) -> None:
    assert client("sts").get_caller_identity()["Account"] == "123456789012"


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("cloudwatch", "list_metrics", {}),
        ("ec2", "describe_instances", {}),
        ("sts", "get_caller_identity", {}),
        ("s3", "list_buckets", {}),
    ],
    ids=["json", "ec2", "query", "s3"],
)
def test_a_denied_region_is_denied_in_every_protocol(
    client, control, service, operation, arguments
) -> None:
    rule = {"region": "us-east-1", "code": "AccessDeniedException", "status": 403}
    control("POST", "faults", [rule | {"message": "no & never"}])
    with pytest.raises(ClientError, match="no & never") as caught:
        getattr(client(service, "us-east-1"), operation)(**arguments)
    assert code(caught) == "AccessDenied"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert getattr(client(service, "eu-west-1"), operation)(**arguments)


def test_a_throttled_call_is_told_so_and_then_answered(client, control) -> None:
    control("POST", "faults", [{"code": "ThrottlingException", "times": 1}])
    cloudwatch = client("cloudwatch")
    with pytest.raises(ClientError) as caught:
        cloudwatch.list_metrics()
    assert code(caught) == "Throttling"
    assert cloudwatch.list_metrics()["Metrics"]


def test_a_failed_query_says_so(client, control) -> None:
    control("POST", "faults", [{"query_status": "InternalError", "metric": "NetworkIn"}])
    metrics = {"a": "CPUUtilization", "b": "NetworkIn"}
    answer = client("cloudwatch").get_metric_data(
        MetricDataQueries=[query(n, FLEET[0], m, "Sum", 300) for n, m in metrics.items()],
        StartTime=END - DAY,
        EndTime=END,
    )
    codes = {result["Id"]: result["StatusCode"] for result in answer["MetricDataResults"]}
    assert codes == {"a": "Complete", "b": "InternalError"}


def test_calls_are_counted_by_operation_and_region(client, control) -> None:
    cloudwatch = client("cloudwatch", "us-east-1")
    for _ in range(2):
        cloudwatch.get_metric_data(
            MetricDataQueries=[query("a", FLEET[1], "CPUUtilization", "Sum", 300)],
            StartTime=END - DAY,
            EndTime=END,
        )
    client("ec2").describe_instances()
    assert control("GET", "counters") == {
        "calls": {"GetMetricData": {"us-east-1": 2}, "DescribeInstances": {"eu-west-1": 1}},
        "refused": {},
        "cloudwatch": {
            "queries_asked": {"us-east-1": 2},
            "metrics_asked": {"us-east-1": 2},
            "points_estimated": {"us-east-1": 576},
            "points_answered": {"us-east-1": 576},
        },
    }


def test_the_fleet_can_be_read(control) -> None:
    fleet = control("GET", "fleet")
    found = {one["id"]: one["role"] for one in fleet["instances"]}
    assert found == {one.id: one.role for one in FLEET}
    assert fleet["anchor"] == ANCHOR.isoformat()


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [("GET", "nothing", None, 404), ("POST", "faults", [{"cod": "A"}], 400)],
)
def test_a_wrong_word_about_itself_is_refused(control, method, path, body, status) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        control(method, path, body)
    caught.value.close()
    assert caught.value.code == status


def test_the_query_protocol_of_cloudwatch_is_refused_not_answered_by_moto(aws) -> None:
    """moto would answer ListMetrics with an empty list."""
    scope = "AK/20261122/eu-west-1/monitoring/aws4_request"
    request = urllib.request.Request(aws.url, b"Action=ListMetrics&Version=2010-08-01")
    request.add_header("Authorization", f"AWS4-HMAC-SHA256 Credential={scope}, Signature=0")
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request)
    assert b"speaks AWS JSON 1.0" in caught.value.read()
    caught.value.close()


def test_a_connection_stays_open(aws) -> None:
    host, port = aws.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        for _ in range(3):
            connection.sendall(b"GET /_standin/faults HTTP/1.1\r\nHost: x\r\n\r\n")
            answer = b""
            while not answer.endswith(b"\r\n\r\n[]"):
                answer += connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 200")
