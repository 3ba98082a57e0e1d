"""Loads that run in a process of their own, to be killed.

Each says when it begins, after all that is not the load. What takes long the first time (pyarrow
imports pandas) is done on import, once, by the process that the others are forked from.
"""

from elasticsearch import Elasticsearch

from faults.store.planted import points
from nephoscope.store import bulk, loader
from nephoscope.store.columns import Columns
from nephoscope.store.documents import documents

points("warm", 1, 1)


def load_planted(begun, url, namespace, instances, minutes, version):
    """Load as the project does, in small steps: each may be the one that is killed."""
    bulk.MOST_ITEMS, loader.MOST_MERGED = 100, 200
    table = points(namespace, instances, minutes, version)
    with Elasticsearch(url) as client:
        begun.set()
        loader.load(client, [table], attributes={})


def load_with_ids_of_chance(begun, url, index, instances, minutes):
    """Load as those do who let Elasticsearch draw the ids."""
    table = points("any", instances, minutes)
    made = documents(Columns.of(table), {})
    sources = [item.source for batch in made for item in batch.items()]
    with Elasticsearch(url) as client:
        begun.set()
        for start in range(0, len(sources), 100):
            some = sources[start : start + 100]
            client.bulk(index=index, operations=[x for one in some for x in (b'{"index":{}}', one)])
