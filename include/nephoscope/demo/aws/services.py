"""What runs beside a fleet's instances, and its metrics: volumes, queues, buckets and such.

As in `nephoscope.demo.aws.fleet`, whose terms are used here, every fact and value is a closed form
of the fleet's seed, count and anchor; this docstring with `service_table.SERVICES` specifies it.

Resources. Service s is the place in the table, from 1. A fleet of n > 0 instances has
max(1, n // one_in) resources of it. Resource j has key = mix(mix(seed) ^ (s * 2**32 + j)) and
    region   ("eu-west-1", "us-east-1")[j % 2]
    app, env as an instance has them, by draw(2) and draw(3)
    number   j + 1 with three digits or more;  id = draw(1) as 16 hexadecimal digits
    name     app-env-word-number, the word being the service's
    value    of the dimension that names it: the service's pattern of name, id, number and
             odd = ODD[j % 6];  arn likewise, with account and region
    created  A - 86400 * age + draw(15) % 86400, where age is 20 + draw(7) % 70 days if
             draw(6) % 8 == 0, else 460 + draw(7) % 1300
    ended    never
    tags     none if draw(17) % 10 == 0, else Name = name, env, app
Volume j is that of instance j: created when that was launched, ended when it stopped for
good or ended.

Parts. The axes span the parts of a resource, numbered q = 0 .. as nested loops over the axes'
values in their order do, the last one fastest; without axes there is one part. Part q has
key = mix(resource's key ^ (500 + q)); all draws below are the part's. A series is named by the
resource's dimension and those of one level's axes; it holds the samples of all parts that have
these values, so that a load balancer holds what its zones hold, and what its target groups hold.
A metric is on the levels that it lists (all if it lists none), and of the parts that it lists.

Samples of metric k (its place in the service, from 0). One of minute m exists if
    60 * m % N == 0, with the service's native period N, and
    60 * m >= created, and m < ended // 60, and
    mix(draw(97) ^ (m // 15)) % 1024 < busy of the service: else nothing happens there, and
    mix(draw(300 + k) ^ m) % 1024 < share of the metric: below 1024, it is sparse
It is a whole number of 1/scale, from size = pick(200 + k, low, high), h = mix(draw(100 + k) ^ m):
    (size * (2**18 + swing * hump * level) >> 18) * (1024 - noise // 2 + h % noise) >> 10
where hump and level are those of an instance that is not hot, with delay = pick(8, 0, 120), + 300
in us-east-1. What `grows`, as a bucket does, has instead
    size + (size >> 10) * ((60 * m - created) // 86400) + h % (size >> 12)
and, of resource 1, which grows fast, (size >> 4) * (1 + (60 * m - F) // 86400) besides, where that
is above 0, F being A - 3 * 86400. The size of NumberOfObjects of resource 0 may be planted, from
4096 on.

Statistics are those of fleet.py, with its thousand being the scale, over the samples of all parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

ODD = (
    "O\"Brien's <b>Käse</b> & Co",
    "北京/门店 №1",
    "a/b\\c?d=e&f#g%20",
    "=SUM(A1:A9)",
    "../../etc/passwd",
    "{{ ds }} ${HOME} $x^2$",
)
"""Names by strangers. CloudWatch takes no line break; of late it takes no more than ASCII."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table; sizes are in 1/scale of the unit."""

    name: str
    unit: str
    low: int
    high: int
    scale: int = 1
    swing: int = 3
    noise: int = 512
    share: int = 1024
    levels: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A namespace with its one kind of resource; patterns are as `str.format` has them.

    Attributes:
        axes: each dimension that tells a resource's parts apart, with the patterns of its values.
        levels: the axes, by place, that are named beside the resource.
        arn: of a resource; "" if AWS has none.
    """

    namespace: str
    word: str
    one_in: int
    dimension: str
    value: str
    arn: str
    metrics: tuple[Metric, ...]
    axes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    levels: tuple[tuple[int, ...], ...] = ((),)
    native: int = 60
    busy: int = 1024

    @property
    def parts(self) -> tuple[tuple[str, ...], ...]:
        """The pattern of each axis's value, of each part."""
        return tuple(product(*(patterns for _, patterns in self.axes)))
