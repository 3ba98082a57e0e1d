"""An upgrade that copies an index, killed, paused or written beside at any of its requests.

What it leaves behind depends on which of its requests were answered, and on nothing else.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import count
from threading import Event

import pytest
from elastic_transport import ApiError
from elasticsearch import Elasticsearch

from faults.store.planted import points, truth
from integration.store.older import floats, make_metrics
from nephoscope.errors import StoreError
from nephoscope.store import names
from nephoscope.store.load.bulk import Patience
from nephoscope.store.load.loader import load
from nephoscope.store.schema.upgrade import upgrade

INSTANCES, MINUTES = 2, 30
DOCUMENTS = INSTANCES * MINUTES
QUICK = Patience(sleep=lambda _: None)
LOOKING = 5
"""Requests of an upgrade before the first that changes something."""
READING = LOOKING + 7
"""The first that reads documents: the index takes no writes, and its copy stands."""


class Killed(BaseException):
    """Nothing of ours catches it."""


@pytest.fixture
def between(elasticsearch_url):
    """Make clients that do something after each of their requests, given its number."""
    clients = []

    def make(happens):
        client, numbers = Elasticsearch(elasticsearch_url), count(1)
        send = client.transport.perform_request

        def perform_request(*target, **options):
            answer = send(*target, **options)
            happens(next(numbers))
            return answer

        client.transport.perform_request = perform_request
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def outdated(elasticsearch, namespace, monkeypatch):
    """Make the namespace's index anew, of an older version that is copied by several requests."""
    monkeypatch.setattr("nephoscope.store.load.bulk.MOST_ITEMS", 20)
    monkeypatch.setattr("nephoscope.store.schema.copying.MOST_ITEMS", 20)

    def make():
        for index in elasticsearch.indices.get(index=f"*{namespace}*"):
            elasticsearch.indices.delete(index=index)
        make_metrics(elasticsearch, namespace, floats, points(namespace, INSTANCES, MINUTES))

    return make


@pytest.fixture
def positions(between, outdated, draw, figure):
    """Yield the numbers of some of the requests of an upgrade that is to be done, or of all."""
    requests = []
    outdated()
    upgrade(between(requests.append))
    step = figure(5, 1)

    def each():
        for position in range(LOOKING + 1 + draw.randrange(step), len(requests), step):
            outdated()
            yield position

    return each


def at(position, happens):
    return lambda number: happens() if number == position else None


def kill():
    raise Killed


def test_a_killed_upgrade_that_is_run_again_ends_in_the_truth(
    elasticsearch, between, positions, stored, alone
):
    for position in positions():
        with pytest.raises(Killed):
            upgrade(between(at(position, kill)))
        assert stored() == truth(INSTANCES, MINUTES), position
        upgrade(elasticsearch)
        assert stored() == truth(INSTANCES, MINUTES), position
        assert alone()


def test_one_that_pauses_undoes_nothing_of_another_and_of_what_was_written_since(
    elasticsearch, between, namespace, positions, stored, alone
):
    newer = points(namespace, INSTANCES, MINUTES, 2)

    def other():
        upgrade(elasticsearch)
        load(elasticsearch, [newer], attributes={})

    for position in positions():
        with suppress(StoreError):
            upgrade(between(at(position, other)))
        assert stored() == truth(INSTANCES, MINUTES, 2), position
        upgrade(elasticsearch)
        assert stored() == truth(INSTANCES, MINUTES, 2), position
        assert alone()


def test_one_that_pauses_takes_no_copy_of_another_that_was_killed(
    elasticsearch, between, positions, stored
):
    def other():
        with suppress(Killed):
            upgrade(between(at(READING + 1, kill)))

    for position in positions():
        with suppress(StoreError):
            upgrade(between(at(position, other)))
        assert stored() == truth(INSTANCES, MINUTES), position
        upgrade(elasticsearch)
        assert stored() == truth(INSTANCES, MINUTES), position


@pytest.fixture
def alone(elasticsearch, namespace):
    """Tell whether a single index of the namespace is left, which takes writes."""

    def read():
        [index] = elasticsearch.indices.get(index=f"*{namespace}*")
        return not elasticsearch.indices.get_settings(index=index, name="index.blocks.*")

    return read


@pytest.fixture
def counts(elasticsearch, between, namespace, outdated):
    """Upgrade, and count after each request what readers see, by pattern and by alias."""

    def read():
        for index in names.indices_of(namespace), names.ALL_METRICS:
            elasticsearch.indices.refresh(index=index)
            of_ours = {"term": {"aws.cloudwatch.namespace": namespace}}
            yield elasticsearch.count(index=index, query=of_ours)["count"]

    def run():
        outdated()
        seen = set()
        upgrade(between(lambda _: seen.update(read())))
        return seen

    return run


def test_a_reader_sees_each_document_once_at_any_time(counts):
    assert counts() == {DOCUMENTS}


def test_a_copy_that_patterns_find_is_seen_twice(counts, monkeypatch):
    """The negative arm."""
    monkeypatch.setattr(names, "copy_of", lambda index, suffix: f"{index}-{suffix}")
    monkeypatch.setattr(names, "copying_alias", lambda copy: f"cloudwatch-copying-{copy}")
    assert 2 * DOCUMENTS in counts()


def test_readers_in_the_moment_of_the_swap_see_all_or_fail(
    elasticsearch, elasticsearch_url, namespace, outdated, figure
):
    whole = {"size": 0, "track_total_hits": True, "allow_partial_search_results": False}

    def read_on():
        seen = set()
        with Elasticsearch(elasticsearch_url) as client:
            while not ended.is_set():
                with suppress(ApiError):
                    answer = client.search(index=names.indices_of(namespace), **whole)
                    seen.add(answer["hits"]["total"]["value"])
        return seen

    for _ in range(figure(2, 20)):
        outdated()
        elasticsearch.indices.refresh(index=names.indices_of(namespace))
        ended = Event()
        with ThreadPoolExecutor(2) as pool:
            readers = [pool.submit(read_on) for _ in range(2)]
            upgrade(elasticsearch)
            ended.set()
        assert [one.result() for one in readers] == [{DOCUMENTS}] * 2


def test_a_writer_waits_for_an_upgrade_and_loses_nothing(
    elasticsearch, elasticsearch_url, namespace, outdated, stored
):
    outdated()

    def write():
        with Elasticsearch(elasticsearch_url) as client:
            for version in range(2, 6):
                tables = [points(namespace, INSTANCES, MINUTES, version)]
                while True:
                    try:
                        load(client, tables, attributes={}, patience=QUICK)
                        break
                    except StoreError:
                        continue

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        upgrade(elasticsearch)
        writing.result()
    assert stored() == truth(INSTANCES, MINUTES, 5)


def test_a_copy_of_what_was_written_meanwhile_is_not_used(
    elasticsearch, between, namespace, outdated, stored
):
    """Someone lifts the block, as the message of a waiting writer might have told."""
    outdated()
    [index] = elasticsearch.indices.get(index=names.indices_of(namespace))
    newer = points(namespace, INSTANCES, MINUTES, 2)

    def lift():
        elasticsearch.indices.put_settings(index=index, settings={"index.blocks.write": None})
        load(elasticsearch, [newer], attributes={})

    with pytest.raises(StoreError, match="someone lifted its write block"):
        upgrade(between(at(READING, lift)))
    assert stored() == truth(INSTANCES, MINUTES, 2)
    upgrade(elasticsearch)
    assert stored() == truth(INSTANCES, MINUTES, 2)
