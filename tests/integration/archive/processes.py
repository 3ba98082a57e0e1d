"""What runs in a process of its own, to be killed or measured.

What takes long the first time (pyarrow imports pandas) is done on import, once, by the process that
the others are forked from.
"""

import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from nephoscope import place
from nephoscope.archive import days, landing, reading, spill
from nephoscope.extract.answers import Answer
from nephoscope.extract.table import table
from nephoscope.plan.shards import Series
from shards import DAY, shard
from unit.archive.landed import NIGHT, answers, run_at, steady

pa.array([""])

METRICS = tuple(f"Metric{number}" for number in range(12))
RESOURCES = 290
"""Of a shard: with 12 metrics and a day at 300 s about a million points."""


def compact(begun, root):
    """Compact as the project does, in small steps: each may be the one that is killed."""
    spill.BUCKET = 500
    place.shutil.copyfileobj = slow_copy
    tempfile.tempdir = str(Path(root).parent)  # who is killed leaves a file there
    begun.set()
    days.compact(Path(root), DAY, NIGHT)


def compact_in_place(begun, root):
    """Compact as those do who write where others read."""

    def write(folder, name, source):
        with source.open("rb") as content, (folder / name).open("wb", buffering=0) as file:
            slow_copy(content, file)

    days.put_file = write
    compact(begun, root)


def extract(begun, root):
    """Write an attempt at a shard, in small batches."""
    one = shard(40)
    said = list(answers(one, steady(1), NIGHT))
    parts = [said[start : start + 3] for start in range(0, len(said), 3)]
    batches = [(table(one, part), part) for part in parts]
    landing.GROUP = 1
    begun.set()
    landing.write_points(Path(root), run_at(NIGHT), 1, 1, one, batches, NIGHT)


def slow_copy(content, file, _size=0):
    """Copy a small file in as much time as a large one takes."""
    while chunk := content.read(256):
        file.write(chunk)
        time.sleep(0.002)


def peak(told, work, *arguments):
    """Do some work and tell how far the process's memory rose meanwhile, in MB."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    work(*arguments)
    told.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)


def land_large(root, millions):
    """Land about so many million random points of a day, in shards of a million."""
    random = np.random.default_rng(millions)
    for number in range(1, millions + 1):
        one = large_shard(number)
        batches = large_batches(one, random)
        landing.write_points(Path(root), run_at(NIGHT), number, 1, one, batches, NIGHT)


def large_shard(number):
    """Return the shard of a number: resources that no other one has."""
    first = RESOURCES * number
    named = (Series((("InstanceId", f"i-{first + n:017x}"),), METRICS) for n in range(RESOURCES))
    return shard(series=tuple(named), statistics=dict.fromkeys(METRICS, ("Average",)))


def large_batches(one, random):
    """Answer a shard, 100,800 points at a time, as AWS does."""
    count = one.window.points(one.period)
    times = one.window.start.timestamp() + one.period * np.arange(count)
    queries = list(one.queries())
    for start in range(0, len(queries), 350):
        answers = [
            Answer(query, times, random.random(count), "Complete", [], one.period, NIGHT)
            for query in queries[start : start + 350]
        ]
        yield table(one, answers), answers


def compact_large(root):
    """Compact the day."""
    days.compact(Path(root), DAY, NIGHT)


def read_large(root):
    """Read all points of the day."""
    for _ in reading.points(Path(root), DAY):
        pass
