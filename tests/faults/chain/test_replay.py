"""What was collected in many ways over days is rebuilt from the archive.

A fleet of two accounts, two namespaces and two periods whose points come late and are revised, read
live, then by the daily run, again with another list of metrics, and again without a change.
"""

from datetime import UTC, datetime, timedelta

import pytest
from elasticsearch.helpers import scan

from clouds import ANCHOR
from nephoscope.chain.comparison import compare
from nephoscope.chain.replay import replay
from nephoscope.config.collections import Collections
from nephoscope.model import Window
from nephoscope.store import names
from standing import tell

DAY = Window.day(datetime(ANCHOR.year, ANCHOR.month, ANCHOR.day, tzinfo=UTC) - timedelta(days=5))
NEXT = Window.day(DAY.end)
BOTH = Window(DAY.start, NEXT.end)
LINKED = "210987654321"
FEW = {"ec2": {"CPUUtilization": ["Average", "Maximum"], "CPUCreditBalance": ["Average"]}}
MORE = {
    "ec2": {"CPUUtilization": ["Average"], "NetworkIn": ["Sum"], "CPUCreditBalance": ["Average"]},
    "ebs": {"VolumeReadOps": ["Sum"], "VolumeQueueLength": ["Average"]},
}


@pytest.fixture
def collect(stand_in, chain):
    """Collect with some lists of metrics at a moment, which the stand-in shares."""
    aws = stand_in(instances=6, late=True, accounts=[LINKED], linked=[LINKED])
    running = chain(aws.url, FEW["ec2"])
    place = {"connection": "aws_default", "regions": ["eu-west-1"], "linked": "all"}

    def run(lists, window, moment, **more):
        entries = {
            name: {"namespace": f"AWS/{name.upper()}", "metrics": metrics}
            for name, metrics in lists.items()
        }
        running.collections = Collections(accounts=[place], collections=entries)
        tell(aws.url, "POST", "clock", {"now": moment.timestamp()})
        ran = running.collect(dict.fromkeys(entries, window), lambda: moment, **more)
        assert ran.errors == {}
        assert ran.written

    run.root, run.url = running.root, aws.url
    return run


def documents(client, alias=names.ALL_METRICS):
    client.indices.refresh(index=alias)
    return {hit["_id"]: hit["_source"] for hit in scan(client, index=alias, size=5000)}


def drop(client):
    for index in client.indices.get(index="cloudwatch*", ignore_unavailable=True):
        client.indices.delete(index=index)


def at(day, hour, minute=0):
    return day.start + timedelta(hours=hour, minutes=minute)


def times(source):
    """Return when each value of a document was read, by metric and statistic, and the values."""
    newest, earlier = source["event"]["ingested"], source.get("nephoscope", {}).get("fetched", {})
    field = names.field_of(source["aws"]["cloudwatch"]["namespace"])
    return {
        (metric, statistic): (value, earlier.get(f"{metric}.{statistic}", newest))
        for metric, statistics in source["aws"][field]["metrics"].items()
        for statistic, value in statistics.items()
    }


def untimed(source):
    """Return a document without the times of reading."""
    return {name: one for name, one in source.items() if name not in {"event", "nephoscope"}}


def equal(root, client):
    return [one.differences for one in compare(root, client, BOTH, lambda _: None)] == [[]] * 10


def test_an_empty_store_becomes_what_it_was(collect, store):
    live, again = Window(at(DAY, 2), at(DAY, 3)), Window(at(NEXT, 2), at(NEXT, 3))
    collect(FEW, live, at(live, 1, 15), final=False)
    provisional = documents(store)
    collect(FEW, DAY, at(DAY, 30))
    revised = documents(store)
    assert any(revised[id_] != one for id_, one in provisional.items())
    collect(MORE, DAY, at(DAY, 36))
    collect(MORE, NEXT, at(NEXT, 30))
    collect(FEW, again, at(NEXT, 31), final=False)
    others = names.INVENTORY, names.ALL_COVERAGE
    before, beside = documents(store), [documents(store, one) for one in others]
    assert len({one["cloud"]["account"]["id"] for one in before.values()}) == 2
    assert len({one["aws"]["cloudwatch"]["namespace"] for one in before.values()}) == 2
    assert equal(collect.root, store)
    drop(store)
    assert not equal(collect.root, store)
    list(replay(collect.root, store, BOTH, lambda _: None))
    after = documents(store)
    assert {id_: untimed(one) for id_, one in after.items()} == {
        id_: untimed(one) for id_, one in before.items()
    }
    assert [documents(store, one) for one in others] == beside
    assert equal(collect.root, store)
    other = [id_ for id_, one in before.items() if after[id_] != one]
    print(f"{len(before) - len(other)} of {len(before)} documents are the same to the last field")  # ruff: ignore[print] - the figure of this test
    # A read that changes no value writes nothing: the archive alone knows when it was.
    assert {before[id_]["@timestamp"][:13] for id_ in other} == {f"{live.start:%Y-%m-%dT%H}"}
    confirmed, first = (f"{one:%Y-%m-%dT%H:%M:%S}.000Z" for one in (at(DAY, 30), at(live, 1, 15)))
    for id_ in other:
        pairs = zip(*(sorted(times(one[id_]).items()) for one in (before, after)), strict=True)
        late = [(was[1], now[1]) for was, now in pairs if was != now]
        assert late != []
        assert late == [((was[0], first), (was[0], confirmed)) for was, _ in late]


def test_what_no_later_read_confirmed_is_the_same_to_the_last_field(collect, store):
    collect(FEW, Window(at(DAY, 2), at(DAY, 3)), at(DAY, 30), final=False)
    collect({"ec2": {"NetworkIn": ["Sum"]}}, DAY, at(DAY, 31))
    before = documents(store)
    assert any("nephoscope" in one for one in before.values())
    drop(store)
    list(replay(collect.root, store, DAY, lambda _: None))
    assert documents(store) == before
