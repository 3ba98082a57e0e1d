"""An index that ends too early, as of one who counts its end wrongly: a node refuses what is later.

The mistake can be mended in place, as few can.
"""

from nephoscope.store import names
from nephoscope.store.schema.making import ensure_indices


def make(client, namespace, end):
    """Make the index of the month in which it is to end, anew."""
    month = end.date().replace(day=1)
    name = names.index_of(namespace, month)
    client.indices.delete(index=name, ignore_unavailable=True)
    ensure_indices(client, namespace, [month])
    right = client.indices.get(index=name)[name]
    settings = right["settings"]["index"]
    wrong = {
        "mode": "time_series",
        "routing_path": settings["routing_path"],
        "time_series": {**settings["time_series"], "end_time": end.isoformat()},
    }
    client.indices.delete(index=name)
    client.indices.create(
        index=name, settings=wrong, mappings=right["mappings"], aliases=right["aliases"]
    )


def move(client, namespace, end):
    """Let the index end later."""
    name = names.index_of(namespace, end.date().replace(day=1))
    client.indices.put_settings(
        index=name, settings={"index.time_series.end_time": end.isoformat()}
    )
