"""What the store's tests on a real node share."""

from uuid import uuid4

import pytest

from nephoscope.store import names


@pytest.fixture
def namespace(elasticsearch):
    """A namespace of the test's own, whose indices are dropped at the end."""
    name = f"test_{uuid4().hex}"
    yield name
    if made := [*elasticsearch.indices.get(index=names.indices_of(name), expand_wildcards="all")]:
        elasticsearch.indices.delete(index=made)


@pytest.fixture
def documents(elasticsearch, namespace):
    """Read all that is stored of the namespace, by id."""

    def read():
        elasticsearch.indices.refresh(index=names.indices_of(namespace))
        answer = elasticsearch.search(
            index=names.indices_of(namespace), size=10_000, seq_no_primary_term=True
        )
        return {hit["_id"]: hit for hit in answer["hits"]["hits"]}

    return read


@pytest.fixture
def metrics(documents, namespace):
    """Read the metrics of the only document that is stored."""

    def read():
        [hit] = documents().values()
        return hit["_source"]["aws"][names.field_of(namespace)]["metrics"]

    return read
