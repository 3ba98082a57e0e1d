"""Loads that run in a process of their own, to be killed, doubled or measured.

Each says when it begins, after all that is not the load. What takes long the first time (pyarrow
imports pandas) is done on import, once, by the process that the others are forked from.
"""

from elasticsearch import Elasticsearch

from faults.store.planted import points
from nephoscope.store import bulk, documents, loader
from nephoscope.store.columns import Columns

points("warm", 1, 1)


def steps(size):
    """Return what is set for a load in steps of so many documents."""
    return (
        (bulk, "MOST_ITEMS", size),
        (loader, "MOST_ITEMS", size),
        (documents, "AT_ONCE", size),
        (loader, "MOST_MERGED", 2 * size),
    )


def load_planted(begun, url, namespace, size, *reads, together=None):
    """Load as the project does, in small steps: each may be the one that is killed.

    Two that are given one barrier begin together.
    """
    for step in steps(size):
        setattr(*step)
    tables = [points(namespace, *read) for read in reads]
    with Elasticsearch(url) as client:
        client.info()
        begun.set()
        if together:
            together.wait(60)
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
