"""FilterLogEvents of the stand-in against its specification, read as the project does."""

from datetime import UTC, datetime, time, timedelta

import pytest

import truth
import truth_logs
from clouds import ANCHOR, BotoCloud
from nephoscope.aws.pacing import Timer
from nephoscope.demo.aws.stand_in import StandIn
from nephoscope.errors import AccessDenied
from nephoscope.extract.logs import REDACTED, Reading, bounds
from nephoscope.model import Window
from nephoscope.plan.logs import LogShard
from standing import tell

START = datetime.combine(ANCHOR, time(10), UTC) - timedelta(days=2)
HOUR = Window(START, START + timedelta(hours=1))
NOW = START + timedelta(days=1)
FLEET = truth.instances(7, 50, ANCHOR)


def shard(group, window=HOUR, region="eu-west-1", **more):
    names = {"name": "s", "entry": "shop", "connection": "key", "account": "123456789012"}
    return LogShard(**names, region=region, group=group, window=window, **{"pace": 1e4, **more})


def read(aws, one, timer=None):
    """Return the events of a shard as its tables have them, and the reading."""
    logs = BotoCloud(aws.url).client("key", "logs", one.region)
    reading = Reading(one, logs, lambda: NOW, timer or Timer())
    rows = [row for table in reading.tables() for row in table.to_pylist()]
    return {row["event_id"]: row for row in rows}, len(rows), reading


def expected(one):
    start, end = bounds(one.window)
    return truth_logs.events(7, FLEET, one.region, one.group, start, end + 1)


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
@pytest.mark.parametrize("group", ["/shop/api", "/odd/names"])
def test_what_is_read_is_the_truth(aws, group, region):
    one = shard(group, Window(START, START + timedelta(hours=12)), region)
    found, rows, _ = read(aws, one)
    wanted = expected(one)
    assert rows == len(found) == len(wanted) > 0
    for id_, row in found.items():
        times = (round(1000 * row[name].timestamp()) for name in ("timestamp", "ingestion_time"))
        assert truth_logs.Event(*times, row["stream"], row["message"]) == wanted[id_]


def test_all_pages_are_read_the_empty_ones_too(aws):
    one = shard("/dense", Window(START, START + timedelta(minutes=6)))
    found, rows, reading = read(aws, one)
    assert rows == len(found) == 36_000
    assert found.keys() == expected(one).keys()
    assert reading.pages > 4  # the fourth is empty


def test_windows_that_touch_share_no_event_and_lose_none(aws):
    ids = []
    for minute in range(3):
        start = START + timedelta(minutes=minute)
        ids += read(aws, shard("/dense", Window(start, start + timedelta(minutes=1))))[0]
    whole = shard("/dense", Window(START, START + timedelta(minutes=3)))
    assert sorted(ids) == sorted(expected(whole))


def test_a_filter_pattern_leaves_the_rest_out(aws):
    one = shard("/dense", Window(START, START + timedelta(minutes=1)), filter="?ERROR ?WARN")
    found, _, _ = read(aws, one)
    wanted = {i for i, e in expected(one).items() if "ERROR" in e.message or "WARN" in e.message}
    assert set(found) == wanted


def test_what_is_redacted_leaves_the_machine_as_nothing_else(aws):
    one = shard("/dense", Window(START, START + timedelta(minutes=1)), redact=("4[0-9]{15}",))
    found, _, reading = read(aws, one)
    cards = {id_ for id_, event in expected(one).items() if '"card"' in event.message}
    assert reading.redacted == len(cards) > 0
    assert all(f'"card":"{REDACTED}"' in found[id_]["message"] for id_ in cards)


def test_a_group_that_is_gone_is_no_failure(aws):
    found, _, reading = read(aws, shard("/nowhere"))
    assert (found, reading.gone) == ({}, True)


def test_a_denied_group_names_account_region_and_group(aws, faults):
    faults({"operation": "FilterLogEvents", "code": "AccessDeniedException"})
    with pytest.raises(AccessDenied, match="123456789012/eu-west-1: /shop/db: AWS refuses"):
        read(aws, shard("/shop/db"))


def test_a_paced_shard_is_never_throttled():
    """At a quota of one call a second; asked without a pace, calls are refused."""
    window = Window(START, START + timedelta(minutes=5))
    with StandIn(anchor=ANCHOR) as aws:
        tell(aws.url, "POST", "quotas", {"logs": 1})
        read(aws, shard("/dense", window, pace=0.9, filter="nothing-has-this"))
        assert "FilterLogEvents" not in tell(aws.url, "GET", "counters")["refused"]
        read(aws, shard("/dense", window, filter="nothing-has-this"))
        assert tell(aws.url, "GET", "counters")["refused"]["FilterLogEvents"]
