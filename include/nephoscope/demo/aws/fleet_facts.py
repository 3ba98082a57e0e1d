"""The facts of the demo fleet's instances, as `nephoscope.demo.aws.fleet` specifies them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

ACCOUNT = "123456789012"
NAMESPACE = "AWS/EC2"
REGIONS = ("eu-west-1", "us-east-1")
APPS = ("web", "api", "worker", "db", "cache", "batch")
TYPES = ("m5.large", "t3.micro", "c6i.xlarge", "t3.medium", "r6i.large", "m6i.xlarge")
CREDITS = {"t3.micro": 288, "t3.medium": 576}
METRICS = {
    "CPUUtilization": "Percent",
    "NetworkIn": "Bytes",
    "NetworkOut": "Bytes",
    "NetworkPacketsIn": "Count",
    "NetworkPacketsOut": "Count",
    "EBSReadBytes": "Bytes",
    "EBSWriteBytes": "Bytes",
    "StatusCheckFailed": "Count",
    "StatusCheckFailed_Instance": "Count",
    "StatusCheckFailed_System": "Count",
    "CPUCreditBalance": "Count",
    "CPUCreditUsage": "Count",
}
"""Every metric with its unit; a metric's place is its number in the specification."""

CREDIT_METRICS = ("CPUCreditBalance", "CPUCreditUsage")
RATES = ((20000, 150000),) * 2 + ((100, 600),) * 2 + ((5000, 200000), (20000, 200000))
EVENT_MINUTES = 180
GROUP_SIZE = 20

_WORD = 2**64 - 1


class Role(StrEnum):
    """What was planted in an instance."""

    NORMAL = "normal"
    HOT = "hot"
    IDLE = "idle"
    FAILING = "failing"
    STOPPED = "stopped"
    GAP = "gap"
    SYSTEM = "system"
    RESTARTED = "restarted"
    REPLACED = "replaced"
    TERMINATED = "terminated"
    REPLACEMENT = "replacement"


_PLANTED = (Role.NORMAL, Role.HOT, Role.IDLE, Role.IDLE, Role.IDLE, Role.FAILING, Role.STOPPED)
_LIVES = (Role.SYSTEM, Role.RESTARTED, Role.REPLACED, Role.TERMINATED, Role.REPLACEMENT)
_ROLES = dict(enumerate((*_PLANTED, Role.GAP))) | dict(enumerate(_LIVES, start=44))
_NORMAL = ((2000, 14000), (16000, 45000), (1000, 6000), (2000, 12000))
_SHAPES = {
    Role.HOT: ((48000, 52000), (46000, 46000), (3000, 3000), (0, 0)),
    Role.IDLE: ((500, 1500), (0, 800), (300, 300), (0, 0)),
}


def mix(x: int) -> int:
    """Hash 64 bits to 64 bits: splitmix64's finaliser."""
    x = (x + 0x9E3779B97F4A7C15) & _WORD
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _WORD
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _WORD
    return x ^ (x >> 31)


@dataclass(frozen=True, slots=True)
class Instance:
    """The facts of one instance; times are seconds since 1970, event a minute of the day."""

    index: int
    key: int
    id: str
    name: str
    region: str
    zone: str
    app: str
    env: str
    type: str
    group: str
    role: Role
    detailed: bool
    launched: int
    stopped: int | None
    started: int | None
    ended: int | None
    event: int

    def draw(self, n: int) -> int:
        """Return the instance's n-th 64 random bits."""
        return mix(self.key ^ n)

    def pick(self, n: int, low: int, high: int) -> int:
        """Draw a number of low .. high, both possible."""
        return low + self.draw(n) % (high - low + 1)

    @property
    def last(self) -> int | None:
        """When it ran last, in seconds since 1970; None where it runs on."""
        return self.ended or (self.stopped if self.started is None else None)

    @property
    def shape(self) -> tuple[int, ...]:
        """Base, swing, noise and burst of the load, in thousandths of a percent."""
        limits = _SHAPES.get(self.role, _NORMAL)
        return tuple(self.pick(9 + place, *limit) for place, limit in enumerate(limits))

    @property
    def delay(self) -> int:
        """How many minutes its day begins after midnight UTC."""
        return self.pick(8, 0, 120) + 300 * REGIONS.index(self.region)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that CloudWatch has of it."""
        return tuple(metric for metric in METRICS if self.has(metric))

    def has(self, metric: str) -> bool:
        """Tell whether CloudWatch has a metric of it."""
        return metric in METRICS and (metric not in CREDIT_METRICS or self.type in CREDITS)

    def rate(self, number: int) -> int:
        """Return what one unit of load makes of metric 1 .. 6."""
        low, high = RATES[number - 1]
        return low // 40 if self.role is Role.IDLE else self.pick(20 + number, low, high)


def instance(i: int, root: int, midnight: int, name: str | None = None) -> Instance:
    """Draw the facts of instance i.

    Args:
        i: its number in the fleet.
        root: the mixed seed of the fleet.
        midnight: the anchor, in seconds since 1970.
        name: its Name tag, if not the one that is drawn.
    """
    key = mix(root ^ i)

    def draw(n: int) -> int:
        return mix(key ^ n)

    role = _ROLES.get(i % 50, Role.NORMAL)
    region = REGIONS[i % 2]
    app = APPS[draw(2) % 6]
    env = "staging" if draw(3) % 4 == 0 else "prod"
    young = role is Role.NORMAL and draw(6) % 8 == 0
    age = 20 + draw(7) % 70 if young else 460 + draw(7) % 1300
    one = Instance(
        index=i,
        key=key,
        id=f"i-0{draw(1):016x}",
        name=f"{app}-{env}-{i + 1:03d}" if name is None else name,
        region=region,
        zone=region + "abc"[draw(5) % 3],
        app=app,
        env=env,
        type=TYPES[draw(4) % 6],
        group=f"group-{i // GROUP_SIZE:04d}",
        role=role,
        detailed=i % 20 in {0, 11},
        launched=midnight - 86400 * age + draw(15) % 86400,
        **_ends(role, midnight, draw(14), draw(17)),
        event=60 * (draw(14) % 20),
    )
    return _in_place_of(instance(i - 2, root, midnight), one) if role is Role.REPLACEMENT else one


def _ends(role: Role, midnight: int, when: int, pause: int) -> dict[str, int | None]:
    """Return when an instance is stopped, is started again, and ends; None is never."""
    stopped = started = ended = None
    match role:
        case Role.STOPPED:
            stopped = midnight - 172800 + 21600 + when % 43200
        case Role.RESTARTED:
            stopped = midnight - 86400 + 21600 + when % 14400
            started = stopped + 7200 + pause % 7200
        case Role.REPLACED | Role.TERMINATED:
            ended = midnight - 86400 + 36000 + when % 14400
    return {"stopped": stopped, "started": started, "ended": ended}


def _in_place_of(replaced: Instance, one: Instance) -> Instance:
    """Return an instance as the replacement of another."""
    launched = (replaced.ended or 0) + 300
    return replace(one, launched=launched, name=replaced.name, app=replaced.app, env=replaced.env)
