"""Replays of rejected documents that run in a process of their own, to be killed.

What takes long the first time is done on import, once, by the process that the others are forked
from.
"""

from datetime import timedelta
from pathlib import Path

from elasticsearch import Elasticsearch

from faults.store.planted import points
from nephoscope.archive import rejected as archive
from nephoscope.archive.layout import Attempt, stamp
from nephoscope.chain import rejected
from nephoscope.store import names
from nephoscope.store.load import bulk, loader
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.documents import documents
from nephoscope.store.load.rejection import Rejection
from unit.store.points_table import ASKED, NOON

FILES = 5

points("warm", 1, 1)


def keep_planted(root, namespace, instances, minutes, version):
    """Keep planted points as if all had been rejected, in some files."""
    index = names.index_of(namespace, NOON.date().replace(day=1))
    made = documents(Columns.of(points(namespace, instances, minutes, version)), {})
    refused = [Rejection(index, "why", item.source) for batch in made for item in batch.items()]
    run = f"a_dag.{stamp(ASKED + timedelta(hours=version))}"
    for number in range(FILES):
        name = f"landing/day=2026-11-20/account=1/{run}/shard-{number:04d}.try1"
        archive.keep(root, Attempt(name), refused[number::FILES])


def replay(begun, root, url):
    """Replay as the project does, in small steps: each may be the one that is killed."""
    loader.MOST_ITEMS = bulk.MOST_ITEMS = 25
    with Elasticsearch(url) as client:
        begun.set()
        for _ in rejected.replay(Path(root), client):
            pass


def replay_carelessly(begun, root, url):
    """Replay as those do who remove a file when they have read it."""
    read = archive.read

    def take(place, attempt):
        taken = read(place, attempt)
        archive.keep(place, attempt, [])
        return taken

    archive.read = take
    replay(begun, root, url)
