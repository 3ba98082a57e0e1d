"""Loads through a proxy that goes wrong: nothing is lost, nothing is double, no value is wrong."""

import time
from contextlib import suppress
from datetime import date
from itertools import islice

import pytest
from elasticsearch import ApiError, Elasticsearch, TransportError

from faults.store.faulty_proxy import LOSING, READING, SILENCE, UNCERTAIN, FaultyProxy
from faults.store.planted import Read, points, truth
from nephoscope.errors import StoreError
from nephoscope.store.load import bulk
from nephoscope.store.load.bulk import Patience
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.documents import documents
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import ensure_indices

QUICK = Patience(sleep=lambda _: None)
INSTANCES, MINUTES = 5, 40
DOCUMENTS = INSTANCES * MINUTES
REQUESTS = 40
FIRST, SECOND = (Read(INSTANCES, MINUTES, version) for version in (1, 2))
CURABLE = (
    "busy",
    "unavailable",
    "gateway_timeout_after_all_was_stored",
    "reset_after",
    "silence",
)


@pytest.fixture
def load_through(elasticsearch_url, in_steps, quick_reads, monkeypatch):
    """Load a read through a proxy; return what both report."""
    in_steps(DOCUMENTS // REQUESTS)
    monkeypatch.setattr(bulk, "TIMEOUT", SILENCE / 2)

    def run(namespace, plan, read=FIRST, patience=QUICK, reads=lambda _: None):
        with (
            FaultyProxy(elasticsearch_url, plan, reads) as proxy,
            Elasticsearch(proxy.url) as client,
        ):
            table = points(namespace, *read)
            return load(client, [table], attributes={}, patience=patience), proxy

    return run


@pytest.mark.parametrize("fault", CURABLE)
def test_a_fault_at_any_request_loses_and_doubles_nothing(
    load_through, namespaces, stored, fault, figure
):
    positions = range(0, REQUESTS, figure(13, 1))
    for position in positions:
        namespace = namespaces()
        report, proxy = load_through(namespace, {position: fault}.get)
        assert report.produced == report.created + report.unchanged == DOCUMENTS
        assert stored(namespace) == truth(*FIRST), position
        assert proxy.struck == {("bulk", fault): 1}
        assert max(proxy.sent.values()) == 2
    print(f"{fault} at {len(positions)} positions")  # ruff: ignore[print]


@pytest.mark.parametrize("fault", UNCERTAIN)
def test_a_merge_whose_answer_is_lost_is_written_once(
    load_through, namespace, stored, fault, in_steps
):
    in_steps(DOCUMENTS // 10)
    load_through(namespace, lambda _: None)
    merges_begin = 10
    report, proxy = load_through(namespace, {merges_begin + 2: fault}.get, SECOND)
    assert report.produced == report.merged + report.unchanged == DOCUMENTS
    assert stored() == truth(*SECOND)
    assert proxy.struck == {("bulk", fault): 1}


def test_busy_items_alone_are_sent_again(load_through, namespace, stored, figure, in_steps):
    """For a minute three items in ten are rejected."""
    in_steps(20)
    read = Read(instances=REQUESTS, minutes=20)
    end = time.monotonic() + figure(2, 60)

    def plan(_):
        return "some_items_busy" if time.monotonic() < end else None

    report, proxy = load_through(namespace, plan, read, Patience())
    struck, sent = proxy.struck["bulk", "some_items_busy"], len(proxy.bulks)
    print(f"{struck} of {sent} requests busy, {REQUESTS} needed")  # ruff: ignore[print]
    assert report.created == 20 * REQUESTS
    assert stored() == truth(*read)
    assert proxy.resent == []
    assert max(proxy.sent.values()) > 1
    assert sent <= 2 * REQUESTS


@pytest.mark.parametrize("fault", ["an_item_short", "of_another_verb", "a_page"])
def test_an_answer_that_never_accounts_for_every_item_ends_in_an_error(
    load_through, namespace, stored, fault
):
    tries = []
    with pytest.raises(StoreError, match="did not account for every document"):
        load_through(namespace, lambda n: tries.append(n) or fault)
    assert len(tries) < bulk.TRIES + bulk.SENDERS
    report, _ = load_through(namespace, lambda _: None)
    assert report.produced == report.created + report.unchanged == DOCUMENTS
    assert stored() == truth(*FIRST)


@pytest.mark.parametrize("fault", sorted({*READING} - {"half_of_the_hits"}))
def test_a_merge_that_can_not_read_what_stands_ends_in_an_error(
    load_through, namespace, stored, fault
):
    load_through(namespace, lambda _: None)
    with pytest.raises(StoreError):
        load_through(namespace, lambda _: None, SECOND, reads=lambda _: fault)
    assert stored() == truth(*FIRST)
    load_through(namespace, lambda _: None, SECOND)
    assert stored() == truth(*SECOND)


def test_a_merge_that_finds_half_of_what_stands_looks_again(load_through, namespace, stored):
    load_through(namespace, lambda _: None)
    report, _ = load_through(namespace, lambda _: None, SECOND, reads=lambda _: "half_of_the_hits")
    assert (report.produced, report.merged) == (DOCUMENTS, DOCUMENTS)
    assert stored() == truth(*SECOND)


@pytest.mark.parametrize("fault", [*LOSING, "some_items_busy"])
def test_a_loop_that_does_not_look_at_answers_loses_documents(
    elasticsearch_url, elasticsearch, namespace, stored, fault
):
    """The negative arm: what the tests above compare does tell when something is lost."""
    ensure_indices(elasticsearch, namespace, [date(2026, 11, 1)])
    made = documents(Columns.of(points(namespace, *FIRST)), {})
    items = (item for batch in made for item in batch.items())
    with (
        FaultyProxy(elasticsearch_url, {4: fault}.get) as proxy,
        Elasticsearch(proxy.url, max_retries=0) as client,
    ):
        while chunk := [*islice(items, 20)]:
            with suppress(ApiError, TransportError):
                client.bulk(operations=[line for i in chunk for line in (i.action, i.source)])
    assert stored().items() < truth(*FIRST).items()
