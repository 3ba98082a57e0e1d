"""A backfill beside live runs: the newest read of each value wins, and none goes back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import chain, pairwise

import pytest
from elasticsearch import Elasticsearch

from faults.store.clients import slow
from faults.store.planted import OFFSETS, Read, newest, points
from nephoscope.store.load.columns import Columns
from nephoscope.store.load.documents import documents
from nephoscope.store.load.loader import load
from nephoscope.store.schema.making import ensure_indices

INSTANCES, MINUTES, SIZE = 3, 24, 12


@pytest.fixture
def interleave(elasticsearch_url, elasticsearch, namespaces, stored, draw, in_steps):
    """Let loaders work at once, and look at what stands there again and again meanwhile.

    Returns the values that went back or are not the newest ones in the end, the number of looks,
    and that of the conditional writes before which another came.
    """
    in_steps(SIZE)

    def run(write, *loaders):
        namespace, looks, conflicts = namespaces(), [], []
        ensure_indices(elasticsearch, namespace, [date(2026, 11, 1)])

        def work(reads):
            with Elasticsearch(elasticsearch_url) as client:
                slow(client, draw, conflicts)
                for read in reads:
                    write(client, points(namespace, *read))

        with ThreadPoolExecutor() as pool:
            working = [pool.submit(work, reads) for reads in loaders]
            while not all(one.done() for one in working):
                looks.append(stored(namespace))
        for one in working:
            one.result()
        end, whole = stored(namespace), newest(chain(*loaders))
        lost = [key for one, next_ in pairwise([*looks, end]) for key in back(one, next_)]
        return (
            lost + [key for key in whole if end.get(key) != whole[key]],
            len(looks),
            len(conflicts),
        )

    return run


def back(before, after):
    """Return what is gone, or is of an earlier read: a later one is always greater."""
    return [key for key, value in before.items() if after.get(key, 0) < value]


def test_any_interleaving_of_backfill_and_live_ends_in_the_newest_read(interleave, draw, figure):
    contested = watched = 0
    for _ in range(figure(10, 100)):
        lost, looks, conflicts = interleave(load_one, *reads(draw))
        assert lost == []
        contested, watched = contested + conflicts, watched + looks
    print(f"{contested} merges lost to the other and made again, {watched} looks between")  # ruff: ignore[print]
    assert contested


def test_overwriting_loses_values(interleave, draw, figure):
    """The negative arm: the same reads, each document written whole over what stands there."""
    schedules = figure(3, 10)
    losing = sum(bool(interleave(overwrite, *reads(draw))[0]) for _ in range(schedules))
    assert losing > schedules / 2


def reads(draw):
    """Return what a backfill reads of all minutes, and what live runs read of the last ones.

    Both come in parts; the parts of the backfill in any order. The later of two live reads is
    newer; the backfill may be older or newer than any.
    """
    asked = draw.randint(1, 12)
    backfill = [
        Read(INSTANCES, MINUTES // 4, asked, metrics(draw), begin)
        for begin in range(0, MINUTES, MINUTES // 4)
    ]
    draw.shuffle(backfill)
    versions = sorted(draw.sample([*{*range(1, 13)} - {asked}], 6))
    live = [
        Read(INSTANCES, MINUTES // 2, version, metrics(draw), draw.randrange(MINUTES // 2))
        for version in versions
    ]
    return backfill, live


def metrics(draw):
    return tuple(draw.sample(sorted(OFFSETS), draw.randint(1, len(OFFSETS))))


def load_one(client, table):
    load(client, [table], attributes={})


def overwrite(client, table):
    for batch in documents(Columns.of(table), {}):
        items = [*batch.items()]
        lines = [x for one in items for x in ({"index": {"_index": one.alias}}, one.source)]
        client.bulk(operations=lines)
