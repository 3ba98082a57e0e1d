"""The bulk loop, over a wire that answers as each test says."""

import time
from threading import Barrier

import pytest
from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError

from nephoscope.errors import AccessDenied, StoreError, StoreFull
from nephoscope.store.load import bulk
from nephoscope.store.load.bulk import Patience, send
from nephoscope.store.load.items import Batch, Item, batches
from unit.store.scripted import Scripted, answer, each, error, item, numbers, stored

BUSY = error(429, "es_rejected_execution_exception")


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def patience(pauses):
    return Patience(sleep=pauses.append, draw=lambda: 1.0)


@pytest.fixture
def one_at_a_time(monkeypatch):
    monkeypatch.setattr(bulk, "SENDERS", 1)


def sent(wire, items, patience):
    """Send items; return how many were stored, and what became of the others."""
    settled = list(send(wire.client, batches(items, bulk.MOST_ITEMS), patience))
    stored_ = sum(one.created + one.updated for one in settled)
    return stored_, [outcome for one in settled for outcome in one.others]


def raising(problem):
    def reply(_body):
        raise problem

    return reply


STATUSES = {0: stored(0), 1: {"status": 200, "_id": "id-1"}, 2: {"status": 409, "_id": "id-2"}}


def test_every_item_is_counted_once(patience):
    wire = Scripted(lambda body: answer(body, STATUSES.get))
    [settled] = send(wire.client, [Batch.of(map(item, range(3)))], patience)
    assert (settled.created, settled.updated, settled.items) == (1, 1, 3)
    assert [(o.item, o.status, o.id, o.conflict) for o in settled.others] == [
        (item(2), 409, "id-2", True)
    ]


@pytest.mark.parametrize(
    "hindrance",
    [
        pytest.param(lambda _: (429, {}), id="429"),
        pytest.param(lambda _: (500, {}), id="500"),
        pytest.param(lambda _: (502, "<html>Bad Gateway</html>"), id="502-by-a-proxy"),
        pytest.param(lambda _: (503, {}), id="503"),
        pytest.param(lambda _: (504, {}), id="504"),
        pytest.param(raising(NoConnection("reset")), id="reset"),
        pytest.param(raising(ConnectionTimeout("silence")), id="timeout"),
        pytest.param(each(BUSY), id="items-429"),
        pytest.param(each(error(503, "unavailable_shards_exception")), id="items-503"),
        pytest.param(lambda _: {}, id="no-items"),
        pytest.param(lambda _: "<html>Welcome</html>", id="a-page"),
        pytest.param(lambda b: {"items": answer(b)["items"][:-1]}, id="an-item-short"),
        pytest.param(lambda b: {"items": answer(b)["items"] * 2}, id="items-of-others"),
        pytest.param(
            lambda _: {"items": [{"index": stored(n)} for n in range(3)]}, id="another-verb"
        ),
        pytest.param(lambda _: {"items": [{"create": {}}] * 3}, id="no-status"),
        pytest.param(each({"status": 409}), id="a-conflict-with-nothing"),
    ],
)
def test_what_may_be_taken_later_is_sent_again_once_after_a_pause(hindrance, patience, pauses):
    wire = Scripted(hindrance, answer)
    assert sent(wire, map(item, range(3)), patience) == (3, [])
    assert [numbers(body) for body in wire.requests] == [[0, 1, 2], [0, 1, 2]]
    assert pauses == [bulk.FIRST_PAUSE]


@pytest.mark.parametrize(
    "hindrance",
    [
        pytest.param(lambda _: (503, {}), id="503"),
        pytest.param(raising(NoConnection("refused")), id="no-connection"),
        pytest.param(lambda _: {"items": []}, id="short"),
    ],
)
def test_what_is_never_taken_ends_in_an_error_that_names_no_secret(hindrance, patience):
    wire = Scripted(hindrance)
    with pytest.raises(StoreError, match=r"http://127\.0\.0\.1:9200") as caught:
        sent(wire, [item(0)], patience)
    assert len(wire.requests) == bulk.TRIES
    assert "secret" not in str(caught.value)


@pytest.mark.usefixtures("one_at_a_time")
def test_only_the_items_that_were_refused_are_sent_again_with_new_ones(patience, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 4)
    wire = Scripted(lambda b: answer(b, lambda n: BUSY if n % 2 else stored(n)), answer)
    assert sent(wire, map(item, range(7)), patience) == (7, [])
    assert [numbers(body) for body in wire.requests] == [[0, 1, 2, 3], [1, 3, 4, 5], [6]]


def test_pauses_double_to_a_limit_with_full_jitter(pauses):
    draws = iter([1.0, 0.5, 0.0] + [1.0] * 11)
    patience = Patience(sleep=pauses.append, draw=lambda: next(draws))
    with pytest.raises(StoreError):
        sent(Scripted(lambda _: (503, {})), [item(0)], patience)
    assert pauses == [0.5, 0.5, 0.0, 4.0, 8.0, 16.0] + [30.0] * 8


