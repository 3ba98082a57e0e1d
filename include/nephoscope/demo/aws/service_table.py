"""The table of services: which namespaces there are beside AWS/EC2, and what each one measures.

`nephoscope.demo.aws.services` says what the columns mean. Units, dimensions and native periods are
AWS's; sizes are made up.
"""

from __future__ import annotations

from nephoscope.demo.aws.services import Metric, Service

_ZONES = ("AvailabilityZone", ("{region}a", "{region}b", "{region}c"))
_TARGETS = ("TargetGroup", ("targetgroup/{name}-1/{id}", "targetgroup/{name}-2/{id}"))
_BALANCER = "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{value}"
_MILLI, _MICRO = 10**3, 10**6

SERVICES = (
    Service(
        "AWS/EBS",
        "vol",
        1,
        "VolumeId",
        "vol-0{id}",
        "arn:aws:ec2:{region}:{account}:volume/{value}",
        (
            Metric("VolumeReadBytes", "Bytes", 10**5, 10**7),
            Metric("VolumeWriteBytes", "Bytes", 10**5, 10**7),
            Metric("VolumeReadOps", "Count", 20, 2000),
            Metric("VolumeWriteOps", "Count", 20, 2000),
            Metric("VolumeTotalWriteTime", "Seconds", 10**4, 10**6, _MICRO),
            Metric("VolumeQueueLength", "Count", 10, 900, _MILLI),
            Metric("BurstBalance", "Percent", 60_000, 95_000, _MILLI, swing=0, noise=64),
        ),
    ),
    Service(
        "AWS/RDS",
        "db",
        10,
        "DBInstanceIdentifier",
        "{name}",
        "arn:aws:rds:{region}:{account}:db:{value}",
        (
            Metric("CPUUtilization", "Percent", 3000, 16_000, _MILLI),
            Metric("DatabaseConnections", "Count", 5, 60),
            Metric("FreeableMemory", "Bytes", 10**9, 32 * 10**9, swing=0, noise=64),
            Metric("FreeStorageSpace", "Bytes", 10**10, 10**11, swing=0, noise=16),
            Metric("ReadIOPS", "Count/Second", 10**4, 10**6, _MILLI),
            Metric("WriteIOPS", "Count/Second", 10**4, 10**6, _MILLI),
            Metric("ReadLatency", "Seconds", 200, 2000, _MICRO),
            Metric("WriteLatency", "Seconds", 400, 4000, _MICRO),
        ),
    ),
    Service(
        "AWS/ApplicationELB",
        "alb",
        10,
        "LoadBalancer",
        "app/{name}/{id}",
        _BALANCER,
        (
            Metric("RequestCount", "Count", 50, 4000),
            Metric("TargetResponseTime", "Seconds", 5000, 80_000, _MICRO),
            Metric("HTTPCode_Target_2XX_Count", "Count", 50, 4000),
            Metric("HTTPCode_Target_5XX_Count", "Count", 1, 9, share=40),
            Metric("HTTPCode_ELB_5XX_Count", "Count", 1, 9, share=20, levels=(0, 2)),
            Metric("ActiveConnectionCount", "Count", 20, 900, levels=(0, 2)),
            Metric("ProcessedBytes", "Bytes", 10**6, 5 * 10**7, levels=(0, 2)),
            Metric("HealthyHostCount", "Count", 3, 9, swing=0, levels=(1,)),
            Metric("UnHealthyHostCount", "Count", 0, 1, swing=0, levels=(1,)),
        ),
        axes=(_TARGETS, _ZONES),
        levels=((), (0,), (1,)),
    ),
    Service(
        "AWS/NetworkELB",
        "nlb",
        10,
        "LoadBalancer",
        "net/{name}/{id}",
        _BALANCER,
        (
            Metric("ActiveFlowCount", "Count", 20, 2000, levels=(0, 2)),
            Metric("NewFlowCount", "Count", 20, 5000, levels=(0, 2)),
            Metric("ProcessedBytes", "Bytes", 10**6, 5 * 10**7, levels=(0, 2)),
            Metric("ProcessedPackets", "Count", 10**4, 10**5, levels=(0, 2)),
            Metric("TCP_Target_Reset_Count", "Count", 1, 20, levels=(0, 2)),
            Metric("HealthyHostCount", "Count", 1, 4, swing=0, levels=(1,)),
            Metric("UnHealthyHostCount", "Count", 0, 1, swing=0, levels=(1,)),
        ),
        axes=(_TARGETS, _ZONES),
        levels=((), (0,), (1,)),
    ),
    Service(
        "AWS/Lambda",
        "fn",
        10,
        "FunctionName",
        "{name}",
        "arn:aws:lambda:{region}:{account}:function:{value}",
        (
            Metric("Invocations", "Count", 5, 600),
            Metric("Duration", "Milliseconds", 8000, 900_000, _MILLI),
            Metric("ConcurrentExecutions", "Count", 1, 40),
            Metric("Errors", "Count", 1, 5, share=24),
            Metric("Throttles", "Count", 1, 9, share=8),
        ),
        busy=768,
    ),
    Service(
        "AWS/SQS",
        "queue",
        10,
        "QueueName",
        "{name}",
        "arn:aws:sqs:{region}:{account}:{value}",
        (
            Metric("NumberOfMessagesSent", "Count", 10, 2000),
            Metric("NumberOfMessagesReceived", "Count", 10, 2000),
            Metric("NumberOfMessagesDeleted", "Count", 10, 2000),
            Metric("SentMessageSize", "Bytes", 500, 20_000, swing=0),
            Metric("ApproximateNumberOfMessagesVisible", "Count", 0, 500),
            Metric("ApproximateAgeOfOldestMessage", "Seconds", 1, 300),
        ),
    ),
    Service(
        "AWS/DynamoDB",
        "table",
        10,
        "TableName",
        "{name}",
        "arn:aws:dynamodb:{region}:{account}:table/{value}",
        (
            Metric("ConsumedReadCapacityUnits", "Count", 500, 90_000, 2, levels=(0,)),
            Metric("ConsumedWriteCapacityUnits", "Count", 100, 9000, levels=(0,)),
            Metric("ReadThrottleEvents", "Count", 1, 30, share=16, levels=(0,)),
            Metric("SuccessfulRequestLatency", "Milliseconds", 900, 9000, _MILLI, levels=(1,)),
            Metric("ThrottledRequests", "Count", 1, 30, share=16, levels=(1,)),
        ),
        axes=(("Operation", ("GetItem", "PutItem", "Query")),),
        levels=((), (0,)),
        busy=960,
    ),
    Service(
        "AWS/S3",
        "bucket",
        25,
        "BucketName",
        "{name}-{id}",
        "arn:aws:s3:::{value}",
        (
            Metric("BucketSizeBytes", "Bytes", 2**40, 2**43, parts=(0, 1, 2), grows=True),
            Metric("NumberOfObjects", "Count", 5000, 40_000, parts=(3,), grows=True),
        ),
        axes=(
            (
                "StorageType",
                ("StandardStorage", "StandardIAStorage", "GlacierStorage", "AllStorageTypes"),
            ),
        ),
        levels=((0,),),
        native=86_400,
    ),
    Service(
        "Custom/Orders",
        "shop",
        10,
        "Shop",
        "{odd} {number}",
        "",
        (
            Metric("Orders.Placed per minute", "Count", 5, 600),
            Metric("Basket Value (EUR)", "None", 10**4, 10**5, _MILLI),
            Metric("Items.per Order", "Count", 1000, 4000, _MILLI, swing=0),
            Metric("Orders.Lost", "Count", 1, 5, share=32),
            Metric("Checkout Time", "Milliseconds", 20_000, 800_000, _MILLI),
        ),
        axes=(("Channel", ('the "shop"', "app/iOS")),),
        levels=((), (0,)),
    ),
)
