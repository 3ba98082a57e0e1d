"""Schedules of faults over all requests: a load ends in the truth, or in an error of ours.

After an error the next undisturbed load ends in the truth.
"""

from collections import Counter

from elasticsearch import Elasticsearch

from faults.store.faulty_proxy import LOSING, READING, UNCERTAIN, FaultyProxy
from faults.store.planted import Read, newest, points
from nephoscope.errors import NephoscopeError
from nephoscope.store.load.bulk import Patience
from nephoscope.store.load.loader import load

QUICK = Patience(sleep=lambda _: None)
WRITING = tuple({*LOSING, *UNCERTAIN, "some_items_busy"} - {"silence"})  # which takes long
INSTANCES, MINUTES, SIZE = 3, 10, 6


def test_any_schedule_of_faults_ends_in_the_truth(
    elasticsearch_url, elasticsearch, namespaces, stored, draw, figure, in_steps, quick_reads
):
    in_steps(SIZE)
    ended, struck = Counter(), Counter()
    for _ in range(figure(20, 200)):
        namespace, done = namespaces(), []
        rate = draw.choice((0.1, 0.3, 0.6, 0.95))
        for read in reads(draw):
            before = newest(done)
            done.append(read)
            after = newest(done)
            table = points(namespace, *read)
            plans = plan(draw, WRITING, rate), plan(draw, READING, rate)
            with (
                FaultyProxy(elasticsearch_url, *plans) as proxy,
                Elasticsearch(proxy.url) as client,
            ):
                try:
                    load(client, [table], attributes={}, patience=QUICK)
                    ended["whole"] += 1
                except NephoscopeError:
                    ended["in an error"] += 1
                    assert stored(namespace).items() <= before.items() | after.items()
                    load(elasticsearch, [table], attributes={}, patience=QUICK)
            struck += proxy.struck
            assert stored(namespace) == after
    print(f"loads ended {dict(ended)}; faults {dict(struck)}")  # ruff: ignore[print]
    assert min(ended["whole"], ended["in an error"]) > 0
    assert {fault for _, fault in struck} == {*WRITING, *READING}


def reads(draw):
    """A first read, and three more: its rerun, one with other metrics, a late one, or a new day."""
    first = Read(INSTANCES, MINUTES, version=draw.randint(2, 4))
    others = (
        first,
        Read(INSTANCES, MINUTES, draw.randint(5, 9), draw.choice((("net", "disk"), ("cpu",)))),
        Read(INSTANCES - 1, MINUTES, version=1, metrics=("cpu", "disk")),
        Read(INSTANCES, MINUTES, version=10, begin=draw.randrange(MINUTES)),
    )
    return first, *draw.sample(others, 3)


def plan(draw, faults, rate):
    """Plan the faults of 200 requests, and again; some kinds come more often than others."""
    chosen = draw.sample(faults, draw.randint(1, len(faults)))
    schedule = [draw.choice(chosen) if draw.random() < rate else None for _ in range(200)]
    return lambda n: schedule[n % len(schedule)]
