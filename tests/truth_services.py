"""What CloudWatch must hold beside the demo's instances, computed again in plain Python.

It follows the specification in the docstring of `nephoscope.demo.aws.services` and shares no code
with it; `truth` has the instances. Names are those of the specification.

    for series in truth_services.series(seed=7, count=50, anchor=date(2026, 11, 22)):
        truth_services.value(series, "Average", 300, timestamp)    # seconds since 1970
"""

from calendar import timegm
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from truth import instances, mix, reduce

ODD = [
    "O\"Brien's <b>Käse</b> & Co",
    "北京/门店 №1",
    "a/b\\c?d=e&f#g%20",
    "=SUM(A1:A9)",
    "../../etc/passwd",
    "{{ ds }} ${HOME} $x^2$",
]
ZONES = ("AvailabilityZone", ["{region}a", "{region}b", "{region}c"])
TARGETS = ("TargetGroup", ["targetgroup/{name}-1/{id}", "targetgroup/{name}-2/{id}"])
TAGS = ("name", "app", "env")
LEVELS = [(), (0,), (1,)]
STORAGE = ["StandardStorage", "StandardIAStorage", "GlacierStorage", "AllStorageTypes"]
BALANCER = "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{value}"
OPERATIONS = ("Operation", ["GetItem", "PutItem", "Query"])
CHANNELS = ("Channel", ['the "shop"', "app/iOS"])

# namespace, word, one_in, dimension, pattern of its value, axes, levels
SERVICES = [
    ("AWS/EBS", "vol", 1, "VolumeId", "vol-0{id}", [], [()]),
    ("AWS/RDS", "db", 10, "DBInstanceIdentifier", "{name}", [], [()]),
    ("AWS/ApplicationELB", "alb", 10, "LoadBalancer", "app/{name}/{id}", [TARGETS, ZONES], LEVELS),
    ("AWS/NetworkELB", "nlb", 10, "LoadBalancer", "net/{name}/{id}", [TARGETS, ZONES], LEVELS),
    ("AWS/Lambda", "fn", 10, "FunctionName", "{name}", [], [()]),
    ("AWS/SQS", "queue", 10, "QueueName", "{name}", [], [()]),
    ("AWS/DynamoDB", "table", 10, "TableName", "{name}", [OPERATIONS], [(), (0,)]),
    ("AWS/S3", "bucket", 25, "BucketName", "{name}-{id}", [("StorageType", STORAGE)], [(0,)]),
    ("Custom/Orders", "shop", 10, "Shop", "{odd} {number}", [CHANNELS], [(), (0,)]),
]
NATIVE = {"AWS/S3": 86400}  # else 60
BUSY = {"AWS/Lambda": 768, "AWS/DynamoDB": 960}  # else 1024
ARNS = {
    "AWS/EBS": "arn:aws:ec2:{region}:{account}:volume/{value}",
    "AWS/RDS": "arn:aws:rds:{region}:{account}:db:{value}",
    "AWS/ApplicationELB": BALANCER,
    "AWS/NetworkELB": BALANCER,
    "AWS/Lambda": "arn:aws:lambda:{region}:{account}:function:{value}",
    "AWS/SQS": "arn:aws:sqs:{region}:{account}:{value}",
    "AWS/DynamoDB": "arn:aws:dynamodb:{region}:{account}:table/{value}",
    "AWS/S3": "arn:aws:s3:::{value}",
    "Custom/Orders": "",
}

