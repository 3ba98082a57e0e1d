"""Log events in a real node, whatever strangers have written."""

from datetime import UTC, datetime

import orjson
import pyarrow as pa
import pytest

from nephoscope.events import EVENTS
from nephoscope.store import names
from nephoscope.store.load.rejection import Rejection
from nephoscope.store.logs.documents import Origin
from nephoscope.store.logs.load import restore_events, store_events
from nephoscope.store.schema.log_mode import LOGSDB, log_mode

MOMENT = datetime(2026, 11, 20, 10, 0, 0, 123_000, UTC)
ORIGIN = Origin("123456789012", "eu-west-1", "/shop/web", "shop")

HOSTILE = (
    "\0 NUL and \x1b[31m red",
    "line\nbreak\u2028",
    "x" * 1_000_000,
    "word " * 40_000,
    '{"a\\u0000b":1}',
    '{"":{"":{"":1}},"a..b":1,".":2,"a":1,"a.b":2}',
    '{"a":' * 200 + "1" + "}" * 200,
    orjson.dumps({str(n): "v" * 2000 for n in range(2000)}).decode(),
    orjson.dumps({"k" * 30_000: "v", "n": 2**64 - 1, "f": 1e300, "d": "2026-13-45"}).decode(),
    '{"level":{"x":1},"message":["not","text"],"msg":7}',
    "\ufffe\uffff 🌥",
    "",
)


def table(messages):
    count = len(messages)
    columns = {
        "timestamp": [MOMENT] * count,
        "event_id": [f"{n:056d}" for n in range(count)],
        "stream": ["i-0c08512debca266ab/../<b>"] * count,
        "message": list(messages),
        "ingestion_time": [MOMENT] * count,
        "asked_at": [MOMENT] * count,
    }
    return pa.table(columns, schema=EVENTS)


def sources(client):
    client.indices.refresh(index=names.ALL_LOGS)
    hits = client.search(index=names.ALL_LOGS, size=1000)["hits"]["hits"]
    return {int(hit["_source"]["event"]["id"]): hit["_source"] for hit in hits}


def test_whatever_a_message_holds_it_is_stored_whole(store):
    report = store_events(store, ORIGIN, [table(HOSTILE)])
    assert (report.created, report.rejected) == (len(HOSTILE), [])
    found = sources(store)
    assert [found[n]["message"] for n in range(len(HOSTILE))] == list(HOSTILE)
    assert {one["@timestamp"] for one in found.values()} == {"2026-11-20T10:00:00.123Z"}
    assert found[0]["cloud"]["instance"]["id"] == "i-0c08512debca266ab"
    assert found[6]["nephoscope"]["left_out"] == ["objects deeper than 15"]
    assert found[8]["nephoscope"]["left_out"] == ["keys of more than 1000 characters"]


def test_the_same_event_of_another_group_is_another_document(store):
    other = Origin("123456789012", "eu-west-1", "/shop/api", "shop")
    for origin in (ORIGIN, other, ORIGIN):
        report = store_events(store, origin, [table(["a", "b"])])
    assert (report.created, report.unchanged) == (0, 2)
    store.indices.refresh(index=names.ALL_LOGS)
    assert store.count(index=names.ALL_LOGS)["count"] == 4


def test_a_rejected_event_is_stored_later_under_its_own_id(store):
    store_events(store, ORIGIN, [table(["a"])])
    [source] = sources(store).values()
    index = names.logs_index_of("shop", "2026-11")
    again = restore_events(store, [Rejection(index, "why", orjson.dumps(source))])
    assert (again.created, again.unchanged) == (0, 1)
    store.indices.delete(index=index)
    gone = restore_events(store, [Rejection(index, "why", orjson.dumps(source))])
    assert gone.created == 1
    assert list(sources(store).values()) == [source]


@pytest.mark.parametrize("entry", ["shop", "Shop", "web-fleet", "x" * 200])
def test_each_entry_has_indices_of_its_own(store, entry):
    origin = Origin("123456789012", "eu-west-1", "/a", entry)
    store_events(store, origin, [table(["a"])])
    [said] = store.indices.get(index=names.ALL_LOGS).values()
    assert said["mappings"]["_meta"]["nephoscope"] == {"entry": entry, "version": 1}


def test_the_mode_that_can_be_written_is_found_and_the_probe_is_gone(store):
    assert log_mode(store) == LOGSDB
    assert not store.indices.get(index="cloudwatch-probe-*", ignore_unavailable=True)
