"""R16: the machine's time zone changes nothing, on days that it makes longer or shorter too."""

import hashlib
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu")
NOW = datetime.now(UTC).replace(microsecond=0)

COLLECT = """
import hashlib, sys, tempfile
from datetime import datetime
from pathlib import Path
from time import tzname
from clouds import BotoCloud
from nephoscope.chain import steps
from nephoscope.archive import landing
from nephoscope.config.collections import Collections
from nephoscope.model import Window
from nephoscope.plan.discovery import discover
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.documents import documents

url, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
entry = {"namespace": "AWS/EC2", "metrics": {"CPUUtilization": ["Average"]}}
account = {"connection": "a", "regions": ["eu-west-1", "us-east-1"]}
collections = Collections.model_validate({"accounts": [account], "collections": {"ec2": entry}})
root, cloud = Path(tempfile.mkdtemp()), BotoCloud(url)
for text in sys.argv[3:]:
    window = Window.day(datetime.fromisoformat(text))
    planned = steps.plan(root, "d", collections, {"ec2": window}, cloud, None, now,
                         fresh_for=now - datetime.fromtimestamp(0, now.tzinfo), slots=1)
    for shard in planned.shards:
        done = steps.extract(root, planned.run, shard["number"], 1, cloud, lambda: now)
        for table in landing.read_points(root, done.name):
            for batch in documents(Columns.of(table), {}):
                for document in batch.items():
                    print(document)
print(tzname, file=sys.stderr)
"""


def changes(zone):
    """Return the days of the last year on which a zone's clocks change."""
    from zoneinfo import ZoneInfo

    from nephoscope.model import Window

    days, day = [], Window.day(NOW)
    for _ in range(380):
        day = Window.day(day.start.replace(hour=0) - (day.end - day.start) / 2)
        bounds = [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in (day.start, day.end)]
        if bounds[0] != bounds[1]:
            days.append(day.start.isoformat())
    return days[:2]


def collected(url, zone, days):
    """Return the documents that a process in a zone makes, and what it calls its zone."""
    done = subprocess.run(
        [sys.executable, "-c", COLLECT, url, NOW.isoformat(), *days],
        env={**os.environ, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=True,
    )
    return done.stdout, done.stderr.splitlines()[-1]


@pytest.fixture(scope="module")
def days():
    found = changes("Europe/Berlin") + changes("America/Los_Angeles")
    assert len(found) == 4
    return found


def test_documents_are_the_same_in_every_time_zone(aws, days):
    made = {zone: collected(aws.url, zone, days) for zone in ZONES}
    assert len({name for _, name in made.values()}) == len(ZONES)  # the zones were in force
    [documents] = {output for output, _ in made.values()}
    assert documents.count(b"\n") > 4 * 24 * 40
    print(f"{documents.count(10)} documents, {hashlib.sha256(documents).hexdigest()[:12]}")  # ruff: ignore[print] - the figure of this test