# name, unit, low, high, scale; what is not the default: swing 3, noise 512, share 1024, all levels
METRICS = {
    "AWS/EBS": [
        ("VolumeReadBytes", "Bytes", 100_000, 10_000_000, 1, {}),
        ("VolumeWriteBytes", "Bytes", 100_000, 10_000_000, 1, {}),
        ("VolumeReadOps", "Count", 20, 2000, 1, {}),
        ("VolumeWriteOps", "Count", 20, 2000, 1, {}),
        ("VolumeTotalWriteTime", "Seconds", 10_000, 1_000_000, 1_000_000, {}),
        ("VolumeQueueLength", "Count", 10, 900, 1000, {}),
        ("BurstBalance", "Percent", 60_000, 95_000, 1000, {"swing": 0, "noise": 64}),
    ],
    "AWS/RDS": [
        ("CPUUtilization", "Percent", 3000, 16_000, 1000, {}),
        ("DatabaseConnections", "Count", 5, 60, 1, {}),
        ("FreeableMemory", "Bytes", 10**9, 32 * 10**9, 1, {"swing": 0, "noise": 64}),
        ("FreeStorageSpace", "Bytes", 10**10, 10**11, 1, {"swing": 0, "noise": 16}),
        ("ReadIOPS", "Count/Second", 10_000, 1_000_000, 1000, {}),
        ("WriteIOPS", "Count/Second", 10_000, 1_000_000, 1000, {}),
        ("ReadLatency", "Seconds", 200, 2000, 1_000_000, {}),
        ("WriteLatency", "Seconds", 400, 4000, 1_000_000, {}),
    ],
    "AWS/ApplicationELB": [
        ("RequestCount", "Count", 50, 4000, 1, {}),
        ("TargetResponseTime", "Seconds", 5000, 80_000, 1_000_000, {}),
        ("HTTPCode_Target_2XX_Count", "Count", 50, 4000, 1, {}),
        ("HTTPCode_Target_5XX_Count", "Count", 1, 9, 1, {"share": 40}),
        ("HTTPCode_ELB_5XX_Count", "Count", 1, 9, 1, {"share": 20, "levels": (0, 2)}),
        ("ActiveConnectionCount", "Count", 20, 900, 1, {"levels": (0, 2)}),
        ("ProcessedBytes", "Bytes", 1_000_000, 50_000_000, 1, {"levels": (0, 2)}),
        ("HealthyHostCount", "Count", 3, 9, 1, {"swing": 0, "levels": (1,)}),
        ("UnHealthyHostCount", "Count", 0, 1, 1, {"swing": 0, "levels": (1,)}),
    ],
    "AWS/NetworkELB": [
        ("ActiveFlowCount", "Count", 20, 2000, 1, {"levels": (0, 2)}),
        ("NewFlowCount", "Count", 20, 5000, 1, {"levels": (0, 2)}),
        ("ProcessedBytes", "Bytes", 1_000_000, 50_000_000, 1, {"levels": (0, 2)}),
        ("ProcessedPackets", "Count", 10_000, 100_000, 1, {"levels": (0, 2)}),
        ("TCP_Target_Reset_Count", "Count", 1, 20, 1, {"levels": (0, 2)}),
        ("HealthyHostCount", "Count", 1, 4, 1, {"swing": 0, "levels": (1,)}),
        ("UnHealthyHostCount", "Count", 0, 1, 1, {"swing": 0, "levels": (1,)}),
    ],
    "AWS/Lambda": [
        ("Invocations", "Count", 5, 600, 1, {}),
        ("Duration", "Milliseconds", 8000, 900_000, 1000, {}),
        ("ConcurrentExecutions", "Count", 1, 40, 1, {}),
        ("Errors", "Count", 1, 5, 1, {"share": 24}),
        ("Throttles", "Count", 1, 9, 1, {"share": 8}),
    ],
    "AWS/SQS": [
        ("NumberOfMessagesSent", "Count", 10, 2000, 1, {}),
        ("NumberOfMessagesReceived", "Count", 10, 2000, 1, {}),
        ("NumberOfMessagesDeleted", "Count", 10, 2000, 1, {}),
        ("SentMessageSize", "Bytes", 500, 20_000, 1, {"swing": 0}),
        ("ApproximateNumberOfMessagesVisible", "Count", 0, 500, 1, {}),
        ("ApproximateAgeOfOldestMessage", "Seconds", 1, 300, 1, {}),
    ],
    "AWS/DynamoDB": [
        ("ConsumedReadCapacityUnits", "Count", 500, 90_000, 2, {"levels": (0,)}),
        ("ConsumedWriteCapacityUnits", "Count", 100, 9000, 1, {"levels": (0,)}),
        ("ReadThrottleEvents", "Count", 1, 30, 1, {"share": 16, "levels": (0,)}),
        ("SuccessfulRequestLatency", "Milliseconds", 900, 9000, 1000, {"levels": (1,)}),
        ("ThrottledRequests", "Count", 1, 30, 1, {"share": 16, "levels": (1,)}),
    ],
    "AWS/S3": [
        ("BucketSizeBytes", "Bytes", 2**40, 2**43, 1, {"grows": True, "parts": (0, 1, 2)}),
        ("NumberOfObjects", "Count", 5000, 40_000, 1, {"grows": True, "parts": (3,)}),
    ],
    "Custom/Orders": [
        ("Orders.Placed per minute", "Count", 5, 600, 1, {}),
        ("Basket Value (EUR)", "None", 10_000, 100_000, 1000, {}),
        ("Items.per Order", "Count", 1000, 4000, 1000, {"swing": 0}),
        ("Orders.Lost", "Count", 1, 5, 1, {"share": 32}),
        ("Checkout Time", "Milliseconds", 20_000, 800_000, 1000, {}),
    ],
}


@dataclass(frozen=True)
class Series:
    """One series: whose it is, its metric's row of the table, and the keys of its parts."""

    namespace: str
    metric: str
    k: int
    dimensions: tuple
    region: str
    arn: str
    tags: tuple
    keys: tuple
    native: int
    busy: int
    created: int
    ended: float
    fast: int
    planted: int = 0


