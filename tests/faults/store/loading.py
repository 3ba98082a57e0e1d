"""Loads that run in a process of their own, to be killed, doubled or measured.

Each says when it begins, after all that is not the load. What takes long the first time (pyarrow
imports pandas) is done on import, once, by the process that the others are forked from.
"""

import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from elasticsearch import Elasticsearch

from faults.store.planted import points
from nephoscope.model import dimensions_key
from nephoscope.points import POINTS
from nephoscope.store.load import bulk, columns, documents, loader, repeats
from nephoscope.store.load.columns import Columns
from unit.store.points_table import ASKED, NOON

points("warm", 1, 1)


def steps(size):
    """Return what is set for a load in steps of so many documents."""
    return (
        (bulk, "MOST_ITEMS", size),
        (loader, "MOST_ITEMS", size),
        (documents, "AT_ONCE", size),
        (loader, "MOST_MERGED", 2 * size),
        (columns, "ROWS", size),  # a part is one instance, so that a rerun compares the next ones
        (repeats, "AT_ONCE", size),
    )


def load_planted(begun, url, namespace, size, *reads):
    """Load as the project does, in small steps: each may be the one that is killed."""
    _load_planted(begun.set, url, namespace, size, reads)


def load_at_once(begun, together, url, namespace, size, *reads):
    """Do the same, and begin when all have come that the barrier waits for."""

    def begin():
        begun.set()
        together.wait(60)

    _load_planted(begin, url, namespace, size, reads)


def _load_planted(begin, url, namespace, size, reads):
    for step in steps(size):
        setattr(*step)
    tables = [points(namespace, *read) for read in reads]
    with Elasticsearch(url) as client:
        client.info()
        begin()
        loader.load(client, tables, attributes={})


def load_with_ids_of_chance(begun, url, index, size, read):
    """Load as those do who let Elasticsearch draw the ids."""
    made = documents.documents(Columns.of(points("any", *read)), {})
    sources = [item.source for batch in made for item in batch.items()]
    with Elasticsearch(url) as client:
        client.info()
        begun.set()
        for start in range(0, len(sources), size):
            some = sources[start : start + size]
            client.bulk(index=index, operations=[x for one in some for x in (b'{"index":{}}', one)])


ROWS = 100_000
"""Points of a large table: 100 instances, 10 metrics, 100 minutes."""


def load_large(told, url, namespace, count, hold):
    """Load so many large tables, each when it is wanted or all at once; tell the peak, in MB."""
    tables = (large(namespace, number) for number in range(count))
    with Elasticsearch(url) as client:
        report = loader.load(client, [*tables] if hold else tables, attributes={})
    status = Path("/proc/self/status").read_text("utf-8")
    [kilobytes] = re.findall(r"VmHWM:\s*(\d+) kB", status)
    told.put((report, int(kilobytes) / 1024))


def large(namespace, number):
    """Make a table of instances of its own, with random values."""
    names = {
        "account": ["123456789012"],
        "region": ["eu-west-1"],
        "namespace": [namespace],
        "dimensions": [dimensions_key((("InstanceId", f"i-{number}-{n}"),)) for n in range(100)],
        "metric": [f"Metric{n}" for n in range(10)],
        "statistic": ["Average"],
    }
    rows = np.arange(ROWS)
    codes = {"dimensions": rows // 1000, "metric": rows // 100 % 10}
    numbers = {
        "period": np.full(ROWS, 60),
        "timestamp": _milliseconds(NOON) + rows % 100 * 60_000,
        "value": np.random.default_rng(number).random(ROWS),
        "asked_at": np.full(ROWS, _milliseconds(ASKED + timedelta(hours=1))),
    }
    made = []
    for field in POINTS:
        if field.name in names:
            code = codes.get(field.name, np.zeros(ROWS)).astype(np.int32)
            made.append(pa.DictionaryArray.from_arrays(code, names[field.name]))
        else:
            made.append(pa.array(numbers[field.name]).cast(field.type))
    return pa.table(made, names=POINTS.names)


def _milliseconds(moment):
    return int(moment.timestamp() * 1000)
