"""Two copies of one task at once, as after a scheduler's restart: the index is that of one run."""

from hashlib import blake2b

import orjson
import pytest

from faults.store.loading import load_at_once, load_planted
from faults.store.planted import Read, newest
from nephoscope.store import names

INSTANCES, MINUTES, SIZE = 10, 40, 20


def read(version, metrics=("cpu", "net"), minutes=MINUTES):
    return Read(INSTANCES, minutes, version, metrics)


PAIRS = {
    "the same": lambda version: (read(version), read(version)),
    "a part": lambda version: (read(version), read(version, ("net",), MINUTES // 2)),
    "other metrics": lambda version: (read(version), read(version, ("net", "disk"))),
}
"""What two processes load at once, by what the second one reads."""


@pytest.mark.parametrize("second", PAIRS)
def test_two_at_once_leave_what_one_leaves(
    elasticsearch_url, namespaces, stored, digest, processes, start, finish, figure, second
):
    doubled, single, done = namespaces(), namespaces(), []
    for version in range(1, figure(1, 10) + 2):  # the first creates, the others merge
        reads = PAIRS[second](version)
        together = processes.Barrier(2)
        runs = [
            start(load_at_once, together, elasticsearch_url, doubled, SIZE, one) for one in reads
        ]
        for run in runs:
            run.join()
        assert [run.exitcode for run in runs] == [0, 0]
        finish(load_planted, elasticsearch_url, single, SIZE, *reads)
        done += reads
        assert stored(doubled) == newest(done)
        assert digest(doubled) == digest(single)
    print(f"{version} double runs")  # ruff: ignore[print]


def test_a_digest_tells_a_value_and_a_doubled_document(
    elasticsearch_url, namespaces, digest, finish
):
    """The negative arm: what is compared above does differ."""
    one, other = namespaces(), namespaces()
    finish(load_planted, elasticsearch_url, one, SIZE, read(1))
    finish(load_planted, elasticsearch_url, other, SIZE, read(1), read(2, ("cpu",), 1))
    assert digest(one) != digest(other)


@pytest.fixture
def digest(elasticsearch, stored):
    """Digest the sorted sources of a namespace, without its name and the times of reading."""

    def run(namespace):
        index = names.indices_of(namespace)
        elasticsearch.indices.refresh(index=index)
        hits = elasticsearch.search(index=index, size=10_000)["hits"]["hits"]
        sources = [hit["_source"] for hit in hits]
        for source in sources:
            del source["event"]
            source.pop("nephoscope", None)
        texts = sorted(orjson.dumps(source, option=orjson.OPT_SORT_KEYS) for source in sources)
        return blake2b(b"\n".join(texts).replace(namespace.encode(), b"")).hexdigest()

    return run
