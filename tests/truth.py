"""What CloudWatch must hold of the demo fleet, computed again in plain Python.

It follows the specification in the docstring of `nephoscope.demo.aws.fleet` and shares no code with
it, so that a value that stands in Elasticsearch can be compared with one that never went through
the stand-in. Names are those of the specification. `truth_services` has all other namespaces,
`truth_timing` what is shown of a value while it is late.

    fleet = truth.instances(seed=7, count=50, anchor=date(2026, 11, 22))
    truth.value(fleet[0], "CPUUtilization", "Average", 300, timestamp)    # seconds since 1970
"""

from array import array
from calendar import timegm
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from math import ceil

import truth_lives

MASK = (1 << 64) - 1
MISSING = -1
METRICS = (
    "CPUUtilization",
    "NetworkIn",
    "NetworkOut",
    "NetworkPacketsIn",
    "NetworkPacketsOut",
    "EBSReadBytes",
    "EBSWriteBytes",
    "StatusCheckFailed",
    "StatusCheckFailed_Instance",
    "StatusCheckFailed_System",
    "CPUCreditBalance",
    "CPUCreditUsage",
)
CREDITS = {"t3.micro": 288, "t3.medium": 576}
TRAFFIC = [(20000, 150000)] * 2 + [(100, 600)] * 2 + [(5000, 200000), (20000, 200000)]
RATES = dict(enumerate(TRAFFIC, 1))
SHAPES = {
    "hot": [(48000, 52000), (46000, 46000), (3000, 3000), (0, 0)],
    "idle": [(500, 1500), (0, 800), (300, 300), (0, 0)],
    "normal": [(2000, 14000), (16000, 45000), (1000, 6000), (2000, 12000)],
}


def mix(x):
    x = (x + 0x9E3779B97F4A7C15) & MASK
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & MASK
    return x ^ (x >> 31)


@dataclass(frozen=True)
class Instance:
    key: int
    id: str
    role: str
    detailed: bool
    region: str
    zone: str
    app: str
    env: str
    type: str
    name: str
    group: str
    launched: int
    stopped: int | None
    started: int | None
    ended: int | None
    event: int

    def __hash__(self):
        return hash(self.key)

    def draw(self, n):
        return mix(self.key ^ n)

    def pick(self, n, lo, hi):
        return lo + self.draw(n) % (hi - lo + 1)

    @property
    def last(self):
        return self.ended or (None if self.started else self.stopped)

    @property
    def metrics(self):
        return METRICS if self.type in CREDITS else METRICS[:10]


def instances(seed, count, anchor: date):
    """Return the facts of all instances of a fleet, by their number."""
    midnight = timegm(anchor.timetuple())
    fleet = [instance(mix(mix(seed) ^ i), i, midnight) for i in range(count)]
    return [*fleet[:2], *truth_lives.replaced(fleet)]


def instance(key, i, midnight):
    def draw(n):
        return mix(key ^ n)

    role = truth_lives.ROLES.get(i % 50, "normal")
    region = ("eu-west-1", "us-east-1")[i % 2]
    app = ("web", "api", "worker", "db", "cache", "batch")[draw(2) % 6]
    env = "staging" if draw(3) % 4 == 0 else "prod"
    types = ("m5.large", "t3.micro", "c6i.xlarge", "t3.medium", "r6i.large", "m6i.xlarge")
    young = role == "normal" and draw(6) % 8 == 0
    age = 20 + draw(7) % 70 if young else 460 + draw(7) % 1300
    return Instance(
        key=key,
        id="i-0" + format(draw(1), "016x"),
        role=role,
        detailed=i % 20 in {0, 11},
        region=region,
        zone=region + "abc"[draw(5) % 3],
        app=app,
        env=env,
        type=types[draw(4) % 6],
        name=f"{app}-{env}-{i + 1:03d}",
        group=f"group-{i // 20:04d}",
        launched=midnight - 86400 * age + draw(15) % 86400,
        **truth_lives.ends(role, midnight, draw),
        event=60 * (draw(14) % 20),
    )


def native(one, metric):
    """Return the native period of a metric in seconds."""
    return 60 if one.detailed and not metric.startswith("CPUCredit") else 300


