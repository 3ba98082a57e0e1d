"""A day of the stand-in's fleet, collected as the daily DAG does, with what two runs cost.

One instance has points every 60 s, as it is collected, and every 300 s too, which differ.
"""

from datetime import UTC, datetime, timedelta

import truth
from chains import Chain
from clouds import ANCHOR, BotoCloud
from nephoscope.config.collections import Collections
from nephoscope.model import Window
from nephoscope.spending import Charge, Spending
from nephoscope.store.load.loader import load
from nephoscope.store.spending import settle
from unit.store.points_table import point, table

MIDNIGHT = datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC)
DAY = Window.day(MIDNIGHT - timedelta(days=3))
"""Before the instance stopped that stops, and while CloudWatch has 60 s."""

EC2 = {
    "CPUUtilization": ["Average", "Maximum"],
    "NetworkIn": ["Sum"],
    "NetworkOut": ["Sum"],
    "EBSReadBytes": ["Sum"],
    "EBSWriteBytes": ["Sum"],
    "StatusCheckFailed": ["Maximum"],
    "StatusCheckFailed_Instance": ["Maximum"],
    "StatusCheckFailed_System": ["Maximum"],
    "CPUCreditBalance": ["Average"],
}

FLEET = [one for one in truth.instances(7, 50, ANCHOR) if one.launched < DAY.start.timestamp()]
"""Who ran on the day."""

KNOWN = [one for one in FLEET if not one.ended]
"""Of whom AWS still tells name and tags."""

BOTH = FLEET[0]
"""The instance with two periods."""

RUNS = [("collect_metrics", 0.25, 0), ("collect_metrics_daily", 0.5, 3)]
"""What each run's DAG is, what it cost, and how many documents were refused."""


def plant(client, aws, archive):
    """Store all of it."""
    accounts = [{"connection": "aws_default", "regions": ["eu-west-1", "us-east-1"]}]
    entries = {"ec2": {"namespace": "AWS/EC2", "metrics": EC2}, "s3": {"namespace": "AWS/S3"}}
    collections = Collections.model_validate({"accounts": accounts, "collections": entries})
    chain = Chain(archive, client, BotoCloud(aws.url), collections)
    assert not chain.collect({"ec2": DAY, "s3": DAY}, lambda: datetime.now(UTC)).errors
    load(client, [table(*coarse())], attributes={})
    for number, (dag, dollars, refused) in enumerate(RUNS):
        settle(client, spending(number, dag, dollars, refused))


def coarse():
    """Yield the points every 300 s of the instance that has points every 60 s."""
    for second in range(0, 86_400, 300):
        moment = DAY.start + timedelta(seconds=second)
        for statistic, value in (("Average", 99.0), ("Maximum", 99.5)):
            yield point(
                "CPUUtilization",
                statistic,
                value,
                timestamp=moment,
                dimensions=(("InstanceId", BOTH.id),),
                region=BOTH.region,
            )


def spending(number, dag, dollars, refused):
    """Return what a run spent that was planned on the day."""
    return Spending(
        run=f"runs/{dag}/{number}",
        dag_run=f"scheduled__{number}",
        asked_at=DAY.start + timedelta(hours=6),
        estimated=Charge(metrics=1, points=1, dollars=9.0),
        asked=Charge(metrics=1, points=1, dollars=dollars),
        stored={"created": 5, "rejected": refused},
    )
