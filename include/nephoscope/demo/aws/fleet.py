"""A fleet of EC2 instances that never ran: every fact and every value is a closed form.

This docstring is the specification; from it alone any value can be computed again, bit by bit.
`fleet_facts` holds the facts, `fleet_samples` and `fleet_statistics` compute the values in numpy,
and a test compares them with a second implementation in plain Python. All numbers are whole
(Python's int, its floor `//`, `%` and `>>`), but for the one division that ends a statistic.

Hash. mix(x), modulo 2**64, is the finaliser of splitmix64:
    x = x + 0x9E3779B97F4A7C15;  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB;  mix = x ^ (x >> 31)
A fleet has a seed (0 <= seed < 2**64), a count and an anchor, a UTC date whose midnight is A
seconds after 1970's. Instance i in 0 .. count-1 has key = mix(mix(seed) ^ i) and
draw(n) = mix(key ^ n);  pick(n, lo, hi) = lo + draw(n) % (hi - lo + 1).

Facts of instance i.
    role     by i % 50: 1 hot, 2 3 4 idle, 5 failing, 6 stopped, 7 gap, 44 system, 45 restarted,
             46 replaced, 47 terminated, 48 replacement, else normal
    detailed i % 20 in (0, 11)
    region   ("eu-west-1", "us-east-1")[i % 2]; zone = region + "abc"[draw(5) % 3]
    id       "i-0" and draw(1) as 16 hexadecimal digits
    app      (web, api, worker, db, cache, batch)[draw(2) % 6]
    env      staging if draw(3) % 4 == 0, else prod
    type     (m5.large, t3.micro, c6i.xlarge, t3.medium, r6i.large, m6i.xlarge)[draw(4) % 6]
    name     app-env-NNN, NNN = i + 1 with three digits or more; the replacement has the app, env
             and name of the replaced, which is i - 2
    group    "group-NNNN" of i // 20, four digits: its Auto Scaling group, in its region
    age      days: 20 + draw(7) % 70 if it is normal and draw(6) % 8 == 0, else 460 + draw(7) % 1300
    launched A - 86400 * age + draw(15) % 86400; the replacement: ended of i - 2, + 300
    stopped  only if that is its role: A - 172800 + 21600 + draw(14) % 43200;
             restarted: A - 86400 + 21600 + draw(14) % 14400
    started  only if it was restarted: stopped + 7200 + draw(17) % 7200
    ended    only if it was replaced or terminated: A - 86400 + 36000 + draw(14) % 14400
    event    60 * (draw(14) % 20), a minute of the UTC day

Minutes. m counts the minutes since 1970. A sample of minute m exists if 60 * m >= launched, and
not stopped // 60 <= m < started / 60, m < ended // 60, and not (the role is gap and
event <= m % 1440 < event + 180); what it has not lies never. The metrics of CPU credits exist for
t3 types only, in minutes with m % 5 == 0. A sample is whole thousandths.

Load, of the shape of the role:     base          swing         noise       burst        delay
    hot                          48000..52000     46000         3000          0         as normal
    idle                           500..1500      0..800         300          0         as normal
    else (normal)                 2000..14000  16000..45000   1000..6000  2000..12000   0..120
base, swing, noise, burst = pick(9 .. 12, lo, hi); delay = pick(8, 0, 120), + 300 in us-east-1.
    l = m - delay;  D = l // 1440;  d = l % 1440
    hump  = d * (1440 - d) * 1024 // 518400, and on weekends ((D + 3) % 7 >= 5) then hump * 3 >> 3
    level = 192 + (mix(key ^ (2**32 + D)) & 127)        hot: no weekends, and level 256
    b     = mix(key ^ (2**33 + m // 15))
    spike = ((b >> 8) & 1023) * burst >> 10 if b & 63 == 0, else 0
    load  = base + (swing * hump * level >> 18) + spike

Metrics k, with h = mix(draw(100 + k) ^ m):
    0 CPUUtilization    min(100000, max(0, load + (n * noise >> 10))),
                        n = (h & 1023) + ((h >> 10) & 1023) - 1023
    1 NetworkIn, 2 NetworkOut, 3 NetworkPacketsIn, 4 NetworkPacketsOut, 5 EBSReadBytes,
    6 EBSWriteBytes     1000 * (load * rate * (768 + (h & 511)) >> 20), rate = pick(20 + k, lo, hi),
                        lo..hi = 20000..150000 for 1 and 2, 100..600 for 3 and 4,
                        5000..200000 for 5, 20000..200000 for 6; idle: rate = lo // 40
    7 StatusCheckFailed, 8 StatusCheckFailed_Instance, 9 StatusCheckFailed_System
                        1000 if event <= m % 1440 < event + 180 and the role is failing (7 and 8)
                        or system (7 and 9), else 0
    10 CPUCreditBalance 1000 * C - (400 * C * hump * level >> 18), C = 288, t3.medium 576
    11 CPUCreditUsage   load // 10

Statistics. The native period N is 300 s for the credits and for instances that are not detailed,
else 60 s. A period P that is not a multiple of N has no points. The bin at second T, a multiple of
60, holds the samples of minutes m with T' <= 60 * m < T' + P, T' being T rounded up to a multiple
of N. It has a point if it holds n >= 1 samples; S is their sum:
    Sum = S / 1000;  Average = S / (1000 * n);  SampleCount = n;  Minimum, Maximum = sample / 1000;
    pX = the sample of rank max(1, ceil(n * X / 100)) in rising order / 1000 (nearest rank).
Sums are exact up to a period of 30 days. An Auto Scaling group has the metrics 0 .. 9 with N = 300,
over the samples of all its instances in its region.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from nephoscope.demo.aws.fleet_facts import ACCOUNT, Instance, Role, instance, mix


@dataclass(frozen=True)
class Fleet:
    """All instances of a seed.

    Attributes:
        seed: 0 .. 2**64 - 1; the ids and all values follow from it.
        count: number of instances, every second one in each region.
        anchor: the UTC day that launches and stops are counted back from. A fleet whose data is
            kept needs the same anchor on every start.
        names: other Name tags by index, for tests of hostile names.
        account: whose fleet it is, twelve digits; no value follows from it.
        objects: size of NumberOfObjects of its first bucket; 0 is what is drawn.
    """

    seed: int
    count: int
    anchor: date
    names: Mapping[int, str] = field(default_factory=dict)
    account: str = ACCOUNT
    objects: int = 0

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """All instances, by index."""
        root = mix(self.seed)
        return tuple(instance(i, root, self.midnight, self.names.get(i)) for i in range(self.count))

    @property
    def midnight(self) -> int:
        """The anchor, in seconds since 1970."""
        return int(datetime.combine(self.anchor, datetime.min.time(), UTC).timestamp())

    @cached_property
    def by_id(self) -> dict[str, Instance]:
        """All instances, by id."""
        return {one.id: one for one in self.instances}

    @cached_property
    def groups(self) -> dict[tuple[str, str], tuple[Instance, ...]]:
        """The instances of each Auto Scaling group, by region and name."""
        members: dict[tuple[str, str], tuple[Instance, ...]] = {}
        for one in self.instances:
            key = one.region, one.group
            members[key] = (*members.get(key, ()), one)
        return members

    def region(self, region: str) -> list[Instance]:
        """Return the instances of a region, by index; none in a region that has none."""
        return [one for one in self.instances if one.region == region]


def planted(fleet: Fleet) -> dict[str, Role]:
    """Return the role of every instance, by its id."""
    return {one.id: one.role for one in fleet.instances}