def value(one, metric, statistic, period, timestamp):
    """Return the statistic over the period that begins at the timestamp.

    Args:
        one: an instance.
        metric: its name in CloudWatch.
        statistic: Average, Sum, Minimum, Maximum, SampleCount or a percentile such as p99.9.
        period: seconds.
        timestamp: seconds since 1970, a multiple of 60.

    Returns:
        The value, or None where CloudWatch has no such point.
    """
    unit = native(one, metric)
    if metric not in one.metrics or period % unit:
        return None
    first = -(-timestamp // unit) * unit // 60
    held = [sample for sample in minutes(one, metric, first, period // 60) if sample != MISSING]
    return reduce(held, statistic) if held else None


def reduce(held, statistic, scale=1000):
    if statistic == "Sum":
        return sum(held) / scale
    if statistic == "Average":
        return sum(held) / (scale * len(held))
    if statistic == "SampleCount":
        return float(len(held))
    if statistic in {"Minimum", "Maximum"}:
        return (min if statistic == "Minimum" else max)(held) / scale
    rank = max(1, ceil(len(held) * Fraction(statistic[1:]) / 100))
    return sorted(held)[rank - 1] / scale


def minutes(one, metric, first, count):
    """Return the samples of so many minutes, MISSING where there is none."""
    found = []
    while count:
        day, begin = divmod(first, 1440)
        end = min(1440, begin + count)
        found += samples(one, metric, day)[begin:end]
        first += end - begin
        count -= end - begin
    return found


@lru_cache(maxsize=8192)
def samples(one, metric, day):
    """Return the samples of a UTC day, thousandths."""
    compute = sampler(one, METRICS.index(metric), day)
    step = 5 if metric.startswith("CPUCredit") else 1
    return array(
        "q",
        (
            compute(m) if m % step == 0 and exists(one, m) else MISSING
            for m in range(day * 1440, day * 1440 + 1440)
        ),
    )


def exists(one, m):
    gap = one.role == "gap" and one.event <= m % 1440 < one.event + 180
    return truth_lives.runs(one, 60 * m) and not gap


def sampler(one, k, day):
    """Return the function that computes a sample of metric k from its minute."""
    start = day * 1440
    h = one.draw(100 + k)
    if k == 0:
        noise = one.pick(11, *SHAPES.get(one.role, SHAPES["normal"])[2])
        return lambda m: cpu(loads(one, day)[m - start], mix(h ^ m), noise)
    if k <= 6:
        lo, hi = RATES[k]
        rate = lo // 40 if one.role == "idle" else one.pick(20 + k, lo, hi)
        return lambda m: (
            1000 * ((loads(one, day)[m - start] * rate * (768 + (mix(h ^ m) & 511))) >> 20)
        )
    if k <= 9:
        fails = one.role in {7: ("failing", "system"), 8: ("failing",), 9: ("system",)}[k]
        begin = one.event if fails else 10**9
        return lambda m: 1000 if begin <= m % 1440 < begin + 180 else 0
    if k == 10:
        cap = CREDITS[one.type]
        return lambda m: 1000 * cap - ((400 * cap * hump_times_level(one, m)) >> 18)
    return lambda m: loads(one, day)[m - start] // 10


def cpu(load, h, noise):
    n = (h & 1023) + ((h >> 10) & 1023) - 1023
    return min(100000, max(0, load + ((n * noise) >> 10)))


@lru_cache(maxsize=1024)
def loads(one, day):
    """Return the load in each minute of a UTC day."""
    limits = SHAPES.get(one.role, SHAPES["normal"])
    base, swing, _, burst = (one.pick(9 + n, *limit) for n, limit in enumerate(limits))
    return [
        base + ((swing * hump_times_level(one, m)) >> 18) + spike(one, m // 15, burst)
        for m in range(day * 1440, day * 1440 + 1440)
    ]


def hump_times_level(one, m):
    delay = one.pick(8, 0, 120) + (300 if one.region == "us-east-1" else 0)
    local_day, d = divmod(m - delay, 1440)
    hump = d * (1440 - d) * 1024 // 518400
    if one.role == "hot":
        return hump * 256
    if (local_day + 3) % 7 >= 5:
        hump = (hump * 3) >> 3
    return hump * (192 + (one.draw(2**32 + local_day) & 127))


def spike(one, block, burst):
    b = one.draw(2**33 + block)
    return (((b >> 8) & 1023) * burst) >> 10 if b & 63 == 0 else 0
