"""When a point can be seen in the demo's CloudWatch under its late timing, and as what.

It follows the docstring of `nephoscope.demo.aws.timing` and shares no code with it. The key is that
of the series' first member: `truth.Instance.key`, or `truth_services.Series.keys[0]`; k is the
metric's number: `truth.METRICS.index(metric)`, or `truth_services.Series.k`.
"""

from itertools import pairwise

from truth import mix

KNOTS = [
    (0, 30),
    (128, 75),
    (256, 120),
    (512, 240),
    (768, 470),
    (896, 750),
    (973, 1220),
    (1014, 2400),
    (1024, 5400),
]


def drawn(key, k, end):
    return mix(mix(key ^ (400 + k)) ^ (end // 60))


def lag(key, k, end):
    """Return how many seconds after the end of its bin a point appears."""
    u = drawn(key, k, end) % 1024
    (a, low), (b, high) = next(pair for pair in pairwise(KNOTS) if u < pair[1][0])
    return low + (high - low) * (u - a) // (b - a)


def visible_at(key, k, period, timestamp, native):
    """Return when the point of the bin that begins at the timestamp appears."""
    end = -(-timestamp // native) * native + period
    return end + lag(key, k, end)


def provisional(key, k, period, timestamp, native):
    """Tell whether the point shows another value for its first 30 minutes."""
    end = -(-timestamp // native) * native + period
    return (drawn(key, k, end) >> 10) % 20 == 0


def as_of(now, value, statistic, key, k, period, timestamp, native):
    """Return what is shown of a value at a time: None before it appears."""
    if value is None or now < (seen := visible_at(key, k, period, timestamp, native)):
        return None
    early = now < seen + 1800 and provisional(key, k, period, timestamp, native)
    return value * 0.875 if early and statistic != "SampleCount" else value


def listed_at(key, first):
    """Return when ListMetrics lists a series whose first sample is of that second."""
    return first + mix(key ^ 399) % 901
