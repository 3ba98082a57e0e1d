"""Loads through a proxy that goes wrong: nothing is lost, nothing is double, no value is wrong."""

import random
from contextlib import suppress
from datetime import date
from itertools import islice

import pytest
from elasticsearch import ApiError, Elasticsearch, TransportError

from faults.store.faulty_proxy import LOSING, SILENCE, UNCERTAIN, FaultyProxy
from faults.store.planted import points, truth
from nephoscope.errors import StoreError
from nephoscope.store import bulk
from nephoscope.store.bulk import Patience
from nephoscope.store.columns import Columns
from nephoscope.store.documents import documents
from nephoscope.store.loader import load
from nephoscope.store.schema import ensure_indices

QUICK = Patience(sleep=lambda _: None)
INSTANCES, MINUTES = 5, 40
DOCUMENTS = INSTANCES * MINUTES
REQUESTS = 10


@pytest.fixture
def load_through(elasticsearch_url, elasticsearch, monkeypatch):
    """Load a version of the planted points through a proxy; return what both report."""

    monkeypatch.setattr(bulk, "MOST_ITEMS", DOCUMENTS // REQUESTS)
    monkeypatch.setattr(bulk, "TIMEOUT", SILENCE / 2)

    def run(namespace, plan, version=1):
        ensure_indices(elasticsearch, namespace, [date(2026, 11, 1)])
        with (
            FaultyProxy(elasticsearch_url, plan) as proxy,
            Elasticsearch(proxy.url) as client,
        ):
            table = points(namespace, INSTANCES, MINUTES, version)
            return load(client, [table], attributes={}, patience=QUICK), proxy

    return run


@pytest.mark.parametrize("position", [0, 6])
@pytest.mark.parametrize("fault", [*LOSING, *UNCERTAIN])
def test_a_fault_at_any_request_loses_and_doubles_nothing(
    load_through, namespace, stored, fault, position
):
    report, proxy = load_through(namespace, {position: fault}.get)
    assert report.produced == report.created + report.unchanged == DOCUMENTS
    assert stored() == truth(INSTANCES, MINUTES)
    assert max(proxy.sent.values()) == 2


@pytest.mark.parametrize("fault", UNCERTAIN)
def test_a_merge_whose_answer_is_lost_is_written_once(load_through, namespace, stored, fault):
    load_through(namespace, lambda _: None)
    merges_begin = REQUESTS
    report, _ = load_through(namespace, {merges_begin + 2: fault}.get, version=2)
    assert report.produced == report.merged + report.unchanged == DOCUMENTS
    assert stored() == truth(INSTANCES, MINUTES, version=2)


def test_busy_items_alone_are_sent_again(load_through, namespace, stored):
    report, proxy = load_through(namespace, lambda n: "some_items_busy" if n < 12 else None)
    assert report.created == DOCUMENTS
    assert stored() == truth(INSTANCES, MINUTES)
    assert proxy.resent == []
    assert len(proxy.bulks) <= 2 * REQUESTS


@pytest.mark.parametrize("number", range(8))
def test_any_schedule_of_faults_ends_in_the_truth(load_through, namespace, stored, number):
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # ruff: ignore[print]
    draw = random.Random(seed)
    kinds = [fault for fault in (*LOSING, *UNCERTAIN, "some_items_busy") if fault != "silence"]
    schedule = [draw.choice(kinds) if draw.random() < 0.4 else None for _ in range(60)]
    for version in (1, 2):
        load_through(namespace, lambda n: schedule[n % 60], version)
        assert stored() == truth(INSTANCES, MINUTES, version), (number, seed)


@pytest.mark.parametrize("fault", ["an_item_short", "of_another_verb", "a_page"])
def test_an_answer_that_never_accounts_for_every_item_ends_in_an_error(
    load_through, namespace, fault
):
    with pytest.raises(StoreError, match="did not account for every document"):
        load_through(namespace, lambda _: fault)


@pytest.mark.parametrize("fault", [*LOSING, "some_items_busy"])
def test_a_loop_that_does_not_look_at_answers_loses_documents(
    elasticsearch_url, elasticsearch, namespace, stored, fault
):
    """The negative arm: what the tests above compare does tell when something is lost."""
    ensure_indices(elasticsearch, namespace, [date(2026, 11, 1)])
    made = documents(Columns.of(points(namespace, INSTANCES, MINUTES)), {})
    items = (item for batch in made for item in batch.items())
    with (
        FaultyProxy(elasticsearch_url, {4: fault}.get) as proxy,
        Elasticsearch(proxy.url, max_retries=0) as client,
    ):
        while chunk := [*islice(items, DOCUMENTS // REQUESTS)]:
            with suppress(ApiError, TransportError):
                client.bulk(operations=[line for i in chunk for line in (i.action, i.source)])
    whole = truth(INSTANCES, MINUTES)
    assert stored().items() < whole.items()
