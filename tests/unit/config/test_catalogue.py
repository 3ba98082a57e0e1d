"""The catalogue says of each namespace what AWS's documents say."""

import pytest
import yaml
from pydantic import TypeAdapter

from nephoscope.config.catalogue import catalogue, dense, tagged_by
from nephoscope.config.collections import Collection, load_collections
from nephoscope.config.settings import ROOT
from nephoscope.config.values import Statistics

STATISTICS = TypeAdapter(Statistics)


@pytest.mark.parametrize("namespace", catalogue())
def test_each_metric_can_be_asked(namespace):
    for metric in catalogue()[namespace].metrics.values():
        assert STATISTICS.validate_python(metric.statistics) == metric.statistics
        assert metric.period % 60 == 0
        assert metric.basic in {None, 300}


@pytest.mark.parametrize(
    ("namespace", "metric", "expected"),
    [
        ("AWS/EC2", "CPUUtilization", True),
        ("AWS/RDS", "FreeStorageSpace", True),
        ("AWS/S3", "BucketSizeBytes", True),
        ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", False),
        ("AWS/Lambda", "Throttles", False),
        ("AWS/DynamoDB", "ReadThrottleEvents", False),
        ("AWS/SQS", "NumberOfMessagesSent", False),
        ("AWS/EC2", "NewerThanTheCatalogue", False),
        ("Custom/App", "Latency", False),
    ],
)
def test_what_may_have_no_point_is_not_dense(namespace, metric, expected):
    assert dense(namespace, metric) is expected


@pytest.mark.parametrize(
    ("namespace", "arn", "expected"),
    [
        ("AWS/EBS", "arn:aws:ec2:eu-west-1:1:volume/vol-1", {"VolumeId": "vol-1"}),
        ("AWS/EBS", "arn:aws:ec2:eu-west-1:1:snapshot/snap-1", None),
        ("AWS/RDS", "arn:aws-cn:rds:cn-north-1:1:db:main", {"DBInstanceIdentifier": "main"}),
        ("AWS/RDS", "arn:aws:rds:eu-west-1:1:cluster:main", None),
        (
            "AWS/ApplicationELB",
            "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/50dc",
            {"LoadBalancer": "app/web/50dc"},
        ),
        (
            "AWS/ApplicationELB",
            "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/web/50dc",
            None,
        ),
        (
            "AWS/NetworkELB",
            "arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/web/50dc",
            {"LoadBalancer": "net/web/50dc"},
        ),
        ("AWS/Lambda", "arn:aws:lambda:eu-west-1:1:function:f", {"FunctionName": "f"}),
        ("AWS/SQS", "arn:aws:sqs:eu-west-1:1:orders.fifo", {"QueueName": "orders.fifo"}),
        ("AWS/DynamoDB", "arn:aws:dynamodb:eu-west-1:1:table/t", {"TableName": "t"}),
        ("AWS/DynamoDB", "arn:aws:dynamodb:eu-west-1:1:table/t/stream/2026", None),
        ("AWS/S3", "arn:aws:s3:::logs", {"BucketName": "logs"}),
        ("AWS/EC2", "arn:aws:ec2:eu-west-1:1:instance/i-1", None),
    ],
)
def test_dimensions_are_read_from_an_arn(namespace, arn, expected):
    found = catalogue()[namespace].dimensions_of(arn)
    assert found == (expected and tuple(expected.items()))


@pytest.mark.parametrize("namespace", catalogue())
def test_each_namespaces_tags_are_found_by_its_dimensions(namespace):
    assert tagged_by(namespace)
    assert tagged_by(namespace) <= set(catalogue()[namespace].dimensions)


def test_a_namespace_out_of_the_catalogue_is_not_tagged():
    assert not tagged_by("Custom/App")


def test_every_running_instance_publishes_these():
    metrics = catalogue()["AWS/EC2"].metrics
    assert {name for name, metric in metrics.items() if metric.always} == {
        "CPUUtilization",
        "NetworkIn",
        "NetworkOut",
        "NetworkPacketsIn",
        "NetworkPacketsOut",
        "StatusCheckFailed",
        "StatusCheckFailed_Instance",
        "StatusCheckFailed_System",
    }


def test_a_ready_entry_is_what_the_shipped_one_says():
    shipped = load_collections(ROOT / "include" / "collections.yaml").collections["ec2"]
    ready = Collection(namespace="AWS/EC2")
    assert set(ready.names) == set(shipped.names)
    assert all(ready.asked(name) == shipped.asked(name) for name in ready.names)
    assert (ready.every, ready.settle, ready.period) == (
        shipped.every,
        shipped.settle,
        shipped.period,
    )


@pytest.mark.parametrize(
    ("said", "of_storage"),
    [
        ("", True),
        ("metrics: {NumberOfObjects: }", True),
        ('metrics: {"*": }', True),
        ("dimensions: [BucketName, FilterId], metrics: {AllRequests: }", False),
        ("dimensions: any", False),
    ],
)
def test_of_s3_only_what_has_a_storage_type_is_of_storage(said, of_storage):
    entry = yaml.safe_load(f"{{namespace: AWS/S3, {said}}}")
    assert Collection.model_validate(entry).of_storage is of_storage


def test_no_other_namespace_of_the_catalogue_is_of_storage():
    entries = {name: Collection(namespace=name) for name in catalogue()}
    assert {name for name, entry in entries.items() if entry.of_storage} == {"AWS/S3"}