def series(seed, count, anchor, account="123456789012"):
    """Return all series of a fleet but those of its instances."""
    fleet = instances(seed, count, anchor)
    for s, service in enumerate(SERVICES, 1):
        for j in range(max(1, count // service[2]) if count else 0):
            key = mix(mix(seed) ^ (s * 2**32 + j))
            owner = fleet[j] if service[0] == "AWS/EBS" else None
            yield from of_resource(service, key, j, timegm(anchor.timetuple()), account, owner)


def of_resource(service, key, j, midnight, account, owner):
    """Return the series of one resource."""
    namespace, word, _, dimension, pattern, axes, levels = service
    draw = [mix(key ^ n) for n in range(20)]
    facts = facts_of(word, j, draw, account)
    facts["value"] = pattern.format(**facts)
    age = 20 + draw[7] % 70 if draw[6] % 8 == 0 else 460 + draw[7] % 1300
    tags = tuple((tag.capitalize() if tag == "name" else tag, facts[tag]) for tag in TAGS)
    whole = {
        "namespace": namespace,
        "region": facts["region"],
        "arn": ARNS[namespace].format(**facts),
        "tags": () if draw[17] % 10 == 0 else tags,
        "native": NATIVE.get(namespace, 60),
        "busy": BUSY.get(namespace, 1024),
        "created": owner.launched if owner else midnight - 86400 * age + draw[15] % 86400,
        "fast": midnight - 3 * 86400 if j == 1 else 2**40,
        "ended": (owner and owner.last) or float("inf"),
    }
    parts = list(product(*([one.format(**facts) for one in values] for _, values in axes)))
    for k, (name, *_, more) in enumerate(METRICS[namespace]):
        for level in more.get("levels", range(len(levels))):
            members = {}
            for q in more.get("parts", range(len(parts))):
                at = [(axes[a][0], parts[q][a]) for a in levels[level]]
                named = tuple(sorted([(dimension, facts["value"]), *at]))
                members.setdefault(named, []).append(mix(key ^ (500 + q)))
            for dimensions, keys in members.items():
                yield Series(metric=name, k=k, dimensions=dimensions, keys=tuple(keys), **whole)


def facts_of(word, j, draw, account):
    """Return what the patterns are filled with."""
    app = ("web", "api", "worker", "db", "cache", "batch")[draw[2] % 6]
    env = "staging" if draw[3] % 4 == 0 else "prod"
    number = f"{j + 1:03d}"
    return {
        "app": app,
        "env": env,
        "name": f"{app}-{env}-{word}-{number}",
        "id": format(draw[1], "016x"),
        "number": number,
        "odd": ODD[j % 6],
        "region": ("eu-west-1", "us-east-1")[j % 2],
        "account": account,
    }


def unit(one):
    return METRICS[one.namespace][one.k][1]


def value(one, statistic, period, timestamp):
    """Return the statistic over the period that begins at the timestamp, None if there is none."""
    if period % one.native:
        return None
    first = -(-timestamp // one.native) * one.native // 60
    minutes = range(first, first + period // 60, one.native // 60)
    held = [
        found for key in one.keys for m in minutes if (found := sample(one, key, m)) is not None
    ]
    return reduce(held, statistic, METRICS[one.namespace][one.k][4]) if held else None


@lru_cache(maxsize=1 << 18)
def sample(one, key, m):
    """Return the sample of a part in a minute, None if there is none."""
    _, _, low, high, _, more = METRICS[one.namespace][one.k]
    if 60 * m < one.created or m < 0 or m >= one.ended // 60:
        return None
    if mix(mix(key ^ 97) ^ (m // 15)) % 1024 >= one.busy:
        return None
    if mix(mix(key ^ (300 + one.k)) ^ m) % 1024 >= more.get("share", 1024):
        return None
    size = low + mix(key ^ (200 + one.k)) % (high - low + 1)
    if one.metric == "NumberOfObjects":
        size = one.planted or size
    h = mix(mix(key ^ (100 + one.k)) ^ m)
    if "grows" in more:
        slowly = size + (size >> 10) * ((60 * m - one.created) // 86400) + h % (size >> 12)
        return slowly + (size >> 4) * max(0, 1 + (60 * m - one.fast) // 86400)
    noise = more.get("noise", 512)
    tide = 2**18 + more.get("swing", 3) * hump_times_level(one, key, m)
    return (((size * tide) >> 18) * (1024 - noise // 2 + h % noise)) >> 10


def hump_times_level(one, key, m):
    delay = mix(key ^ 8) % 121 + (300 if one.region == "us-east-1" else 0)
    day, d = divmod(m - delay, 1440)
    hump = d * (1440 - d) * 1024 // 518400
    if (day + 3) % 7 >= 5:
        hump = (hump * 3) >> 3
    return hump * (192 + (mix(key ^ (2**32 + day)) & 127))
