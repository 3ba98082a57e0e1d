"""A fleet as the store's reader gives it, with every kind of absence planted."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd

from nephoscope.model import Window, dimensions_key
from nephoscope.report.frames import fleet

ACCOUNT = "123456789012"
DAY = Window.day(datetime(2026, 11, 20, tzinfo=UTC))
ROLES = ("web", "api", "worker", "db", "cache", "batch")


def instance_id(number):
    return f"i-{0x0C08512DEBCA266AB + number * 0x9E3779B97F4A7 & 0xFFFFFFFFFFFFFFFFF:017x}"


def inventory(numbers):
    """Describe instances: running ones of six roles in two regions."""
    rows = [
        {
            "account": ACCOUNT,
            "region": ("eu-west-1", "us-east-1")[number % 2],
            "dimensions": dimensions_key((("InstanceId", instance_id(number)),)),
            "instance_id": instance_id(number),
            "name": f"prod-{ROLES[number % 6]}-{number:02d}",
            "type": ("m7i.large", "c7g.xlarge", "r7i.large")[number % 3],
            "zone": ("eu-west-1a", "us-east-1b")[number % 2],
            "state": "running",
            "launch_time": pd.Timestamp("2026-08-03T09:12:44Z"),
            "stopped_at": pd.NaT,
            "seen_at": pd.NaT,
            "tags": {"env": "prod"},
        }
        for number in numbers
    ]
    frame = pd.DataFrame(
        rows, columns=list(COLUMNS), dtype=object
    )  # any text fits, even a surrogate
    for column in ("launch_time", "stopped_at", "seen_at"):
        frame[column] = pd.to_datetime(frame[column], utc=True).astype("datetime64[us, UTC]")
    return frame


COLUMNS = (
    "account",
    "region",
    "dimensions",
    "instance_id",
    "name",
    "type",
    "zone",
    "state",
    "launch_time",
    "stopped_at",
    "seen_at",
    "tags",
)


def cpu(row, number, period=300, window=DAY):
    """Make one instance's points: a daily rhythm of its own height, with noise and bursts."""
    random = np.random.default_rng(number)
    times = pd.date_range(window.start, window.end, freq=f"{period}s", inclusive="left")
    hours = (np.arange(len(times)) * period / 3600 + 24 - random.uniform(0, 3)) % 24
    rhythm = np.exp(-(((hours - 14) / 4.2) ** 2)) + 0.55 * np.exp(-(((hours - 20.5) / 1.6) ** 2))
    height = random.choice([3, 9, 18, 34, 50, 66]) * random.uniform(0.8, 1.1)
    drift = np.convolve(random.normal(0, 1, len(times) + 11), np.ones(12) / 12, "valid")
    average = 1.5 + height * (0.15 + rhythm * 0.8 + 0.25 * drift)
    average += random.normal(0, 0.3 + height / 45, len(times))
    if ROLES[number % 6] == "batch":
        average += 45 * ((hours > 1) & (hours < 3.2))
    average = np.clip(average, 0.2 + random.uniform(0, 0.2, len(times)), 99)
    maximum = np.clip(average * random.uniform(1.03, 1.28, len(times)) + 0.6, 0, 100)
    return pd.DataFrame(
        {
            "account": row["account"],
            "region": row["region"],
            "dimensions": row["dimensions"],
            "period": period,
            "timestamp": times,
            "avg": average,
            "max": maximum,
        }
    )


def points_of(instances, period=300, window=DAY):
    frames = [
        cpu(row, number, period, window) for number, row in enumerate(instances.to_dict("records"))
    ]
    return pd.concat(frames, ignore_index=True)


def plant(instances, points):
    """Make number 0 hot, 1 idle, 2 and 3 stopped, 4 new, 5 unknown, 6 and 7 with gaps, 8 fine."""
    own = {n: points["dimensions"] == instances["dimensions"][n] for n in range(10)}
    hour = points["timestamp"].dt.hour + points["timestamp"].dt.minute / 60
    points.loc[own[0], "avg"] = np.clip(points.loc[own[0], "avg"] * 2 + 72, 0, 99.4)
    points.loc[own[0], "max"] = np.clip(points.loc[own[0], "avg"] + 4, 0, 100)
    points.loc[own[1], ["avg", "max"]] = points.loc[own[1], ["avg", "max"]] * 0.02 + 0.8
    instances.loc[[2, 3], "state"] = "stopped"
    instances.loc[2, "stopped_at"] = pd.Timestamp("2026-11-18T17:00:00Z")
    instances.loc[3, "stopped_at"] = pd.Timestamp("2026-11-20T14:25:00Z")
    instances.loc[4, "launch_time"] = pd.Timestamp("2026-11-20T06:42:00Z")
    lost = own[2] | own[3] & (hour >= 14.4) | own[4] & (hour < 6.7)
    lost |= own[6] & (hour >= 9) & (hour < 12.25) & ~((hour >= 10.5) & (hour < 10.55))
    lost |= own[7] & (hour >= 3) & (hour < 3.5)
    instances = instances.drop(index=5)
    return instances, points[~lost].reset_index(drop=True)


def planted(count=50, settled=DAY.end):
    """Return points, instances and the fleet of at least ten, with every kind of absence."""
    instances = inventory(range(count))
    points = points_of(instances)
    fine = cpu(instances.loc[8], 8, period=60)
    points = pd.concat([points[points["dimensions"] != instances["dimensions"][8]], fine])
    instances, points = plant(instances, points.reset_index(drop=True))
    return points, instances, fleet(points, instances, DAY, settled)


def one(points, **known):
    """Return the only instance of a fleet that holds number 0, with what is known of it."""
    instances = inventory([0])
    for field, value in known.items():
        instances.loc[0, field] = value
    (found,) = fleet(points, instances, DAY, DAY.end).instances
    return found


def without(points, *hours):
    """Drop the points that start in any of the half-open spans of hours."""
    hour = points["timestamp"].dt.hour + points["timestamp"].dt.minute / 60
    kept = [~((hour >= begin) & (hour < end)) for begin, end in hours]
    return points[np.logical_and.reduce(kept)]


def named(names, count=10):
    """Return a whole fleet, running, with these names first."""
    instances = inventory(range(count))
    instances.loc[range(len(names)), "name"] = names
    return fleet(points_of(instances), instances, DAY, DAY.end)
