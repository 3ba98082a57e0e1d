"""What the store's fault tests share."""

from uuid import uuid4

import pytest

from nephoscope.store import names


@pytest.fixture
def namespace(elasticsearch):
    """A namespace of the test's own, whose indices are dropped at the end."""
    name = f"fault_{uuid4().hex}"
    yield name
    if made := [*elasticsearch.indices.get(index=f"*{name}*")]:
        elasticsearch.indices.delete(index=made)


@pytest.fixture
def stored(elasticsearch, namespace):
    """Read the value of every point, by instance, time and metric; one twice is an error."""

    def read():
        index = names.indices_of(namespace)
        elasticsearch.indices.refresh(index=index)
        answer = elasticsearch.search(index=index, size=10_000)
        hits = [hit["_source"] for hit in answer["hits"]["hits"]]
        points = [
            ((hit["aws"]["dimensions"]["InstanceId"], hit["@timestamp"], metric), statistics["avg"])
            for hit in hits
            for metric, statistics in hit["aws"][names.field_of(namespace)]["metrics"].items()
        ]
        assert answer["hits"]["total"]["value"] == len(hits)
        assert len(points) == len(dict(points))
        return dict(points)

    return read
