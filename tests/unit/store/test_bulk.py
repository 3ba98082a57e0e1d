"""The bulk loop, over a wire that answers as each test says."""

import pytest
from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError

from nephoscope.errors import AccessDenied, StoreError, StoreFull
from nephoscope.store import bulk
from nephoscope.store.bulk import Patience, send
from nephoscope.store.items import Item
from unit.store.scripted import Scripted, answer, each, error, item, numbers, stored

BUSY = error(429, "es_rejected_execution_exception")


@pytest.fixture
def pauses():
    return []


@pytest.fixture
def patience(pauses):
    return Patience(sleep=pauses.append, draw=lambda: 1.0)


def raising(problem):
    def reply(_body):
        raise problem

    return reply


def test_every_item_has_one_outcome(patience):
    outcomes = list(send(Scripted(answer).client, map(item, range(3)), patience))
    assert [(o.item, o.status, o.id) for o in outcomes] == [
        (item(n), 201, f"id-{n}") for n in range(3)
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
    outcomes = list(send(wire.client, map(item, range(3)), patience))
    assert sorted(o.id for o in outcomes) == ["id-0", "id-1", "id-2"]
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
        list(send(wire.client, [item(0)], patience))
    assert len(wire.requests) == bulk.TRIES
    assert "secret" not in str(caught.value)


def test_only_the_items_that_were_refused_are_sent_again_with_new_ones(patience, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 4)
    wire = Scripted(lambda b: answer(b, lambda n: BUSY if n % 2 else stored(n)), answer)
    outcomes = list(send(wire.client, map(item, range(7)), patience))
    assert sorted(o.id for o in outcomes) == [f"id-{n}" for n in range(7)]
    assert [numbers(body) for body in wire.requests] == [[0, 1, 2, 3], [1, 3, 4, 5], [6]]


def test_pauses_double_to_a_limit_with_full_jitter(pauses):
    draws = iter([1.0, 0.5, 0.0] + [1.0] * 11)
    patience = Patience(sleep=pauses.append, draw=lambda: next(draws))
    with pytest.raises(StoreError):
        list(send(Scripted(lambda _: (503, {})).client, [item(0)], patience))
    assert pauses == [0.5, 0.5, 0.0, 4.0, 8.0, 16.0] + [30.0] * 8


@pytest.mark.parametrize("status", [400, 413])
def test_a_document_is_refused_alone_and_its_content_is_not_told(status, patience):
    reason = "[1:23] failed to parse field [a] of type [double]. Preview of field's value: 'canary'"
    wrong = error(status, "document_parsing_exception", reason)
    wire = Scripted(lambda b: answer(b, lambda n: wrong if n == 1 else stored(n)))
    outcomes = list(send(wire.client, map(item, range(3)), patience))
    assert [o.stored for o in outcomes] == [True, False, True]
    assert outcomes[1].reason == (
        "document_parsing_exception: failed to parse field [a] of type [double]."
    )


BLOCK = "cluster_block_exception"
READ_ONLY = "index [x] blocked by: [FORBIDDEN/5/index read-only (api)];"


@pytest.mark.parametrize(
    "hindrance",
    [
        pytest.param(each(error(403, BLOCK, READ_ONLY)), id="read-only"),
        pytest.param(each(error(429, BLOCK, READ_ONLY)), id="flood-stage"),
        pytest.param(lambda _: (403, error(403, BLOCK, READ_ONLY)), id="whole-request"),
    ],
)
def test_a_full_disk_is_told_after_few_tries(hindrance, patience):
    wire = Scripted(hindrance)
    with pytest.raises(StoreFull, match=r"takes no writes: .*read-only.*Free its disk"):
        list(send(wire.client, [item(0)], patience))
    assert len(wire.requests) == bulk.TRIES_FULL


def test_a_lifted_block_is_no_error(patience):
    wire = Scripted(each(error(403, BLOCK, READ_ONLY)), answer)
    assert [o.id for o in send(wire.client, [item(0)], patience)] == ["id-0"]


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
        list(send(Scripted(hindrance).client, [item(0)], patience))
    assert pauses == []


def test_another_service_is_told_at_once(patience, monkeypatch):
    monkeypatch.setattr("unit.store.scripted.PRODUCT", {})
    with pytest.raises(StoreError, match="is not Elasticsearch"):
        list(send(Scripted(answer).client, [item(0)], patience))


def test_a_body_has_a_limit(patience, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_BYTES", 1000)
    wire = Scripted(answer)
    assert len(list(send(wire.client, map(item, range(100)), patience))) == 100
    assert all(len(body) <= 1000 + item(0).size for body in wire.requests)


def test_items_are_drawn_only_as_they_are_sent(patience, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_ITEMS", 10)
    drawn = []
    outcomes = send(
        Scripted(answer).client, (drawn.append(n) or item(n) for n in range(1000)), patience
    )
    next(outcomes)
    assert len(drawn) == 10


def test_an_answer_to_another_document_is_none(patience):
    mine = Item.of("index", "cloudwatch-write-x", "mine", {"n": 0})
    other = {"items": [{"index": {"status": 200, "_id": "other"}}]}
    own = {"items": [{"index": {"status": 200, "_id": "mine"}}]}
    wire = Scripted(lambda _: other, lambda _: own)
    assert [o.id for o in send(wire.client, [mine], patience)] == ["mine"]
    assert len(wire.requests) == 2