@pytest.mark.parametrize("status", [400, 413])
def test_a_document_is_refused_alone_and_its_content_is_not_told(status, patience):
    reason = "[1:23] failed to parse field [a] of type [double]. Preview of field's value: 'canary'"
    wrong = error(status, "document_parsing_exception", reason)
    wire = Scripted(lambda b: answer(b, lambda n: wrong if n == 1 else stored(n)))
    count, [refused] = sent(wire, map(item, range(3)), patience)
    assert (count, refused.item, refused.conflict) == (2, item(1), False)
    assert refused.reason == (
        "document_parsing_exception: failed to parse field [a] of type [double]."
    )


BLOCK = "cluster_block_exception"
READ_ONLY = "index [x] blocked by: [FORBIDDEN/5/index read-only (api)];"
FLOOD = "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];"


@pytest.mark.parametrize(
    "hindrance",
    [
        pytest.param(each(error(403, BLOCK, READ_ONLY)), id="read-only"),
        pytest.param(each(error(429, BLOCK, FLOOD)), id="flood-stage"),
        pytest.param(lambda _: (403, error(403, BLOCK, READ_ONLY)), id="whole-request"),
    ],
)
def test_a_full_disk_is_told_after_few_tries(hindrance, patience):
    wire = Scripted(hindrance)
    with pytest.raises(StoreFull, match=r"takes no writes: cluster_block_exception: index \[x\]"):
        sent(wire, [item(0)], patience)
    assert len(wire.requests) == bulk.TRIES_FULL


def test_a_lifted_block_is_no_error(patience):
    wire = Scripted(each(error(403, BLOCK, READ_ONLY)), answer)
    assert sent(wire, [item(0)], patience) == (1, [])


@pytest.mark.parametrize(
    ("hindrance", "kind", "sentence"),
    [
        pytest.param(
            lambda _: (401, error(401, "security_exception")),
            AccessDenied,
            "401: security_exception",
            id="401",
        ),
        pytest.param(
            each(error(403, "security_exception")), AccessDenied, "give it a key", id="items-403"
        ),
        pytest.param(
            each(error(404, "index_not_found_exception")),
            StoreError,
            "lost an index",
            id="no-index",
        ),
        pytest.param(
            lambda _: (400, error(400, "illegal_argument_exception")),
            StoreError,
            "answered 400: illegal",
            id="400",
        ),
        pytest.param(
            raising(TlsError("bad certificate")),
            StoreError,
            "can't be trusted: bad certificate",
            id="tls",
        ),
    ],
)
def test_what_waiting_does_not_mend_is_told_at_once(hindrance, kind, sentence, patience, pauses):
    with pytest.raises(kind, match=sentence):
        sent(Scripted(hindrance), [item(0)], patience)
    assert pauses == []


def test_another_service_is_told_at_once(patience, monkeypatch):
    monkeypatch.setattr("unit.store.scripted.PRODUCT", {})
    with pytest.raises(StoreError, match="is not Elasticsearch"):
        sent(Scripted(answer), [item(0)], patience)


def test_a_body_has_a_limit(patience, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_BYTES", 1000)
    wire = Scripted(answer)
    assert sent(wire, map(item, range(100)), patience) == (100, [])
    assert len(wire.requests) > 1
    assert all(len(body) <= 1000 + Batch.of([item(0)]).size for body in wire.requests)


def test_items_are_drawn_only_as_they_are_sent(patience, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 10)
    drawn = []
    items = (drawn.append(n) or item(n) for n in range(1000))
    next(send(Scripted(answer).client, batches(items, 10), patience))
    assert len(drawn) == 10 * bulk.SENDERS


def test_some_requests_are_under_way_at_a_time_but_not_more(patience, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 1)
    together = Barrier(bulk.SENDERS)
    under_way, most = [], []

    def slow(body):
        under_way.append(body)
        most.append(len(under_way))
        together.wait(timeout=60)
        under_way.remove(body)
        return answer(body)

    wire = Scripted(slow)
    assert sent(wire, map(item, range(10 * bulk.SENDERS)), patience) == (10 * bulk.SENDERS, [])
    assert max(most) == bulk.SENDERS


def test_after_a_hindrance_one_request_goes_until_it_is_taken(patience, monkeypatch, pauses):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 1)
    under_way, most = [], []

    def busy(body):
        under_way.append(body)
        most.append(len(under_way))
        time.sleep(0.01)
        under_way.remove(body)
        return answer(body, lambda _: BUSY)

    count = bulk.SENDERS + 5
    wire = Scripted(*[busy] * count, answer)
    assert sent(wire, map(item, range(20)), patience) == (20, [])
    assert len(pauses) == 1 + 5
    assert most[bulk.SENDERS :] == [1] * 5


def test_an_answer_to_another_document_is_none(patience):
    mine = Item.of("index", "cloudwatch-write-x", "mine", {"n": 0})
    other = {"items": [{"index": {"status": 200, "_id": "other"}}]}
    own = {"items": [{"index": {"status": 200, "_id": "mine"}}]}
    wire = Scripted(lambda _: other, lambda _: own)
    assert sent(wire, [mine], patience) == (1, [])
    assert len(wire.requests) == 2
