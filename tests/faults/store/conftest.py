"""What the store's fault tests share."""

from itertools import starmap
from uuid import uuid4

import pytest

from faults.store.loading import steps
from killing import forked_from
from nephoscope.store import names


@pytest.fixture
def namespaces(elasticsearch):
    """Name namespaces of the test's own, whose indices are dropped at the end."""
    own = f"fault_{uuid4().hex}"
    numbers = iter(range(1_000_000))
    yield lambda: f"{own}_{next(numbers)}"
    if made := [*elasticsearch.indices.get(index=f"*{own}*", features="settings")]:
        for start in range(0, len(made), 20):
            elasticsearch.indices.delete(index=made[start : start + 20])


@pytest.fixture
def namespace(namespaces):
    """One namespace of the test's own."""
    return namespaces()


@pytest.fixture
def stored(elasticsearch, namespace):
    """Read the value of every point, by instance, time and metric; one twice is an error."""

    def read(of=namespace, **search):
        index = names.indices_of(of)
        elasticsearch.indices.refresh(index=index)
        answer = elasticsearch.search(index=index, size=10_000, **search)
        hits = [hit["_source"] for hit in answer["hits"]["hits"]]
        points = [
            ((hit["aws"]["dimensions"]["InstanceId"], hit["@timestamp"], metric), statistics["avg"])
            for hit in hits
            for metric, statistics in hit["aws"][names.field_of(of)]["metrics"].items()
        ]
        assert answer["hits"]["total"]["value"] == len(hits)
        assert len(points) == len(dict(points))
        return dict(points)

    return read


@pytest.fixture
def quick_reads(monkeypatch):
    """Let reads be tried again almost at once."""
    monkeypatch.setattr("nephoscope.store.answers.FIRST_PAUSE", 0.001)
    monkeypatch.setattr("nephoscope.store.answers.LONGEST_PAUSE", 0.01)


@pytest.fixture
def in_steps(monkeypatch):
    """Let loads of this process go in steps of so many documents."""
    return lambda size: list(starmap(monkeypatch.setattr, steps(size)))


@pytest.fixture(scope="module")
def processes():
    """Processes forked from a warmed one, so that a load begins at once."""
    with forked_from("faults.store.loading") as context:
        yield context
